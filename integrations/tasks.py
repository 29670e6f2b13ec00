from celery import shared_task
from django.utils import timezone

from crm.kernel.jobs import WorkspaceTask
from crm.kernel.tenancy import workspace_scope
from crm.queries import due
from integrations.actions import connections, syncs


class UnscopedTask(WorkspaceTask):
    """A task that calls the network and opens its own short scopes."""

    abstract = True
    scoped = False


@shared_task(name="integrations.pull", base=UnscopedTask)
def pull(*, workspace_id: int, sync_run_id: int, **_: object) -> None:
    syncs.pull(workspace_id=workspace_id, sync_run_id=sync_run_id)


@shared_task(name="integrations.check", base=UnscopedTask)
def check(*, workspace_id: int, connection_id: int, **_: object) -> None:
    connections.check(workspace_id=workspace_id, connection_id=connection_id)


@shared_task(name="integrations.start_due_syncs")
def start_due_syncs(**_: object) -> None:
    """Due connections begin, and runs whose worker died go on."""
    for workspace_id in due.workspaces("integrations_due_syncs"):
        with workspace_scope(workspace_id):
            syncs.start_due(timezone.now())
