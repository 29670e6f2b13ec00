"""A Greenhouse of its own for each test, over real HTTP, and a connection to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from integrations.actions import connections, syncs
from integrations.models import Connection, SyncRun
from integrations.providers import sending
from tests.simulators.greenhouse import Simulator

WEBHOOK_SECRET = "gh-test-webhook-secret"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    started = Simulator(people=60, limit=10_000).start()
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def _reachable(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is allowed, back-off is short, and no test sees another's tokens."""
    settings.ALLOW_PRIVATE_HOSTS = True
    cache.clear()
    monkeypatch.setattr(sending, "_backoff", lambda state: 0.01)
    monkeypatch.setattr(sending.AtsClient, "cool_down", 0.05)


@pytest.fixture
def connection(workspace: Workspace, simulator: Simulator) -> Connection:
    with workspace_scope(workspace.pk):
        return connections.create(
            kind="greenhouse",
            name="Greenhouse",
            settings={"base_url": simulator.url},
            credentials=simulator.credentials | {"webhook_secret": WEBHOOK_SECRET},
            by=None,
        )


@pytest.fixture
def pull(workspace: Workspace, connection: Connection) -> Callable[..., SyncRun]:
    """Run a sync of the connection to its end and return it."""

    def run(mode: str = "full", run: SyncRun | None = None) -> SyncRun:
        with workspace_scope(workspace.pk):
            run = run or syncs.start(connection=connection, mode=mode)
        while syncs.pull(workspace_id=workspace.pk, sync_run_id=run.pk, patience=30) == "waiting":
            pass
        with workspace_scope(workspace.pk):
            return SyncRun.objects.get(pk=run.pk)

    return run


def counted(run: SyncRun, name: str) -> int:
    return sum(counts[name] for counts in run.counts.values())
