import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Event, Message, Suppression, User, Workspace
from tests.factories import CandidateFactory, MessageFactory

HERE = "/w/acme/inbox/"
Enter = Callable[[User], Client]


@pytest.fixture
def reply(workspace: Workspace, ada: User) -> Message:
    with workspace_scope(workspace.pk):
        bo = CandidateFactory.create(
            first_name="Bo",
            last_name="Diddley",
            email="bo@people.example",
            email_state="ok",
            consent="granted",
        )
        return incoming(bo, sender=ada)


def incoming(person: Candidate, **fields: Any) -> Message:
    given = {
        "direction": "in",
        "state": "received",
        "sent_at": None,
        "body_text": "Yes, tell me more.",
    } | fields
    return MessageFactory.create(candidate=person, **given)


def test_the_inbox_lists_mine_all_settled_and_trouble(
    workspace: Workspace, reply: Message, ada: User, grace: User, client_as: Enter
) -> None:
    with workspace_scope(workspace.pk):
        incoming(CandidateFactory.create(first_name="Cy"), sender=grace)
        incoming(CandidateFactory.create(first_name="Auto"), sender=ada, is_automatic=True)
        incoming(CandidateFactory.create(first_name="Old"), sender=ada, settled_at=timezone.now())
        MessageFactory.create(candidate=CandidateFactory.create(first_name="Lost"), state="unknown")
    shown = {}
    for view in ("mine", "all", "settled", "trouble"):
        page = client_as(ada).get(f"{HERE}?view={view}").content.decode()
        shown[view] = [name for name in ("Bo Diddley", "Cy", "Auto", "Old", "Lost") if f">{name}" in page]
    assert shown == {
        "mine": ["Bo Diddley"],
        "all": ["Bo Diddley", "Cy"],
        "settled": ["Old"],
        "trouble": ["Lost"],
    }


def test_the_thread_shows_the_conversation_and_the_person(
    reply: Message, ada: User, client_as: Enter
) -> None:
    for headers in ({}, {"HX-Request": "true", "HX-Target": "panel"}):
        page = client_as(ada).get(f"{HERE}{reply.pk}/", headers=headers).content.decode()
        assert "Yes, tell me more." in page
        assert "Bo Diddley" in page
        assert ("<html" in page) is (not headers)


@pytest.mark.parametrize(
    ("given", "check"),
    [
        ({"outcome": "interested"}, {"stage": "screening"}),
        ({"outcome": "not_now", "not_before": "2199-09-01"}, {"not_before": dt.date(2199, 9, 1)}),
        ({"outcome": "not_interested", "reason": "Likes the place"}, {}),
        ({}, {}),
    ],
)
def test_an_outcome_is_one_click_and_comes_back(
    workspace: Workspace,
    reply: Message,
    ada: User,
    client_as: Enter,
    given: dict[str, str],
    check: dict[str, Any],
) -> None:
    client = client_as(ada)
    assert client.post(f"{HERE}{reply.pk}/outcome/", given).status_code == 302
    with workspace_scope(workspace.pk):
        reply.refresh_from_db()
        person = Candidate.objects.get()
        assert (reply.outcome, reply.settled_by_id) == (given.get("outcome", ""), ada.pk)
        assert {name: getattr(person, name) for name in check} == check
        assert Event.objects.get(kind="message.settled").data["reason"] == given.get("reason", "")
    assert client.post(f"{HERE}{reply.pk}/undo/").status_code == 302
    with workspace_scope(workspace.pk):
        reply.refresh_from_db()
        person = Candidate.objects.get()
        assert (reply.outcome, reply.settled_at) == ("", None)
        assert (person.stage, person.not_before) == ("", None)


def test_stop_and_wrong_person_are_final(
    workspace: Workspace, reply: Message, ada: User, client_as: Enter
) -> None:
    client = client_as(ada)
    client.post(f"{HERE}{reply.pk}/outcome/", {"outcome": "stop"})
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().unsubscribed_at is not None
        other = incoming(CandidateFactory.create(email="cy@people.example"))
    client.post(f"{HERE}{other.pk}/outcome/", {"outcome": "wrong_person"})
    with workspace_scope(workspace.pk):
        assert Suppression.objects.count() == 2
    for message in (reply, other):
        assert client.post(f"{HERE}{message.pk}/undo/").status_code == 422


@pytest.mark.parametrize(
    "given",
    [{"outcome": "nonsense"}, {"outcome": "not_now"}, {"outcome": "not_now", "not_before": "2001-01-01"}],
)
def test_a_wrong_outcome_changes_nothing(
    workspace: Workspace, reply: Message, ada: User, client_as: Enter, given: dict[str, str]
) -> None:
    assert client_as(ada).post(f"{HERE}{reply.pk}/outcome/", given).status_code == 422
    with workspace_scope(workspace.pk):
        reply.refresh_from_db()
        assert (reply.outcome, reply.settled_at) == ("", None)


def test_an_answer_is_queued_in_the_thread(
    workspace: Workspace, reply: Message, ada: User, client_as: Enter
) -> None:
    with workspace_scope(workspace.pk):
        Message.objects.filter(pk=reply.pk).update(
            rfc_message_id="<theirs@people.example>", subject="Re: Hello"
        )
    assert client_as(ada).post(f"{HERE}{reply.pk}/answer/", {"text": "Great!\n\nMonday?"}).status_code == 302
    with workspace_scope(workspace.pk):
        mail = Message.objects.get(direction="out")
        assert (mail.subject, mail.kind, mail.state, mail.to_address) == (
            "Re: Hello", "one_to_one", "queued", "bo@people.example",
        )  # fmt: skip
        assert (mail.in_reply_to_id, mail.references, mail.sender_id) == (
            reply.pk, "<theirs@people.example>", ada.pk,
        )  # fmt: skip
    assert client_as(ada).post(f"{HERE}{reply.pk}/answer/", {"text": " "}).status_code == 422


def test_nobody_answers_somebody_who_stopped(
    workspace: Workspace, reply: Message, ada: User, client_as: Enter
) -> None:
    with workspace_scope(workspace.pk):
        Candidate.objects.update(unsubscribed_at=timezone.now())
    assert client_as(ada).post(f"{HERE}{reply.pk}/answer/", {"text": "Please!"}).status_code == 422
    with workspace_scope(workspace.pk):
        assert not Message.objects.filter(direction="out").exists()


def test_who_may_and_who_may_not(
    workspace: Workspace, reply: Message, ana: User, mallory: User, client_as: Enter
) -> None:
    urls = [HERE, f"{HERE}{reply.pk}/"]
    posts = [f"{HERE}{reply.pk}/{verb}/" for verb in ("outcome", "undo", "answer")]
    for user, status in ((ana, 403), (mallory, 404)):
        client = client_as(user)
        assert {client.get(url).status_code for url in urls} == {status}
        assert {client.post(url).status_code for url in posts} == {status}
    assert client_as(mallory).get(f"/w/rival/inbox/{reply.pk}/").status_code == 404


def test_the_list_takes_the_same_number_of_queries_for_one_and_three(
    workspace: Workspace, reply: Message, ada: User, client_as: Enter
) -> None:
    client = client_as(ada)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as counted:
            client.get(f"{HERE}?view=all")
        counts.append(len(counted))
        with workspace_scope(workspace.pk):
            for _ in range(2):
                incoming(CandidateFactory.create(), sender=ada)
    assert counts[0] == counts[1]
