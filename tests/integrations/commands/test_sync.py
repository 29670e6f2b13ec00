import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Workspace
from integrations.models import Connection
from tests.simulators.greenhouse import Simulator


def test_sync_prints_one_json_line(workspace: Workspace, connection: Connection) -> None:
    out = StringIO()

    call_command("sync", "Greenhouse", "--full", "--workspace", "acme", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert told["state"] == "finished"
    assert told["by_kind"]["candidate"]["created"] == 60
    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == 60


def test_second_sync_changes_nothing(workspace: Workspace, connection: Connection) -> None:
    call_command("sync", str(connection.pk), "--full", "--workspace", "acme", stdout=StringIO())
    out = StringIO()

    call_command("sync", str(connection.pk), "--full", "--workspace", "acme", "--json", stdout=out)

    counts = json.loads(out.getvalue())["counts"]
    assert (counts["created"], counts["changed"]) == (0, 0)


def test_unknown_connection_and_failed_sync_say_why(
    workspace: Workspace, connection: Connection, simulator: Simulator
) -> None:
    with pytest.raises(CommandError, match="no connection “Lever”"):
        call_command("sync", "Lever", "--workspace", "acme")
    simulator.tokens.client_secret = "rotated"
    with pytest.raises(CommandError, match="does not accept"):
        call_command("sync", "Greenhouse", "--workspace", "acme")
