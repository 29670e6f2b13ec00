import time
from argparse import ArgumentParser
from typing import Any

from django.db.models import Q

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.management.workspace_command import WorkspaceCommand
from crm.models import Workspace
from integrations.actions import syncs
from integrations.models import Connection, SyncRun
from integrations.queries.syncs import summary


class UnknownConnection(DomainError):
    """There is no such connection."""


class SyncFailed(DomainError):
    """The sync failed."""


class Command(WorkspaceCommand):
    help = "Pull an ATS connection (by name or id) to its end, resuming a run that was cut off."
    scoped = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("connection", help="name or id")
        parser.add_argument("--full", action="store_true", help="everything, not only what changed")

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        mode = SyncRun.Mode.FULL if options["full"] else SyncRun.Mode.INCREMENTAL
        while True:
            with workspace_scope(workspace.pk):
                run = self._run_of(options["connection"], mode)
            state = _finished(workspace.pk, run)
            if run.mode != SyncRun.Mode.REMAP:
                break  # what was mapped differently meanwhile goes first
        with workspace_scope(workspace.pk):
            report = summary(SyncRun.objects.get(pk=run.pk))
        if state == SyncRun.State.FAILED:
            raise SyncFailed(str(report["failure"]))
        return report

    def _run_of(self, wanted: str, mode: str) -> SyncRun:
        named = Q(name=wanted) | (Q(pk=int(wanted)) if wanted.isdecimal() else Q())
        connection = Connection.objects.filter(named).first()
        if connection is None:
            raise UnknownConnection(f"There is no connection “{wanted}”.")
        open_run = connection.sync_runs.filter(state__in=["waiting", "running"]).first()
        return open_run or syncs.start(connection=connection, mode=mode)


def _finished(workspace_id: int, run: SyncRun) -> str:
    while (state := syncs.pull(workspace_id=workspace_id, sync_run_id=run.pk, patience=120)) in (
        SyncRun.State.WAITING,
        SyncRun.State.RUNNING,
    ):
        # Running means somebody else works on it, or the ATS asked us to wait.
        time.sleep(0 if state == SyncRun.State.WAITING else 1)
    return state
