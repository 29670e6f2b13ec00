from celery import shared_task

from crm.actions import attachment_scans, attachment_texts, attachments
from crm.kernel.jobs import WorkspaceTask
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.queries import due


@shared_task(name="crm.read_attachment", base=WorkspaceTask, scoped=False)
def read_attachment(*, workspace_id: int, attachment_id: int, **_: object) -> None:
    """Take the text out of one file."""
    attachment_texts.read(workspace_id=workspace_id, attachment_id=attachment_id)


@shared_task(name="crm.sweep_unread_attachments")
def sweep_unread_attachments(**_: object) -> None:
    """Wake the reading of files whose hint was lost or whose worker died."""
    for workspace_id in due.workspaces("crm_due_attachments"):
        with workspace_scope(workspace_id):
            attachment_texts.wake_waiting()


@shared_task(name="crm.sweep_attachments")
def sweep_attachments(**_: object) -> None:
    """Delete files taken off long ago and bytes without a row; have the unscanned scanned."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            attachments.sweep()
            attachment_scans.mark_unscanned()
