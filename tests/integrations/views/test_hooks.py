import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Event, Workspace
from integrations.actions import inbound
from integrations.models import Connection, ExternalRef, InboundWebhook, SyncRun
from tests.integrations.conftest import WEBHOOK_SECRET
from tests.simulators.greenhouse import Simulator
from tests.simulators.greenhouse_hooks import encode, signature

Pull = Callable[..., SyncRun]


def test_webhook_reads_the_application_again(
    client: Client, workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    pull()
    row = next(r for r in simulator.tables["applications"].rows.values() if r["status"] == "in_process")
    reason = simulator.tables["rejection_reasons"].ids[2]
    simulator.writer.reject(row["id"], {"rejection_reason_id": reason}, simulator.now())

    answer = _send(
        client, connection, "reject_candidate", {"application": {"id": row["id"], "status": "rejected"}}
    )
    settled = inbound.apply_waiting(workspace_id=workspace.pk, connection_id=connection.pk)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert settled == 1
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="application", external_id=str(row["id"]))
        application = Application.objects.get(pk=ref.object_id)
        assert (application.outcome, application.rejection_reason) == ("rejected", "runner_up")


def test_replayed_webhook_has_one_effect(
    client: Client, workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    pull()
    row = next(r for r in simulator.tables["applications"].rows.values() if r["status"] == "in_process")
    reason = simulator.tables["rejection_reasons"].ids[2]
    simulator.writer.reject(row["id"], {"rejection_reason_id": reason}, simulator.now())
    payload = {"application": {"id": row["id"], "candidate": {"id": row["candidate_id"]}}}

    answers = [_send(client, connection, "reject_candidate", payload, event="evt-1").json() for _ in range(3)]
    for _ in range(3):
        inbound.apply_waiting(workspace_id=workspace.pk, connection_id=connection.pk)

    assert answers == [{"received": True}, {"received": False}, {"received": False}]
    with workspace_scope(workspace.pk):
        assert InboundWebhook.objects.count() == 1
        about = {"kind": "application.rejected", "candidate__isnull": False}
        ref = ExternalRef.objects.get(kind="application", external_id=str(row["id"]))
        assert Event.objects.filter(**about, data__application=ref.object_id).count() == 1


@pytest.mark.parametrize("header", ["", "sha256 " + "0" * 64, "sha1 abc", "sha256"])
def test_wrong_signature_is_refused(
    client: Client, workspace: Workspace, connection: Connection, header: str
) -> None:
    body = encode("update_candidate", {"candidate": {"id": 1}})

    answer = client.post(_url(connection), body, "application/json", headers={"Signature": header})

    assert answer.status_code == 401
    with workspace_scope(workspace.pk):
        assert InboundWebhook.objects.count() == 0


def test_changed_body_is_refused(client: Client, workspace: Workspace, connection: Connection) -> None:
    body = encode("update_candidate", {"candidate": {"id": 1, "first_name": "Zoë"}})
    rewritten = json.dumps(json.loads(body), ensure_ascii=False).encode()
    headers = {"Signature": signature(body, WEBHOOK_SECRET)}

    assert client.post(_url(connection), rewritten, "application/json", headers=headers).status_code == 401


def test_unknown_address_is_not_found(
    client: Client, workspace: Workspace, rival: Workspace, connection: Connection
) -> None:
    body = encode("ping", {})
    headers = {"Signature": signature(body, WEBHOOK_SECRET)}

    for url in (
        f"/hooks/ats/{rival.pk}/{connection.webhook_key}/",
        f"/hooks/ats/{workspace.pk}/nonsense/",
        f"/hooks/ats/{10**30}/{connection.webhook_key}/",
    ):
        assert client.post(url, body, "application/json", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"action":"dance","payload":{}}', b'{"action":"ping","payload":null}']
)
def test_unknown_event_is_harmless(
    client: Client, workspace: Workspace, connection: Connection, body: bytes
) -> None:
    headers = {"Signature": signature(body, WEBHOOK_SECRET)}

    assert client.post(_url(connection), body, "application/json", headers=headers).status_code == 200
    assert inbound.apply_waiting(workspace_id=workspace.pk, connection_id=connection.pk) == 1


def test_deleted_candidate_stays_here_without_reference(
    client: Client, workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    pull()
    number = simulator.tables["candidates"].ids[0]

    _send(client, connection, "delete_candidate", {"person": {"id": number}})
    inbound.apply_waiting(workspace_id=workspace.pk, connection_id=connection.pk)

    with workspace_scope(workspace.pk):
        assert not ExternalRef.objects.filter(kind="candidate", external_id=str(number)).exists()
        assert Event.objects.filter(kind="candidate.removed_in_ats").count() == 1


def test_outage_keeps_the_webhook_waiting(
    client: Client, workspace: Workspace, simulator: Simulator, connection: Connection
) -> None:
    _send(
        client, connection, "update_candidate", {"candidate": {"id": simulator.tables["candidates"].ids[0]}}
    )
    simulator.faults.fail = 1_000

    assert inbound.apply_waiting(workspace_id=workspace.pk, connection_id=connection.pk) == 0
    simulator.faults.fail = 0
    assert inbound.apply_waiting(workspace_id=workspace.pk, connection_id=connection.pk) == 1


def _url(connection: Connection) -> str:
    return f"/hooks/ats/{connection.workspace_id}/{connection.webhook_key}/"


def _send(
    client: Client, connection: Connection, action: str, payload: dict[str, Any], event: str = ""
) -> Any:
    body = encode(action, payload)
    headers = {"Signature": signature(body, WEBHOOK_SECRET), "Greenhouse-Event-ID": event or action}
    return client.post(_url(connection), body, "application/json", headers=headers)
