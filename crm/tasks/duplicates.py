from celery import shared_task
from django.utils import timezone

from crm.actions import duplicates, merge_batches
from crm.kernel.jobs import WorkspaceTask
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace


@shared_task(name="crm.find_duplicates")
def find_duplicates(**_: object) -> None:
    """Beat: look among new and changed people, and go on with what a lost worker left."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            duplicates.look(now=timezone.now())
            merge_batches.wake()


@shared_task(name="crm.look_at_everybody", base=WorkspaceTask)
def look_at_everybody(**_: object) -> None:
    """Somebody asked for a look at all people."""
    duplicates.look(now=timezone.now(), everybody=True)


@shared_task(name=merge_batches.TASK, base=WorkspaceTask, scoped=False)
def merge_duplicates(*, workspace_id: int, batch_id: int, **_: object) -> None:
    merge_batches.carry_on(workspace_id=workspace_id, batch_id=batch_id)
