from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.queries import mail_standing
from journeys.actions import journeys
from journeys.forms.journeys import PublishForm
from journeys.models import Journey
from journeys.queries import journeys as found


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    form = PublishForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, journey, form)
    try:
        published = journeys.publish(journey=journey, by=request.membership.user, **form.cleaned_data)
    except DomainError as refusal:
        return refuse(request, refusal)
    entered = f" {published.entered} people entered." if published.entered else ""
    toast = Toast(f"Version {published.version.number} is live.{entered}")
    return go(request, _page(request, journey), toast=toast)


@permission_required("journeys.manage")
@require_POST
def pause(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    return _change(request, journey_id, journeys.pause, "Paused. Every clock inside stands still.")


@permission_required("journeys.manage")
@require_POST
def resume(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    return _change(request, journey_id, journeys.resume, "Running again. All due times were moved on.")


@permission_required("journeys.manage")
@require_POST
def drain(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    return _change(request, journey_id, journeys.drain, "Nobody enters any more; people inside finish.")


def _change(
    request: WorkspaceRequest, journey_id: int, verb: Callable[..., Any], sentence: str
) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    try:
        verb(journey=journey, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _page(request, journey), toast=Toast(sentence))


def _ask(request: WorkspaceRequest, journey: Journey, form: PublishForm) -> HttpResponse:
    context = {
        "journey": journey,
        "form": form,
        "row": found.with_figures([journey])[0],
        "sending": mail_standing.standing(request.workspace),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "journeys/journey/publish.html", context, partial="panel", status=status)


def _page(request: WorkspaceRequest, journey: Journey) -> str:
    return reverse("journeys:journey", args=[request.workspace.slug, journey.pk])
