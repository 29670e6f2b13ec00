from celery import shared_task

from crm.actions import engagement, engagement_scale
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import EngagementRun
from crm.queries import due


@shared_task(name=engagement.SUBSCRIBER, base=WorkspaceTask)
def fold_engagement(**_: object) -> None:
    """Fold the signals that wait; more than one batch goes on in the next task."""
    if engagement.fold_waiting() >= engagement.BATCH:
        enqueue(engagement.SUBSCRIBER)


@shared_task(name=engagement_scale.TASK, base=WorkspaceTask, scoped=False)
def recompute_engagement(*, workspace_id: int, run_id: int, **_: object) -> None:
    """The next batch of people, in a transaction of its own; the one after in the next task."""
    with workspace_scope(workspace_id):
        if engagement_scale.compute_batch(run_id=run_id):
            enqueue(engagement_scale.TASK, run_id=run_id)


@shared_task(name="crm.sweep_engagement")
def sweep_engagement(**_: object) -> None:
    """Go on with runs whose hint was lost with the broker."""
    for workspace_id in due.workspaces("crm_due_engagement"):
        with workspace_scope(workspace_id):
            for run_id in EngagementRun.objects.filter(finished_at=None).values_list("pk", flat=True):
                enqueue(engagement_scale.TASK, run_id=run_id)
