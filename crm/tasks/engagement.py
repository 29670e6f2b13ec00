from celery import shared_task

from crm.actions import engagement
from crm.kernel.jobs import WorkspaceTask, enqueue


@shared_task(name=engagement.SUBSCRIBER, base=WorkspaceTask)
def fold_engagement(**_: object) -> None:
    """Fold the signals that wait; more than one batch goes on in the next task."""
    if engagement.fold_waiting() >= engagement.BATCH:
        enqueue(engagement.SUBSCRIBER)
