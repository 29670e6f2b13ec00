"""The demo's ATS: an account on the local Greenhouse simulator, connected and read in full."""

import json
import os
from importlib import import_module
from typing import Any

from django.conf import settings

from crm.kernel.tenancy import workspace_scope
from crm.management.demo.chapters import Demo
from crm.models import Application, Candidate
from integrations.actions import connections, field_mappings, syncs
from integrations.actions.field_mappings import Choice
from integrations.models import Connection, SyncRun

PEOPLE = 1_450
SEED = 7
WEBHOOK_SECRET = "gh-demo-webhook-secret"  # noqa: S105 - of the simulator, printed by it
STATE = "greenhouse.json"
HOOKS = "greenhouse-hooks.json"


def connect(demo: Demo) -> str:
    """Connect the simulator, sync everything, and leave word where it should send its webhooks."""
    account = _simulator()
    port = int(os.environ.get("DEMO_ATS_PORT") or 0)
    account.start(port)
    try:
        workspace_id = demo.workspace.pk
        connection_id = _connection(demo, account.url, account.credentials)
        connections.check(workspace_id=workspace_id, connection_id=connection_id)
        _sync_everything(workspace_id, connection_id)
    finally:
        account.stop()
    with workspace_scope(workspace_id):
        people, applications = Candidate.objects.count(), Application.objects.count()
        return f"{people:,} people and {applications:,} applications from the ATS"


def _simulator() -> Any:
    # The simulators live with the tests, which no application code imports.
    module = import_module("tests.simulators.greenhouse")
    return module.Simulator(people=PEOPLE, seed=SEED, limit=10_000, state=settings.DATA_DIR / STATE)


def _connection(demo: Demo, url: str, credentials: dict[str, str]) -> int:
    with workspace_scope(demo.workspace.pk):
        connection = connections.create(
            kind="greenhouse",
            name="Greenhouse",
            settings={"base_url": url, "auth_url": f"{url}/token"},
            credentials=credentials | {"webhook_secret": WEBHOOK_SECRET},
            by=demo.staff["grace"],
        )
        notice = Choice("candidate", "told.custom_fields.notice_period", "Notice period", "notice_days", "")
        field_mappings.save(connection=connection, choices=[notice], by=demo.staff["grace"])
        address = f"{settings.BASE_URL}/hooks/ats/{demo.workspace.pk}/{connection.webhook_key}/"
        (settings.DATA_DIR / HOOKS).write_text(json.dumps({"url": address, "secret": WEBHOOK_SECRET}))
        return connection.pk


def _sync_everything(workspace_id: int, connection_id: int) -> None:
    with workspace_scope(workspace_id):
        connection = Connection.objects.get(pk=connection_id)
        run = SyncRun.objects.filter(connection=connection, state__in=["waiting", "running"]).first()
        run = run or syncs.start(connection=connection, mode=SyncRun.Mode.FULL)
    state = ""
    while state not in (SyncRun.State.FINISHED, SyncRun.State.FAILED, SyncRun.State.STOPPED):
        state = syncs.pull(workspace_id=workspace_id, sync_run_id=run.pk)
    if state != SyncRun.State.FINISHED:
        raise RuntimeError(f"The demo's sync ended as {state}.")
