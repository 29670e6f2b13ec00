from celery import shared_task

from crm.actions import busy_calendars
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.queries import due


@shared_task(name="crm.read_calendars", base=WorkspaceTask, scoped=False)
def read_calendars(*, workspace_id: int, **_: object) -> None:
    """Read the calendars recruiters keep elsewhere. Unscoped: it calls the network."""
    busy_calendars.read_due(workspace_id=workspace_id)


@shared_task(name="crm.wake_calendars")
def wake_calendars(**_: object) -> None:
    """Have the calendars read whose time has come."""
    for workspace_id in due.workspaces("crm_due_calendars"):
        with workspace_scope(workspace_id):
            enqueue("crm.read_calendars")
