"""The engine's hints: look now. What there is to do stands in rows."""

from celery import shared_task
from django.utils import timezone

from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.queries import due
from journeys.actions import rehearsals, ticks


@shared_task(name="journeys.tick")
def tick(**_: object) -> None:
    """Beat: wake every workspace in which an enrollment is due."""
    for workspace_id in due.workspaces("journeys_due_enrollments"):
        with workspace_scope(workspace_id):
            enqueue("journeys.run_due")


@shared_task(name="journeys.run_due", base=WorkspaceTask, scoped=False)
def run_due(*, workspace_id: int, **_: object) -> None:
    """Run what is due in one workspace. Unscoped: each batch is a transaction of its own."""
    ticks.tick(workspace_id=workspace_id, now=timezone.now())


@shared_task(name="journeys.follow_events", base=WorkspaceTask, scoped=False)
def follow_events(*, workspace_id: int, **_: object) -> None:
    """Something happened to people: exits, triggers, outcomes, branches."""
    ticks.tick(workspace_id=workspace_id, now=timezone.now())


@shared_task(name="journeys.sweep")
def sweep(**_: object) -> None:
    """Beat: settle what a lost hint left behind, and start journeys whose date has come."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        ticks.sweep(workspace_id=workspace_id, now=timezone.now())
        ticks.let_in(workspace_id=workspace_id, now=timezone.now())


@shared_task(name="journeys.rehearse", base=WorkspaceTask, scoped=False)
def rehearse(*, workspace_id: int, rehearsal_id: int, **_: object) -> None:
    """Play a rehearsal through. Unscoped: it reads for seconds and writes only at its end."""
    rehearsals.play(workspace_id=workspace_id, rehearsal_id=rehearsal_id)
