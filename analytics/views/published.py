from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analytics.actions import reports
from analytics.policies.terms import from_data, sentences
from analytics.queries.dashboards.overview import as_published
from analytics.queries.views import reports as published
from analytics.views.asked import Asked, asked_of
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, render_page


@permission_required("analytics.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    return render_page(request, "analytics/published/list.html", {"reports": published()[:200]})


@permission_required("analytics.view")
@require_safe
def show(request: WorkspaceRequest, report_id: int) -> HttpResponse:
    report = get_object_or_404(published(), pk=report_id)
    terms = from_data(report.terms)
    context = {"report": report, "words": sentences(terms), "number": terms.number}
    return render_page(request, "analytics/published/detail.html", context)


@permission_required("workspace.manage")
@require_POST
@asked_of
def publish(request: WorkspaceRequest, asked: Asked) -> HttpResponse:
    report = reports.publish(
        name=request.POST.get("name", ""),
        question=asked.question,
        figures=as_published(asked.question),
        by=request.membership.user,
    )
    url = reverse("analytics:report", args=[request.workspace.slug, report.pk])
    return go(request, url, toast=Toast(f"“{report.name}” is published."))
