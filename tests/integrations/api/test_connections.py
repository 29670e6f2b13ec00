from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import Requisition, Workspace
from integrations.actions import deliveries
from integrations.models import Connection, Push, SyncRun
from talentpools.models import ShortlistEntry
from tests.factories import CandidateFactory
from tests.simulators.greenhouse import Simulator

Call = Callable[..., Any]
Pull = Callable[..., SyncRun]


@pytest.fixture
def call(client: Client, workspace: Workspace) -> Call:
    with workspace_scope(workspace.pk):
        key = api_keys.create(name="tests", role="admin", by=None).text

    def send(method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {key}"} | headers
        return client.generic(
            method, f"/api/v1/{path}", _json(body), content_type="application/json", headers=given
        )

    return send


def test_connection_is_made_checked_synced_and_removed(
    call: Call, workspace: Workspace, simulator: Simulator, pull: Pull, connection: Connection
) -> None:
    body = {"kind": "greenhouse", "name": "Second", "settings": {"base_url": simulator.url}}
    made = call("POST", "connections", body | {"credentials": simulator.credentials})
    assert made.status_code == 201
    number = made.json()["id"]
    assert "credentials" not in made.json()
    assert simulator.tokens.client_secret not in made.content.decode()

    checked = call("POST", f"connections/{number}/check")
    assert checked.status_code == 200
    assert checked.json()["ok"] is True
    assert checked.json()["state"] == "connected"
    assert {"id": "4000067001", "name": "LinkedIn"} in checked.json()["sources"]

    started = call("POST", f"connections/{number}/syncs", {"mode": "full"})
    assert started.status_code == 202
    assert started.json()["state"] == "waiting"
    assert call("POST", f"connections/{number}/syncs", {"mode": "full"}).status_code == 409
    with workspace_scope(workspace.pk):
        run = SyncRun.objects.get(pk=started.json()["id"])
    pull(run=run)
    told = call("GET", f"syncs/{run.pk}").json()
    assert told["state"] == "finished"
    assert told["counts"]["created"] > 0
    assert told["by_kind"]["candidate"]["read"] == 60

    listed = call("GET", "connections").json()
    assert [row["name"] for row in listed["results"]] == ["Greenhouse", "Second"]
    assert call("DELETE", f"connections/{number}").status_code == 204
    assert call("GET", f"connections/{number}").status_code == 404


def test_check_with_a_key_sent_twice_is_answered_the_same(
    call: Call, simulator: Simulator, connection: Connection
) -> None:
    path = f"connections/{connection.pk}/check"
    first = call("POST", path, **{"Idempotency-Key": "once"})
    simulator.faults.denied = {"offers"}
    again = call("POST", path, **{"Idempotency-Key": "once"})

    assert first.json()["ok"] is True
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert call("POST", path, **{"Idempotency-Key": "other"}).json()["ok"] is False


def test_check_names_what_is_missing(call: Call, simulator: Simulator, connection: Connection) -> None:
    simulator.faults.denied = {"offers"}

    told = call("POST", f"connections/{connection.pk}/check").json()

    assert told["ok"] is False
    assert told["missing"] == [{"right": "harvest:offers:list", "purpose": "read offers"}]


def test_wrong_credentials_are_told_by_the_check(
    call: Call, simulator: Simulator, connection: Connection
) -> None:
    simulator.tokens.client_secret = "rotated"

    told = call("POST", f"connections/{connection.pk}/check").json()

    assert (told["ok"], told["code"], told["state"]) == (False, "ats_credentials", "needs_attention")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "taleo"}, "kind"),
        ({"credentials": {}}, "credentials.client_secret"),
        ({"settings": {"base_url": "gopher://x"}}, "settings.base_url"),
        ({"settings": {"user_id": "me"}}, "settings.user_id"),
        ({"settings": {"client_secret": "x"}}, "settings.client_secret"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_bad_connection_is_refused(
    call: Call, workspace: Workspace, simulator: Simulator, change: dict[str, Any], field: str
) -> None:
    body = {"kind": "greenhouse", "name": "New", "settings": {}, "credentials": simulator.credentials}

    refused = call("POST", "connections", body | change)

    assert refused.status_code == 400
    assert field in refused.json()["fields"]
    with workspace_scope(workspace.pk):
        assert Connection.objects.count() == 0


def test_name_is_used_once(call: Call, simulator: Simulator, connection: Connection) -> None:
    body = {"kind": "greenhouse", "name": "Greenhouse", "credentials": simulator.credentials}

    assert call("POST", "connections", body).status_code == 409


def test_patch_keeps_credentials_left_out(call: Call, workspace: Workspace, connection: Connection) -> None:
    changed = call(
        "PATCH", f"connections/{connection.pk}", {"name": "Renamed", "credentials": {"client_id": "x"}}
    )

    assert changed.status_code == 200
    with workspace_scope(workspace.pk):
        kept = Connection.objects.get().credentials
        assert kept["client_id"] == "x"
        assert kept["client_secret"]


def test_preflight_and_push(call: Call, workspace: Workspace, pull: Pull, simulator: Simulator) -> None:
    pull()
    with workspace_scope(workspace.pk):
        requisition = Requisition.objects.filter(status="open").first()
        assert requisition is not None
        person = CandidateFactory.create(first_name="Zoë", last_name="Lindt", email="zoe@example.org")
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)

    looked = call("POST", f"requisitions/{requisition.pk}/preflight")
    assert looked.status_code == 200
    assert [(i["candidate"], i["verdict"]) for i in looked.json()["items"]] == [(person.pk, "create")]

    sent = call("POST", f"requisitions/{requisition.pk}/pushes", {"candidates": [person.pk]})
    assert sent.status_code == 202
    deliveries.deliver(workspace_id=workspace.pk, push_id=sent.json()["id"])
    told = call("GET", f"pushes/{sent.json()['id']}").json()
    assert told["state"] == "finished"
    assert told["items"][0]["state"] == "done"
    assert told["items"][0]["url"].startswith("https://app.greenhouse.io/people/")


def test_push_with_a_key_sent_twice_is_one(
    call: Call, workspace: Workspace, pull: Pull, simulator: Simulator
) -> None:
    pull()
    with workspace_scope(workspace.pk):
        requisition = Requisition.objects.filter(status="open").first()
        assert requisition is not None
        person = CandidateFactory.create(first_name="Zoë", last_name="Lindt", email="zoe@example.org")
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)

    path, headers = f"requisitions/{requisition.pk}/pushes", {"Idempotency-Key": "once"}
    first, second = (call("POST", path, {}, **headers) for _ in range(2))

    assert first.json() == second.json()
    with workspace_scope(workspace.pk):
        assert Push.objects.count() == 1


def test_push_of_somebody_not_shortlisted_is_refused(call: Call, workspace: Workspace, pull: Pull) -> None:
    pull()
    with workspace_scope(workspace.pk):
        requisition = Requisition.objects.filter(status="open").first()
        assert requisition is not None

    refused = call("POST", f"requisitions/{requisition.pk}/pushes", {"candidates": [1]})

    assert (refused.status_code, refused.json()["code"]) == (422, "nobody")
    with workspace_scope(workspace.pk):
        assert Push.objects.count() == 0


def test_other_workspace_sees_nothing(
    client: Client, rival: Workspace, connection: Connection, workspace: Workspace
) -> None:
    with workspace_scope(rival.pk):
        key = api_keys.create(name="rival", role="owner", by=None).text
    headers = {"Authorization": f"Bearer {key}"}

    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/check"), ("POST", "/syncs")):
        url = f"/api/v1/connections/{connection.pk}{path}"
        answer = client.generic(method, url, "{}", content_type="application/json", headers=headers)
        assert answer.status_code == 404
    assert client.get("/api/v1/connections", headers=headers).json()["results"] == []


def _json(body: Any) -> str:
    import json

    return "" if body is None else json.dumps(body)
