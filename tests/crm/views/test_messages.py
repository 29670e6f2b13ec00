from collections.abc import Callable

import pytest
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Event, Message, User, Workspace
from tests.factories import CandidateFactory, MessageFactory

Enter = Callable[[User], Client]


@pytest.fixture
def bo(workspace: Workspace) -> Candidate:
    with workspace_scope(workspace.pk):
        return CandidateFactory.create(email="bo@people.example", email_state="ok", consent="granted")


def test_writing_to_a_person_queues_a_mail(
    workspace: Workspace, bo: Candidate, ada: User, client_as: Enter
) -> None:
    url = f"/w/acme/candidates/{bo.pk}/messages/new/"
    client = client_as(ada)
    assert client.get(url).status_code == 200
    assert client.post(url, {"subject": "Re: Coffee?", "text": "Hello"}).status_code == 302
    with workspace_scope(workspace.pk):
        mail = Message.objects.get()
        assert (mail.subject, mail.body_text, mail.kind, mail.state, mail.sender_id) == (
            "Coffee?", "Hello", "one_to_one", "queued", ada.pk,
        )  # fmt: skip
    assert client.post(url, {"subject": "", "text": ""}).status_code == 422


def test_nobody_writes_to_somebody_without_a_basis(
    workspace: Workspace, bo: Candidate, ada: User, client_as: Enter
) -> None:
    with workspace_scope(workspace.pk):
        Candidate.objects.update(consent="none")
    url = f"/w/acme/candidates/{bo.pk}/messages/new/"
    assert "<textarea" not in client_as(ada).get(url).content.decode()
    assert client_as(ada).post(url, {"subject": "Hi", "text": "Hello"}).status_code == 422
    with workspace_scope(workspace.pk):
        assert not Message.objects.exists()


def test_a_mail_is_shown_cleaned(workspace: Workspace, bo: Candidate, ada: User, client_as: Enter) -> None:
    with workspace_scope(workspace.pk):
        mail = MessageFactory.create(
            candidate=bo, body_html="<p onclick=x>Hi<script>x()</script><img src=//e></p>"
        )
    page = client_as(ada).get(f"/w/acme/messages/{mail.pk}/").content.decode()
    assert "<p>Hi</p>" in page


@pytest.mark.parametrize(
    ("decision", "state", "kind"),
    [("sent", "sent", "message.sent"), ("again", "queued", "message.requeued"), ("dismiss", "unknown", None)],
)
def test_a_person_decides_about_an_unknown_outcome(
    workspace: Workspace,
    bo: Candidate,
    ada: User,
    client_as: Enter,
    decision: str,
    state: str,
    kind: str | None,
) -> None:
    with workspace_scope(workspace.pk):
        mail = MessageFactory.create(candidate=bo, state="unknown", sent_at=None, attempt=3)
    url = f"/w/acme/messages/{mail.pk}/decision/"
    assert client_as(ada).post(url, {"decision": decision}).status_code == 302
    with workspace_scope(workspace.pk):
        mail.refresh_from_db()
        assert (mail.state, mail.attempt) == (state, 4 if decision == "again" else 3)
        assert list(Event.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    if decision != "dismiss":
        assert client_as(ada).post(url, {"decision": decision}).status_code == 422
    assert client_as(ada).post(url, {"decision": "?"}).status_code == 422


def test_who_may_and_who_may_not(
    workspace: Workspace, bo: Candidate, ana: User, mallory: User, client_as: Enter
) -> None:
    with workspace_scope(workspace.pk):
        mail = MessageFactory.create(candidate=bo)
    urls = [f"/w/acme/messages/{mail.pk}/", f"/w/acme/candidates/{bo.pk}/messages/new/"]
    for user, status in ((ana, 403), (mallory, 404)):
        assert {client_as(user).get(url).status_code for url in urls} == {status}
        assert client_as(user).post(f"/w/acme/messages/{mail.pk}/decision/").status_code == status
