from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions import meetings
from crm.forms.meetings import MeetingHoursForm
from crm.kernel.errors import DomainError
from crm.kernel.requests import WorkspaceRequest, permission_required
from crm.kernel.responses import Toast, go, refuse
from crm.models import Candidate, Meeting, MeetingHours
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
    now = timezone.now()
    context = {
        "form": form,
        "hours": mine,
        "open_url": found.open_url(mine, request.workspace) if mine else "",
        "free": len(found.free_slots(mine, now=now)) if mine else 0,
        "coming": found.coming(host_id=host.pk, now=now),
    }
    return render(request, "crm/meeting/hours.html", context, status=422 if form.errors else 200)


@permission_required("messages.send")
@require_POST
def switch_page(request: WorkspaceRequest) -> HttpResponse:
    mine = get_object_or_404(MeetingHours.objects, host=request.membership.user)
    is_open = meetings.switch_page(hours=mine, by=request.membership.user)
    sentence = "Your page is open again." if is_open else "Your page is closed; booked calls stay."
    undo = reverse("crm:meeting_page_switch", args=[request.workspace.slug])
    url = reverse("crm:meeting_hours", args=[request.workspace.slug])
    return go(request, url, toast=Toast(sentence, undo_url=undo))


@permission_required("messages.send")
@require_POST
def cancel(request: WorkspaceRequest, meeting_id: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects, pk=meeting_id, host=request.membership.user)
    try:
        meetings.cancel(meeting=meeting, by="host", user=request.membership.user)
    except DomainError as refusal:
        return refuse(request, refusal)
    url = reverse("crm:meeting_hours", args=[request.workspace.slug])
    return go(request, url, toast=Toast(f"{meeting.candidate} hears that the call is off."))


@permission_required("candidates.view")
@require_safe
def today(request: WorkspaceRequest) -> HttpResponse:
    coming = found.coming(host_id=request.membership.user_id, now=timezone.now())
    return render(request, "crm/meeting/today.html", {"coming": coming})


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
