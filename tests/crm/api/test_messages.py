from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message, Role, User, Workspace
from tests.factories import CandidateFactory, MessageFactory


@pytest.fixture
def bo(workspace: Workspace) -> Candidate:
    with workspace_scope(workspace.pk):
        return CandidateFactory.create(email="bo@people.example", email_state="ok", consent="granted")


@pytest.fixture
def call(workspace: Workspace, ada: User, client: Client) -> Any:
    with workspace_scope(workspace.pk):
        key = api_keys.create(name="Tests", role=Role.RECRUITER, by=ada)

    def send(method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        given = {"data": body, "content_type": "application/json"} if body is not None else {}
        headers = {"Authorization": f"Bearer {key.text}"} | headers
        return getattr(client, method)(f"/api/v1/{path}", **given, headers=headers)

    return send


def test_a_mail_is_queued_and_read_back(workspace: Workspace, bo: Candidate, ada: User, call: Any) -> None:
    created = call("post", "messages", {"candidate": bo.pk, "subject": "Coffee?", "text": "Hello\n\nMonday?"})
    assert created.status_code == 201
    body = created.json()
    assert (body["candidate"], body["state"], body["kind"], body["to"]) == (
        bo.pk, "queued", "one_to_one", "bo@people.example",
    )  # fmt: skip
    assert call("get", f"messages/{body['id']}").json() == body
    assert call("get", f"messages?candidate={bo.pk}&direction=out&state=queued").json()["results"] == [body]
    assert call("get", "messages?direction=in").json() == {"results": [], "next": None}


def test_the_same_key_queues_once(workspace: Workspace, bo: Candidate, call: Any) -> None:
    given = {"candidate": bo.pk, "subject": "Coffee?", "text": "Hello"}
    answers = [call("post", "messages", given, **{"Idempotency-Key": "k1"}) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    with workspace_scope(workspace.pk):
        assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"unsubscribed_at": "2026-01-01T00:00Z"}, "unsubscribed"), ({"consent": "none"}, "no_basis")],
)
def test_who_may_not_be_written_to_is_422(
    workspace: Workspace, bo: Candidate, call: Any, change: dict[str, str], reason: str
) -> None:
    with workspace_scope(workspace.pk):
        Candidate.objects.update(**change)
    answer = call("post", "messages", {"candidate": bo.pk, "subject": "Coffee?", "text": "Hello"})
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (
        422, "not_reachable", {"candidate": reason},
    )  # fmt: skip
    with workspace_scope(workspace.pk):
        assert not Message.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"candidate": 1},
        {"candidate": "x", "subject": "a", "text": "b"},
        {"candidate": 1, "subject": "", "text": "b"},
        {"candidate": 1, "subject": "a", "text": "b", "to": "x@y.example"},
    ],
)
def test_a_wrong_body_is_400(call: Any, body: dict[str, Any]) -> None:
    assert call("post", "messages", body).status_code == 400


@pytest.mark.parametrize("query", ["direction=up", "state=lost", "kind=x", "candidate=x", "candidate=-1"])
def test_a_wrong_filter_is_400(call: Any, query: str) -> None:
    assert call("get", f"messages?{query}").status_code == 400


def test_another_workspace_s_mail_is_404(
    workspace: Workspace, rival: Workspace, bo: Candidate, call: Any
) -> None:
    with workspace_scope(rival.pk):
        mail = MessageFactory.create(candidate=CandidateFactory.create())
    assert call("get", f"messages/{mail.pk}").status_code == 404
    given = {"candidate": bo.pk, "subject": "a", "text": "b", "in_reply_to": mail.pk}
    assert call("post", "messages", given).status_code == 404
    assert call("post", "messages", given | {"candidate": mail.candidate_id}).status_code == 404
