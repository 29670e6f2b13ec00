from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import busy_calendars, meetings
from crm.forms.meetings import BusyCalendarForm, MeetingHoursForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import BusyCalendar, Candidate, Meeting, MeetingHours
from crm.queries import job_preferences
from crm.queries import meetings as found


@permission_required("messages.send")
@require_http_methods(["GET", "POST"])
def hours(request: WorkspaceRequest) -> HttpResponse:
    host = request.membership.user
    mine = MeetingHours.objects.filter(host=host).first()
    form = MeetingHoursForm(request.POST or None, hours=mine, zone=request.workspace.time_zone)
    if request.method == "POST" and form.is_valid():
        meetings.open_hours(host=host, given=form.cleaned_data)
        return go(request, request.path, toast=Toast("Saved. People can book a call with you."))
    return _hours_page(request, form=form)


@permission_required("messages.send")
@require_POST
def switch_page(request: WorkspaceRequest) -> HttpResponse:
    mine = get_object_or_404(MeetingHours.objects, host=request.membership.user)
    is_open = meetings.switch_page(hours=mine, by=request.membership.user)
    sentence = "Your page is open again." if is_open else "Your page is closed; booked calls stay."
    undo = reverse("crm:meeting_page_switch", args=[request.workspace.slug])
    return go(request, _hours_url(request), toast=Toast(sentence, undo_url=undo))


@permission_required("messages.send")
@require_POST
def add_calendar(request: WorkspaceRequest) -> HttpResponse:
    form = BusyCalendarForm(request.POST)
    if not form.is_valid():
        return _hours_page(request, calendar_form=form)
    try:
        added = busy_calendars.add(host=request.membership.user, address=form.cleaned_data["address"])
    except DomainError as refusal:
        form.add_error("address", refusal.fields.get("address", refusal.sentence))
        return _hours_page(request, calendar_form=form)
    undo = reverse("crm:busy_calendar_remove", args=[request.workspace.slug, added.pk])
    return go(
        request, _hours_url(request), toast=Toast("It is being read; this page says how it went.", undo)
    )


@permission_required("messages.send")
@require_POST
def read_calendar(request: WorkspaceRequest, busy_calendar_id: int) -> HttpResponse:
    busy_calendars.read_again(calendar=_mine(request, busy_calendar_id))
    return go(request, _hours_url(request), toast=Toast("It is read now; look again in a few seconds."))


@permission_required("messages.send")
@require_POST
def remove_calendar(request: WorkspaceRequest, busy_calendar_id: int) -> HttpResponse:
    calendar = _mine(request, busy_calendar_id)
    busy_calendars.remove(calendar=calendar, by=request.membership.user)
    toast = Toast(f"“{calendar}” is forgotten. Its hours can be booked again.")
    return go(request, _hours_url(request), toast=toast)


@permission_required("messages.send")
@require_POST
def cancel(request: WorkspaceRequest, meeting_id: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects, pk=meeting_id, host=request.membership.user)
    try:
        meetings.cancel(meeting=meeting, by="host", user=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    return go(request, _hours_url(request), toast=Toast(f"{meeting.candidate} hears that the call is off."))


@permission_required("candidates.view")
@require_safe
def today(request: WorkspaceRequest) -> HttpResponse:
    mine = request.membership.user_id
    context = {
        "coming": found.coming(host_id=mine, now=timezone.now()),
        "unread": found.calendars(mine).exclude(failure=""),
    }
    return render(request, "crm/meeting/today.html", context)


@permission_required("candidates.view")
@require_safe
def of_candidate(request: WorkspaceRequest, candidate_id: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.defer("search_text"), pk=candidate_id)
    host, now = request.membership.user_id, timezone.now()
    context = {
        "coming": found.coming_with(candidate, now=now),
        "wish": job_preferences.of(candidate),
        "booking_url": found.booking_urls([(candidate.pk, host)]).get((candidate.pk, host), ""),
    }
    return render(request, "crm/meeting/candidate.html", context)


def _hours_page(
    request: WorkspaceRequest,
    *,
    form: MeetingHoursForm | None = None,
    calendar_form: BusyCalendarForm | None = None,
) -> HttpResponse:
    host, now = request.membership.user, timezone.now()
    mine = MeetingHours.objects.filter(host=host).first()
    form = form or MeetingHoursForm(None, hours=mine, zone=request.workspace.time_zone)
    context = {
        "form": form,
        "hours": mine,
        "open_url": found.open_url(mine, request.workspace) if mine else "",
        "free": len(found.free_slots(mine, now=now)) if mine else 0,
        "coming": found.coming(host_id=host.pk, now=now),
        "calendars": found.calendars(host.pk),
        "calendar_form": calendar_form or BusyCalendarForm(),
    }
    is_wrong = form.errors or (calendar_form and calendar_form.errors)
    return render(request, "crm/meeting/hours.html", context, status=422 if is_wrong else 200)


def _hours_url(request: WorkspaceRequest) -> str:
    return reverse("crm:meeting_hours", args=[request.workspace.slug])


def _mine(request: WorkspaceRequest, pk: int) -> BusyCalendar:
    return get_object_or_404(BusyCalendar.objects, pk=pk, host=request.membership.user)
