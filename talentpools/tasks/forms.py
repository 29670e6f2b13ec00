from celery import shared_task

from crm.kernel.jobs import WorkspaceTask
from talentpools.actions import form_pools


@shared_task(name=form_pools.FOLLOWER, base=WorkspaceTask)
def follow_forms(**_: object) -> None:
    """Somebody sent a form: they join the pools it fills."""
    form_pools.follow()
