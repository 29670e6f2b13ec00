from celery import shared_task

from crm.actions import imports
from crm.kernel.jobs import WorkspaceTask, enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import ImportRun
from crm.queries import due


@shared_task(name="crm.import_candidates", base=WorkspaceTask, scoped=False)
def import_candidates(*, workspace_id: int, run_id: int, **_: object) -> None:
    """Carry an import on for a minute; it hints itself on while lines are left."""
    imports.carry_on(workspace_id=workspace_id, run_id=run_id)


@shared_task(name="crm.sweep_imports")
def sweep_imports(**_: object) -> None:
    """Wake imports whose hint was lost or whose worker died."""
    for workspace_id in due.workspaces("crm_due_imports"):
        with workspace_scope(workspace_id):
            for run_id in ImportRun.objects.filter(state__in=("waiting", "running")).values_list(
                "pk", flat=True
            ):
                enqueue("crm.import_candidates", run_id=run_id)
