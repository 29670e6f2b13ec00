from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analytics.actions import mailed_views, views
from analytics.models import FigureView
from analytics.policies.asking import LONGEST_DAYS
from analytics.queries.views import mailings_of, views_for
from analytics.views.asked import LABELS
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.queries.memberships import members_of


@permission_required("analytics.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    shown = [
        {
            "view": view,
            "page": LABELS.get(view.page, view.page),
            "mailings": list(mailings_of(view)),
            "is_mine": view.owner_id == request.membership.user_id,
            "link": request.build_absolute_uri(
                reverse("analytics:view", args=[request.workspace.slug, view.pk])
            ),
        }
        for view in views_for(request.membership.user_id)
    ]
    context = {"shown": shown, "members": members_of(request.workspace.pk).filter(deactivated_at=None)}
    return render_page(request, "analytics/view/list.html", context)


@permission_required("analytics.view")
@require_safe
def show(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    return redirect(address_of(request, _view(request, figure_view_id)))


@permission_required("analytics.view")
@require_POST
def create(request: WorkspaceRequest) -> HttpResponse:
    try:
        view = views.save(
            name=request.POST.get("name", ""),
            page=request.POST.get("page", ""),
            is_shared="is_shared" in request.POST,
            by=request.membership.user,
            **_shown(request.POST.get("query", "")),
        )
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, address_of(request, view), toast=Toast(f"“{view.name}” is saved."))


@permission_required("analytics.view")
@require_POST
def change(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    view, given = _mine(request, figure_view_id), request.POST
    try:
        views.change(
            view=view,
            name=given.get("name", view.name),
            is_shared="is_shared" in given if "name" in given else view.is_shared,
            by=request.membership.user,
            **(_shown(given["query"]) if "query" in given else {"days": view.days}),
        )
    except DomainError as refusal:
        return refuse(request, refusal)
    url = address_of(request, view) if "query" in given else _shelf(request)
    return go(request, url, toast=Toast(f"“{view.name}” is saved."))


@permission_required("analytics.view")
@require_POST
def opening(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    view, opens = _view(request, figure_view_id), request.POST.get("opens") != "0"
    views.open_with(view=view if opens else None, by=request.membership.user)
    words = (
        f"Figures open with “{view.name}” from now on." if opens else "Figures open with the overview again."
    )
    return go(request, address_of(request, view), toast=Toast(words))


@permission_required("analytics.view")
@require_POST
def remove(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    view = _mine(request, figure_view_id)
    views.remove(view=view, by=request.membership.user, now=timezone.now())
    undo = reverse("analytics:view_restore", args=[request.workspace.slug, view.pk])
    return go(request, _shelf(request), toast=Toast(f"“{view.name}” is forgotten.", undo_url=undo))


@permission_required("analytics.view")
@require_POST
def restore(request: WorkspaceRequest, figure_view_id: int) -> HttpResponse:
    view = _mine(request, figure_view_id)
    views.restore(view=view, by=request.membership.user)
    return go(request, _shelf(request), toast=Toast(f"“{view.name}” is back."))


def address_of(request: WorkspaceRequest, view: FigureView) -> str:
    """The page the view keeps, asking what it asks."""
    slug, query = request.workspace.slug, mailed_views.address(view)
    names = {"overview": "kpis", "comparison": "comparison"}
    if view.page in names:
        return f"{reverse(f'analytics:{names[view.page]}', args=[slug])}?{query}"
    return f"{reverse('analytics:dashboard', args=[slug, view.page])}?{query}"


def _shown(text: str) -> dict[str, Any]:
    """What a page's query string shows: filters and days."""
    query = QueryDict(text)
    days = "" if query.get("from") else query.get("days", "")
    is_length = days.isdecimal() and len(days) < 6 and 1 <= int(days) <= LONGEST_DAYS
    return {"query": dict(query.lists()), "days": int(days) if is_length else None}


def _view(request: WorkspaceRequest, pk: int) -> FigureView:
    return get_object_or_404(views_for(request.membership.user_id), pk=pk)


def _mine(request: WorkspaceRequest, pk: int) -> FigureView:
    return get_object_or_404(FigureView.objects.filter(owner_id=request.membership.user_id), pk=pk)


def _shelf(request: WorkspaceRequest) -> str:
    return reverse("analytics:views", args=[request.workspace.slug])
