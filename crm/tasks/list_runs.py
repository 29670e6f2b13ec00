from celery import shared_task

from crm.actions import exports, list_runs
from crm.kernel.jobs import WorkspaceTask
from crm.kernel.tenancy import workspace_scope
from crm.queries import due


@shared_task(name="crm.carry_list_run", base=WorkspaceTask, scoped=False)
def carry_list_run(*, workspace_id: int, list_run_id: int, **_: object) -> None:
    """Carry a change to many people on for a minute; it hints itself on while some are left."""
    list_runs.carry_on(workspace_id=workspace_id, run_id=list_run_id)


@shared_task(name="crm.carry_export", base=WorkspaceTask, scoped=False)
def carry_export(*, workspace_id: int, list_run_id: int, **_: object) -> None:
    """Write the file of an export."""
    exports.carry_on(workspace_id=workspace_id, run_id=list_run_id)


@shared_task(name="crm.sweep_list_runs")
def sweep_list_runs(**_: object) -> None:
    """Wake runs whose hint was lost or whose worker died."""
    for workspace_id in due.workspaces("crm_due_list_runs"):
        with workspace_scope(workspace_id):
            list_runs.wake_waiting()
            exports.wake_waiting()
