"""Pulling an ATS: page by page, each committed with the position after it, so that a killed run goes on.

The network is never used inside a transaction: `pull` gets ids and opens its own short scopes.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.models import User
from integrations.actions.pulls import Pull, claimable
from integrations.models import Connection, SyncRun
from integrations.providers import registry

logger = logging.getLogger(__name__)

COMPARE_EVERY = timedelta(days=7)


class SyncRunning(DomainError):
    """A sync of this connection is running already."""

    code = "sync_running"
    status = 409


class Paused(DomainError):
    """A paused connection does not sync."""

    code = "paused"
    status = 409


@transaction.atomic
def start(
    *, connection: Connection, mode: str, by: User | None = None, confirms_removals: bool = False
) -> SyncRun:
    """Write the run down and hint a worker. Refuses while another run is under way, or when paused.

    With `confirms_removals` a full run drops the links to everything that is gone, however much that is.
    """
    if connection.state == Connection.State.PAUSED:
        raise Paused(f"“{connection.name}” is paused. Resume it first.")
    try:
        with transaction.atomic():
            cursor = {"removals_confirmed": True} if confirms_removals else {}
            run = SyncRun.objects.create(connection=connection, mode=mode, started_by=by, cursor=cursor)
    except IntegrityError as twice:
        raise SyncRunning(f"“{connection.name}” is syncing already.") from twice
    upcoming = timezone.now() + timedelta(minutes=registry.vendor(connection.kind).every_minutes)
    Connection.objects.filter(pk=connection.pk).update(next_sync_at=upcoming)
    enqueue("integrations.pull", sync_run_id=run.pk)
    return run


@transaction.atomic
def request_stop(*, run: SyncRun) -> None:
    """End the run after the page it is at; what was committed stays. A finished run is left alone."""
    SyncRun.objects.filter(pk=run.pk, state__in=["waiting", "running"]).update(
        stop_requested_at=timezone.now()
    )
    enqueue("integrations.pull", sync_run_id=run.pk)


@transaction.atomic
def retry(*, run: SyncRun, by: User | None) -> SyncRun:
    """Go on with a failed or stopped run where its last page ended."""
    try:
        with transaction.atomic():
            changed = SyncRun.objects.filter(pk=run.pk, state__in=["failed", "stopped"]).update(
                state=SyncRun.State.WAITING, failure="", attempt=0, lease_until=None, stop_requested_at=None,
                finished_at=None,
            )  # fmt: skip
    except IntegrityError as twice:
        raise SyncRunning("Another sync of this connection is running.") from twice
    if changed:
        enqueue("integrations.pull", sync_run_id=run.pk)
    return SyncRun.objects.get(pk=run.pk)


@transaction.atomic
def start_due(now: datetime) -> None:
    """Start what is due in this workspace, and wake runs whose worker went away."""
    due = Connection.objects.filter(state=Connection.State.CONNECTED, next_sync_at__lte=now)
    for connection in due.exclude(sync_runs__state__in=["waiting", "running"]):
        start(connection=connection, mode=_mode(connection, now))
    for run_id in SyncRun.objects.filter(claimable(now)).values_list("pk", flat=True):
        enqueue("integrations.pull", sync_run_id=run_id)


def _mode(connection: Connection, now: datetime) -> str:
    """Once a week everything, so that what was deleted or merged there converges here too."""
    compared = connection.sync_runs.filter(mode=SyncRun.Mode.FULL, state=SyncRun.State.FINISHED)
    is_fresh = compared.filter(finished_at__gt=now - COMPARE_EVERY).exists()
    return SyncRun.Mode.INCREMENTAL if is_fresh else SyncRun.Mode.FULL


def pull(*, workspace_id: int, sync_run_id: int, seconds: float = 30.0, patience: float = 40.0) -> str:
    """Work on the run for about so many seconds; returns the state it is left in.

    `waiting` means there is more to do. A second worker on the same run does nothing.
    """
    pulling = Pull(
        workspace_id, sync_run_id, until=timezone.now() + timedelta(seconds=seconds), patience=patience
    )
    return pulling.run()
