from celery import shared_task

from crm.actions import claims, deliveries, inbound
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.queries import due


@shared_task(name="crm.deliver_messages", base=WorkspaceTask, scoped=False)
def deliver_messages(*, workspace_id: int, **_: object) -> None:
    """Send what is due. Unscoped: the network is called between transactions, never inside one."""
    deliveries.deliver_due(workspace_id=workspace_id)


@shared_task(name="crm.sweep_messages")
def sweep_messages(**_: object) -> None:
    """Settle messages whose worker never came back, and wake delivery where something is due."""
    for workspace_id in due.workspaces("crm_due_messages"):
        with workspace_scope(workspace_id):
            claims.sweep()
            enqueue("crm.deliver_messages")


@shared_task(name="crm.read_inbound", base=WorkspaceTask, scoped=False)
def read_inbound(*, workspace_id: int, **_: object) -> None:
    """Read the mails that came. Unscoped: each is counted as tried before it is read."""
    inbound.read_waiting(workspace_id=workspace_id)


@shared_task(name="crm.sweep_inbound")
def sweep_inbound(**_: object) -> None:
    """Wake the reading of mails whose hint was lost."""
    for workspace_id in due.workspaces("crm_due_inbound"):
        with workspace_scope(workspace_id):
            enqueue("crm.read_inbound")
