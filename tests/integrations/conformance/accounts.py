"""One simulated account of each vendor that runs on the invented company, connected to a workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from integrations.actions import connections, syncs
from integrations.models import Connection, SyncRun
from tests.simulators.hosted import Hosted
from tests.simulators.truth import difference, held, truth

VENDORS = ("greenhouse", "lever", "ashby", "smartrecruiters", "successfactors", "workday")
PEOPLE = 16
# Whose simulator of the invented company has a module of another name.
HOSTED = {"greenhouse": "greenhouse_hosted"}


@dataclass
class Account:
    """A simulator and the connection to it."""

    workspace: Workspace
    simulator: Hosted
    connection: Connection

    def pull(self, mode: str = "full", run: SyncRun | None = None, *, seconds: float = 30.0) -> SyncRun:
        """Run a sync to its end, in turns of so many seconds; one put back by trouble goes on at once."""
        with workspace_scope(self.workspace.pk):
            run = run or syncs.start(connection=self.connection, mode=mode)
        for _ in range(80):
            state = syncs.pull(
                workspace_id=self.workspace.pk, sync_run_id=run.pk, seconds=seconds, patience=3
            )
            if state not in ("waiting", "running"):
                break
            with workspace_scope(self.workspace.pk):
                SyncRun.objects.filter(pk=run.pk, state="running").update(
                    lease_until=timezone.now() - timedelta(seconds=1)
                )
        with workspace_scope(self.workspace.pk):
            return SyncRun.objects.get(pk=run.pk)

    def difference(self) -> list[str]:
        """What differs between the account and the workspace."""
        with workspace_scope(self.workspace.pk):
            return difference(truth(self.simulator), held(self.connection))


def counted(run: SyncRun, name: str) -> int:
    return sum(counts.get(name, 0) for counts in run.counts.values())


def started(kind: str, **options: object) -> Hosted:
    simulator: Hosted = import_module(f"tests.simulators.{HOSTED.get(kind, kind)}").Simulator(**options)
    simulator.start()
    return simulator


def connected(workspace: Workspace, simulator: Hosted) -> Account:
    with workspace_scope(workspace.pk):
        connection = connections.create(
            kind=simulator.kind,
            name=simulator.kind.title(),
            settings=simulator.settings,
            credentials=simulator.credentials | {"webhook_secret": "conformance-secret"},
            by=None,
        )
    return Account(workspace, simulator, connection)


Connect = Callable[..., Account]
