from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import imports
from crm.forms.imports import UploadForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.kernel.tenancy import workspace_scope
from crm.models import ImportRun
from crm.policies import csv_files
from crm.queries import imports as found

_RUNNING = (ImportRun.State.WAITING, ImportRun.State.RUNNING)
# What htmx takes as "stop polling".
_STOP_POLLING = 286


@permission_required("imports.run")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            run = imports.upload(file_name=upload.name, content=upload.read(), by=request.membership.user)
        except DomainError as refusal:
            form.add_error("file", refusal.sentence)
        else:
            return go(request, _url(request, run.pk))
    context = {"form": form, "runs": found.recent()[:50]}
    return render(request, "crm/import_run/list.html", context, status=422 if form.errors else 200)


@permission_required("imports.run")
@require_safe
def show(request: WorkspaceRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(found.recent(), pk=run_id)
    context = _progress_context(run)
    if run.state == ImportRun.State.DRAFT or (run.is_dry_run and run.state not in _RUNNING):
        context |= {"columns": found.columns(run), "options": found.fields()}
    if request.htmx and request.GET.get("progress"):
        status = 200 if run.state in _RUNNING else _STOP_POLLING
        answer = render(request, "crm/import_run/detail.html#progress", context, status=status)
        if status == _STOP_POLLING:
            answer["HX-Refresh"] = "true"  # after a rehearsal the columns come back, and the state is another
        return answer
    return render(request, "crm/import_run/detail.html", context)


@permission_required("imports.run")
@require_POST
def start(request: WorkspaceRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.defer("content"), pk=run_id)
    headers, fields = request.POST.getlist("header"), request.POST.getlist("field")
    mapping = dict(zip(headers, fields, strict=False))
    try:
        imports.start(run=run, mapping=mapping, is_dry_run="dry_run" in request.POST)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _url(request, run.pk))


@permission_required("imports.run")
@require_POST
def stop(request: WorkspaceRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.defer("content"), pk=run_id)
    imports.cancel(run=run, by=request.membership.user)
    return go(request, _url(request, run.pk), toast=Toast("Stopped. What was imported stays."))


@permission_required("imports.run")
@require_safe
def refused(request: WorkspaceRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects, pk=run_id, state=ImportRun.State.FINISHED, is_dry_run=False)
    response = HttpResponse(bytes(run.content or b""), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{run.pk}.csv"'
    return response


@permission_required("imports.run")
@require_safe
def outcomes(request: WorkspaceRequest, run_id: int) -> StreamingHttpResponse:
    run = get_object_or_404(ImportRun.objects.defer("content"), pk=run_id)
    lines = csv_files.written(_outcome_rows(request.workspace.pk, run.pk))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="outcomes-{run.pk}.csv"'
    return response


def _outcome_rows(workspace_id: int, run_id: int) -> Iterator[list[object]]:
    """Read while it is sent, so in a scope of its own: the request's has ended by then."""
    yield ["row", "outcome", "reason", "candidate"]
    with workspace_scope(workspace_id):
        for row in found.outcomes(run_id):
            yield [row.line, row.outcome, row.reason, row.candidate_id]


def _progress_context(run: ImportRun) -> dict[str, Any]:
    refused_rows = run.rows.filter(outcome="refused").order_by("line")[:50]
    return {
        "run": run,
        "progress": found.progress(run, now=timezone.now()),
        "is_running": run.state in _RUNNING,
        "refused": refused_rows,
    }


def _url(request: WorkspaceRequest, run_id: int) -> str:
    return reverse("crm:import", args=[request.workspace.slug, run_id])
