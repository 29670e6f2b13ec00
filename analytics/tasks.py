from celery import shared_task
from django.utils import timezone

from analytics.actions import folding, mailings, sending
from crm.actions import events
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.queries import due

FOLLOW_FACTS = "analytics.follow_facts"
# These change what many people count as, without an event for each.
_FOR_EVERYBODY = frozenset({"definitions.published", "connection.stage_mapped"})


@shared_task(name="analytics.fold_due")
def fold_due(**_: object) -> None:
    """Wake the workspaces whose rollups have not been folded lately."""
    for workspace_id in due.workspaces("analytics_due_folds"):
        with workspace_scope(workspace_id):
            enqueue("analytics.fold")


@shared_task(name="analytics.fold", base=WorkspaceTask, scoped=False, time_limit=3_600, soft_time_limit=3_500)
def fold(*, workspace_id: int, **_: object) -> None:
    """Take in what happened since the last fold."""
    folding.fold(workspace_id=workspace_id, now=timezone.now())


@shared_task(name=FOLLOW_FACTS, base=WorkspaceTask, scoped=False, time_limit=3_600, soft_time_limit=3_500)
def follow_facts(*, workspace_id: int, **_: object) -> None:
    """Something changed that decides figures: fold now."""
    with workspace_scope(workspace_id):
        taken = {event.kind for event in events.take(FOLLOW_FACTS)}
    if taken:
        folding.fold(workspace_id=workspace_id, now=timezone.now(), everybody=bool(taken & _FOR_EVERYBODY))


@shared_task(name="analytics.mail_due")
def mail_due(**_: object) -> None:
    """Wake the workspaces with mailings that are due."""
    for workspace_id in due.workspaces("analytics_due_mailings"):
        with workspace_scope(workspace_id):
            enqueue("analytics.mail_views")


@shared_task(name="analytics.mail_views", base=WorkspaceTask, scoped=False)
def mail_views(*, workspace_id: int, **_: object) -> None:
    """Write what is due and send it, one copy at a time."""
    with workspace_scope(workspace_id):
        waiting = mailings.queue_due(now=timezone.now())
    for copy_id in waiting:
        sending.send(workspace_id=workspace_id, copy_id=copy_id)
