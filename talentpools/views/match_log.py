"""Who saw which scores of a requisition: a page to read and a file to hand to an auditor."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.models import Requisition
from crm.policies import csv_files
from crm.views.paging import page_of
from talentpools.policies import matching
from talentpools.queries import match_views
from talentpools.views.requisitions import around


@permission_required("candidates.export")
@require_safe
def index(request: WorkspaceRequest, requisition_id: int) -> HttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    page = page_of(request, match_views.views(requisition))
    context = around(request, requisition, "") | {
        "page": page,
        "views": match_views.told(page.rows),
        "criteria": list(matching.WEIGHTS.items()),
    }
    return render(request, "talentpools/requisition/scores.html", context)


@permission_required("candidates.export")
@require_safe
def export(request: WorkspaceRequest, requisition_id: int) -> StreamingHttpResponse:
    requisition = get_object_or_404(Requisition.objects, pk=requisition_id)
    # Read inside the scope: a stream is sent after it has closed.
    lines = list(csv_files.written(match_views.exported(requisition)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scores-{requisition.pk}.csv"'
    return response
