from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import render_page
from crm.policies import csv_files
from crm.views.paging import page_of
from talentpools.forms.segment_history import HistoryForm
from talentpools.queries import segment_history
from talentpools.views.frames import around, segment_of


@permission_required("pools.view")
@require_safe
def index(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    form = HistoryForm(request.GET)
    page = page_of(request, segment_history.moves(segment, form.wanted(), now=timezone.now()))
    context = around(request, segment, "history") | {
        "form": form,
        "page": page,
        "moves": segment_history.read(page.rows),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render_page(request, "talentpools/segment/history.html", context, partial="moves")


@permission_required("candidates.export")
@require_safe
def export(request: WorkspaceRequest, segment_id: int) -> StreamingHttpResponse:
    segment = segment_of(request, segment_id)
    rows = segment_history.moves(segment, HistoryForm(request.GET).wanted(), now=timezone.now())
    # Read inside the scope: a stream is sent after it has closed.
    lines = list(csv_files.written(segment_history.exported(rows)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = slugify(segment.name) or f"segment-{segment.pk}"
    response["Content-Disposition"] = f'attachment; filename="{name}-history.csv"'
    return response


@permission_required("pools.view")
@require_safe
def versions(request: WorkspaceRequest, segment_id: int) -> HttpResponse:
    segment = segment_of(request, segment_id)
    context = around(request, segment, "versions") | {"changes": segment_history.versions(segment)}
    return render(request, "talentpools/segment/versions.html", context)
