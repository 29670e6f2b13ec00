from celery import shared_task
from django.utils import timezone

from crm.actions import events
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.queries import due
from talentpools.actions import changes, merges, refreshes

AFTER_SYNC = "talentpools.refresh_after_sync"
SWEEP = "talentpools.sweep_segments"


@shared_task(name="talentpools.refresh_due")
def refresh_due(**_: object) -> None:
    """Wake the workspaces whose segments have not looked for changes lately."""
    for workspace_id in due.workspaces("talentpools_due_segments"):
        with workspace_scope(workspace_id):
            enqueue("talentpools.refresh_segments")


@shared_task(name="talentpools.refresh_segments", base=WorkspaceTask, scoped=False)
def refresh_segments(*, workspace_id: int, **_: object) -> None:
    """Take in what changed in this workspace."""
    changes.take_in(workspace_id=workspace_id, now=timezone.now())


@shared_task(name=AFTER_SYNC, base=WorkspaceTask, scoped=False)
def refresh_after_sync(*, workspace_id: int, **_: object) -> None:
    """An ATS sync brought news: silver medalists appear without waiting for the beat."""
    with workspace_scope(workspace_id):
        events.take(AFTER_SYNC)
    changes.take_in(workspace_id=workspace_id, now=timezone.now())


@shared_task(name=merges.SUBSCRIBER, base=WorkspaceTask)
def follow_merges(**_: object) -> None:
    """Two records of a person became one, or two again."""
    merges.follow()


@shared_task(name=SWEEP, base=WorkspaceTask, scoped=False)
def sweep_segments(*, workspace_id: int, **_: object) -> None:
    """What a score means changed for everybody: each segment is computed over everybody again."""
    with workspace_scope(workspace_id):
        events.take(SWEEP)
        refreshes.forget_sweeps()
    changes.take_in(workspace_id=workspace_id, now=timezone.now())
