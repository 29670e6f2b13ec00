"""Saying no before a journey writes to somebody who was just rejected."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.forms.ticked import ticked
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.views.paging import page_of
from journeys.actions import enrollments
from journeys.queries import vetoes

PANEL = 5
# Their ids stand in the address that takes it back.
MOST_UNDONE = 200


@permission_required("journeys.view")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    page = page_of(request, vetoes.open_to_veto())
    context = {"rows": vetoes.with_rejections(page.rows), "page": page, "total": page.total}
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


@permission_required("enrollments.edit")
@require_POST
def veto_many(request: WorkspaceRequest) -> HttpResponse:
    open_ = vetoes.open_to_veto()
    chosen = open_ if request.POST.get("all") == "1" else open_.filter(pk__in=ticked(request.POST))
    ids = list(chosen.values_list("pk", flat=True))
    count = enrollments.exit_people(
        enrollment_ids=ids, reason="manual", now=timezone.now(), by=request.membership.user
    )
    slug = request.workspace.slug
    undo = f"{reverse('journeys:vetoes_undo', args=[slug])}?{urlencode({'ids': ids}, doseq=True)}"
    sentence = "1 person will not hear from us." if count == 1 else f"{count} people will not hear from us."
    toast = Toast(sentence, undo_url=undo if 0 < len(ids) <= MOST_UNDONE else "")
    return go(request, reverse("journeys:vetoes", args=[slug]), toast=toast)


@permission_required("enrollments.edit")
@require_POST
def undo(request: WorkspaceRequest) -> HttpResponse:
    count = enrollments.return_people(enrollment_ids=ticked(request.GET), by=request.membership.user)
    sentence = "1 person waits again." if count == 1 else f"{count} people wait again."
    return go(request, reverse("journeys:vetoes", args=[request.workspace.slug]), toast=Toast(sentence))


def _rights(request: WorkspaceRequest) -> dict[str, bool]:
    return {"may_veto": "enrollments.edit" in request.permissions}
