from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from integrations.actions import syncs
from integrations.models import Connection, SyncRun
from integrations.queries.syncs import progress

DONE = 286  # htmx stops polling


@permission_required("connections.manage")
@require_POST
def start(request: WorkspaceRequest, connection_id: int) -> HttpResponse:
    connection = get_object_or_404(Connection.objects, pk=connection_id)
    mode = SyncRun.Mode.FULL if request.POST.get("mode") == "full" else SyncRun.Mode.INCREMENTAL
    try:
        syncs.start(
            connection=connection,
            mode=mode,
            by=request.membership.user,
            confirms_removals=request.POST.get("removals") == "confirmed",
        )
    except DomainError as refusal:
        return refuse(request, refusal)
    return _back(request, connection.pk)


@permission_required("connections.manage")
@require_safe
def show(request: WorkspaceRequest, sync_id: int) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects.select_related("connection", "started_by"), pk=sync_id)
    is_open = run.state in (SyncRun.State.WAITING, SyncRun.State.RUNNING)
    told = progress(run)
    context = {"run": run, "progress": told, "seconds": told.seconds, "is_open": is_open}
    if request.htmx and request.GET.get("poll"):
        answer = render(
            request, "integrations/sync/detail.html#progress", context, status=200 if is_open else DONE
        )
        if not is_open:
            answer["HX-Refresh"] = "true"  # what the page says around the bar has changed too
        return answer
    return render(request, "integrations/sync/detail.html", context)


@permission_required("connections.manage")
@require_POST
def stop(request: WorkspaceRequest, sync_id: int) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects, pk=sync_id)
    syncs.request_stop(run=run)
    toast = Toast("The sync stops after the page it is at; what was read stays.", tone="info")
    return _back(request, run.connection_id, toast)


@permission_required("connections.manage")
@require_POST
def retry(request: WorkspaceRequest, sync_id: int) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects, pk=sync_id)
    try:
        syncs.retry(run=run, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return _back(request, run.connection_id)


def _back(request: WorkspaceRequest, connection_id: int, toast: Toast | None = None) -> HttpResponse:
    url = reverse("integrations:connection", args=[request.workspace.slug, connection_id])
    return go(request, url, toast=toast)
