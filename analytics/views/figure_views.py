from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analytics.actions import mailed_views, views
from analytics.models import FigureView
from analytics.queries.views import mailings_of, views_for
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.queries.memberships import members_of

LENGTHS = (30, 90, 365, 730)


@permission_required("analytics.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    shown = [
        {
            "view": view,
            "mailings": list(mailings_of(view)),
            "is_mine": view.owner_id == request.membership.user_id,
            "link": request.build_absolute_uri(
                reverse("analytics:view", args=[request.workspace.slug, view.pk])
            ),
        }
        for view in views_for(request.membership.user_id).select_related("owner")
    ]
    context = {"shown": shown, "members": members_of(request.workspace.pk).filter(deactivated_at=None)}
    return render_page(request, "analytics/view/list.html", context)


def _address(request: WorkspaceRequest, view: FigureView) -> str:
    return reverse("analytics:view", args=[request.workspace.slug, view.pk])


@permission_required("analytics.view")
@require_safe
def show(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    view = get_object_or_404(views_for(request.membership.user_id), pk=figure_view_id)
    slug, query = request.workspace.slug, mailed_views.address(view, timezone.now())
    if view.page == "overview":
        return redirect(f"{reverse('analytics:kpis', args=[slug])}?{query}")
    return redirect(f"{reverse('analytics:dashboard', args=[slug, view.page])}?{query}")


@permission_required("analytics.view")
@require_POST
def create(request: WorkspaceRequest) -> HttpResponse:
    days = request.POST.get("days", "")
    try:
        view = views.save(
            name=request.POST.get("name", ""),
            page=request.POST.get("page", ""),
            query=dict(QueryDict(request.POST.get("query", "")).lists()),
            days=int(days) if days.isdecimal() and int(days) in LENGTHS else None,
            is_shared=bool(request.POST.get("is_shared")),
            by=request.membership.user,
        )
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("analytics:views", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"“{view.name}” is kept."))


@permission_required("analytics.view")
@require_POST
def remove(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    mine = FigureView.objects.filter(owner_id=request.membership.user_id)
    view = get_object_or_404(mine, pk=figure_view_id)
    views.remove(view=view, by=request.membership.user)
    url = reverse("analytics:views", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"“{view.name}” is forgotten."))
