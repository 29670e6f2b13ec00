from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import talent_events
from crm.forms.talent_events import AttendanceForm, TalentEventForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Registration, TalentEvent
from crm.policies import invitations
from crm.queries import talent_events as found
from crm.queries.talent_events import EventRow
from crm.views.capture_forms import qr_picture


@permission_required("capture.edit")
@require_safe
def index(request: WorkspaceRequest) -> HttpResponse:
    coming, past = found.events_with_counts(now=timezone.now())
    return render(request, "crm/talent_event/list.html", {"coming": coming, "past": past})


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    form = TalentEventForm(request.POST or None, zone=request.workspace.time_zone)
    if request.method == "POST" and form.is_valid():
        company = request.workspace.legal_name or request.workspace.name
        by = request.membership.user
        event = talent_events.create(given=form.cleaned_data, company=company, by=by)
        return go(request, url(request, "event", event.pk))
    context = {"form": form, "title": "New event"}
    return render(request, "crm/talent_event/form.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_safe
def show(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    row = the_row(talent_event_id)
    context = page_context(request, row) | {"attendance": AttendanceForm()}
    return render(request, "crm/talent_event/detail.html", context)


@permission_required("capture.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    event = the_row(talent_event_id).event
    form = TalentEventForm(request.POST or None, zone=event.time_zone, event=event)
    if request.method == "POST" and form.is_valid():
        talent_events.change(event=event, given=form.cleaned_data, by=request.membership.user)
        return go(request, url(request, "event", event.pk), toast=Toast("Saved."))
    context = {"form": form, "title": event.name}
    return render(request, "crm/talent_event/form.html", context, status=422 if form.errors else 200)


@permission_required("capture.edit")
@require_POST
def publication(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    """Open registration, or with `cancel` call the event off."""
    event, by = the_row(talent_event_id).event, request.membership.user
    if "cancel" in request.POST:
        talent_events.cancel(event=event, by=by)
        toast = Toast("Called off. Everybody with a place is told.")
    else:
        talent_events.publish(event=event, by=by)
        toast = Toast("Open for registration.")
    return go(request, url(request, "event", event.pk), toast=toast)


@permission_required("capture.edit")
@require_POST
def closing(request: WorkspaceRequest, talent_event_id: int) -> HttpResponse:
    event = the_row(talent_event_id).event
    try:
        came, missed = talent_events.close_attendance(event=event, by=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    toast = Toast(f"{came} came, {missed} did not. Segments, engagement and journeys know it now.")
    return go(request, url(request, "event", event.pk), toast=toast)


@permission_required("capture.edit")
@require_safe
def qr(request: WorkspaceRequest, talent_event_id: int, kind: str) -> HttpResponse:
    event = the_row(talent_event_id).event
    return qr_picture(f"{public_url(request, event)}?utm_medium=qr", event.slug, kind)


def the_row(talent_event_id: int) -> EventRow:
    row = found.row_of(talent_event_id)
    if row is None:
        raise Http404
    return row


def the_registration(registration_id: int) -> Registration:
    rows = Registration.objects.select_related("talent_event", "candidate")
    return get_object_or_404(rows, pk=registration_id)


def page_context(request: WorkspaceRequest, row: EventRow) -> dict[str, Any]:
    event = row.event
    return {
        "row": row,
        "event": event,
        "when": invitations.when(event),
        "has_begun": event.starts_at <= timezone.now(),
        "registrations": found.registrations(event)[:500],
        "public_url": public_url(request, event),
    }


def url(request: WorkspaceRequest, name: str, pk: int) -> str:
    return reverse(f"crm:{name}", args=[request.workspace.slug, pk])


def public_url(request: WorkspaceRequest, event: TalentEvent) -> str:
    return str(settings.BASE_URL) + reverse("public_event", args=[request.workspace.slug, event.slug])
