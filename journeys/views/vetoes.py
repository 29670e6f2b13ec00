"""Saying no before a journey writes to somebody who was just rejected."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from journeys.actions import enrollments
from journeys.queries import vetoes

PAGE, PANEL = 50, 5


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    page = Paginator(vetoes.open_to_veto(), PAGE).get_page(request.GET.get("page"))
    context = {"rows": vetoes.with_rejections(list(page)), "page": page, "total": page.paginator.count}
    return render_page(request, "journeys/veto/list.html", context | _rights(request))


@permission_required("journeys.view")
@require_safe
def today(request: WorkspaceRequest) -> HttpResponse:
    """A fragment of Today: who is about to hear from us after a rejection."""
    waiting = vetoes.open_to_veto()
    context = {"rows": vetoes.with_rejections(list(waiting[:PANEL])), "total": waiting.count()}
    return render(request, "journeys/veto/today.html", context | _rights(request))


@permission_required("enrollments.edit")
@require_POST
def veto(request: WorkspaceRequest, enrollment_id: int) -> HttpResponse:
    enrollment = get_object_or_404(vetoes.open_to_veto(), pk=enrollment_id)
    try:
        enrollments.exit(enrollment=enrollment, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    slug = request.workspace.slug
    undo = reverse("journeys:return", args=[slug, enrollment.pk])
    toast = Toast(f"{enrollment.candidate} will not hear from “{enrollment.journey.name}”.", undo_url=undo)
    return go(request, reverse("journeys:vetoes", args=[slug]), toast=toast)


def _rights(request: WorkspaceRequest) -> dict[str, bool]:
    return {"may_veto": "enrollments.edit" in request.permissions}
