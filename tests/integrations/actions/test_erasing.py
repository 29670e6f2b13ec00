import json
from collections.abc import Callable
from typing import Any

from crm.actions import erasures
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Workspace
from integrations.models import Connection, ExternalRef, RawRecord, SyncRun
from tests.simulators.greenhouse import Simulator

Pull = Callable[..., SyncRun]


def test_erased_person_is_in_no_payload_and_no_sync_brings_them_back(
    workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    pull()
    row = next(iter(simulator.tables["applications"].rows.values()))
    number = str(row["candidate_id"])
    address = simulator.tables["candidates"].rows[row["candidate_id"]]["email_addresses"][0]["value"]
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=number)
        assert address in _kept(workspace)
        erasures.erase(candidate=Candidate.objects.get(pk=ref.object_id))

    assert address not in _kept(workspace)
    assert f'"candidate_id": {number}' not in _kept(workspace)
    run = pull()

    assert address not in _kept(workspace)
    assert f'"candidate_id": {number}' not in _kept(workspace)
    assert number in {warning["id"] for warning in run.warnings}
    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == 60
        assert ExternalRef.objects.get(pk=ref.pk).applied == {}


def _kept(workspace: Workspace) -> str:
    """Everything we hold of what the ATS said, as text."""
    with workspace_scope(workspace.pk):
        told: list[Any] = [
            raw.read() for raw in RawRecord.objects.filter(kind__in=["candidate", "application"])
        ]
        told += ExternalRef.objects.values_list("applied", flat=True)
    return json.dumps(told)
