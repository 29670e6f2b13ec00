from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse, render_page
from crm.queries import mail_standing
from journeys.actions import journeys
from journeys.forms.journeys import PublishForm
from journeys.models import Journey
from journeys.policies.refusals import told
from journeys.queries import choices, entry, rehearsal_copy, versions
from journeys.queries import journeys as found
from talentpools.models import Segment


@permission_required("journeys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: WorkspaceRequest, journey_id: int) -> HttpResponse:
    journey = get_object_or_404(found.journeys(), pk=journey_id)
    has_people = found.with_figures([journey])[0].inside > 0
    segment = choices.segment_of(journey.draft)
    if segment and "members" in request.GET:
        return _members(request, journey, segment)
    # Without a question there is nothing in the form but the token.
    data = request.POST if request.method == "POST" else None
    form = PublishForm(data, has_people=has_people, has_segment=segment is not None)
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
    context: dict[str, Any] = {
        "journey": journey,
        "form": form,
        "row": found.with_figures([journey])[0],
        "unpublished": versions.unpublished(journey),
        "sending": mail_standing.standing(request.workspace),
        "has_members": "enroll_members" in form.fields,
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "journeys/journey/publish.html", context, partial="panel", status=status)


def _members(request: WorkspaceRequest, journey: Journey, segment: Segment) -> HttpResponse:
    """Who would enter at once, and who would not."""
    try:
        rehearsal_copy.readable_plan(journey)
    except DomainError as refusal:
        return refuse(request, refusal)
    judged = entry.members(journey, segment, now=timezone.now(), asked_by=request.membership.user_id)
    context = {"journey": journey, "segment": segment, "judged": judged, "codes": told(judged.codes())}
    return render_page(request, "journeys/journey/members.html", context, partial="members")


def _page(request: WorkspaceRequest, journey: Journey) -> str:
    return reverse("journeys:journey", args=[request.workspace.slug, journey.pk])
