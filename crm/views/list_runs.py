"""What runs in the background for a list: its progress, a safe stop, undo, and the file it wrote."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.actions import bulk_changes, list_runs
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import ListRun
from crm.queries.list_runs import progress, visible_to

_MOVING = (ListRun.State.WAITING, ListRun.State.RUNNING, ListRun.State.UNDOING)
_STOP_POLLING = 286


@permission_required("candidates.edit")
@require_safe
def show(request: WorkspaceRequest, list_run_id: int) -> HttpResponse:
    run = _run(request, list_run_id)
    is_moving = run.state in _MOVING
    context = {
        "run": run,
        "label": _label(run),
        "told": bulk_changes.told(run.action, run.receipts) if run.kind == ListRun.Kind.BULK else "",
        "is_moving": is_moving,
        "progress": progress(run, now=timezone.now()),
        "has_file": bool(run.storage_name) and default_storage.exists(run.storage_name),
    }
    if request.htmx and request.GET.get("progress"):
        status = 200 if is_moving else _STOP_POLLING
        answer = render(request, "crm/list_run/detail.html#progress", context, status=status)
        if not is_moving:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "crm/list_run/detail.html", context)


@permission_required("candidates.edit")
@require_POST
def stop(request: WorkspaceRequest, list_run_id: int) -> HttpResponse:
    run = _run(request, list_run_id)
    list_runs.stop(run=run)
    return go(request, _url(request, run), toast=Toast("Stopped. What was changed stays, and can be undone."))


@permission_required("candidates.edit")
@require_POST
def undo(request: WorkspaceRequest, list_run_id: int) -> HttpResponse:
    run = _run(request, list_run_id)
    try:
        list_runs.undo(run=run)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, run), toast=Toast("It is being undone.", tone="info"))


@permission_required("candidates.export")
@require_safe
def download(request: WorkspaceRequest, list_run_id: int) -> FileResponse:
    run = _run(request, list_run_id)
    if not run.storage_name or not default_storage.exists(run.storage_name):
        raise Http404
    name = f"candidates-{run.created_at:%Y-%m-%d}.{run.action}"
    response = FileResponse(default_storage.open(run.storage_name), as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _label(run: ListRun) -> str:
    known = bulk_changes.changes()
    return known[run.action].label if run.action in known else f"Export as {run.action.upper()}"


def _run(request: WorkspaceRequest, list_run_id: int) -> ListRun:
    is_admin = "workspace.manage" in request.permissions
    runs = visible_to(request.membership.user_id, is_admin=is_admin)
    return get_object_or_404(runs, pk=list_run_id)


def _url(request: WorkspaceRequest, run: ListRun) -> str:
    return reverse("crm:list_run", args=[request.workspace.slug, run.pk])
