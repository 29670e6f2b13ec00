"""Views of the candidate list: save, rename, share, open by default, delete."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions import saved_views
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import SavedView
from crm.queries.saved_views import visible_to


@permission_required("candidates.view")
@require_http_methods(["GET", "POST"])
def index(request: WorkspaceRequest) -> HttpResponse:
    user = request.membership.user
    if request.method == "POST":
        query, is_shared = request.POST.get("query", ""), "is_shared" in request.POST
        try:
            view = saved_views.save(
                name=request.POST.get("name", ""), query=query, by=user, is_shared=is_shared
            )
        except DomainError as refusal:
            return refuse(request, refusal)
        return go(request, f"{_list(request)}?view={view.pk}", toast=Toast(f"“{view}” is saved."))
    context = {"views": visible_to(user.pk), "user_id": user.pk, "is_admin": _is_admin(request)}
    return render(request, "crm/saved_view/list.html", context)


@permission_required("candidates.view")
@require_POST
def change(request: WorkspaceRequest, saved_view_id: int) -> HttpResponse:
    view = _view(request, saved_view_id)
    try:
        saved_views.change(
            view=view, by=request.membership.user, name=request.POST.get("name", view.name),
            is_shared="is_shared" in request.POST if "name" in request.POST else view.is_shared,
            query=request.POST.get("query"), as_admin=_is_admin(request),
        )  # fmt: skip
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, f"{_list(request)}?view={view.pk}", toast=Toast(f"“{view}” is saved."))


@permission_required("candidates.view")
@require_POST
def delete(request: WorkspaceRequest, saved_view_id: int) -> HttpResponse:
    view = _view(request, saved_view_id)
    try:
        saved_views.delete(view=view, by=request.membership.user, as_admin=_is_admin(request))
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("crm:saved_views", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"“{view}” is deleted."))


@permission_required("candidates.view")
@require_POST
def default(request: WorkspaceRequest, saved_view_id: int) -> HttpResponse:
    view, by = _view(request, saved_view_id), request.membership.user
    if request.POST.get("default") == "0":
        saved_views.open_with(view=None, by=by)
        return go(request, f"{_list(request)}?view=all", toast=Toast("The list opens with everybody again."))
    saved_views.open_with(view=view, by=by)
    return go(request, _list(request), toast=Toast(f"The list opens with “{view}” from now on."))


def _view(request: WorkspaceRequest, saved_view_id: int) -> SavedView:
    return get_object_or_404(visible_to(request.membership.user_id), pk=saved_view_id)


def _is_admin(request: WorkspaceRequest) -> bool:
    return "workspace.manage" in request.permissions


def _list(request: WorkspaceRequest) -> str:
    return reverse("crm:candidates", args=[request.workspace.slug])
