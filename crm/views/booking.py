"""Pages on which people book a call: no account, no cookie, no JavaScript, times on their own clock."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions import meeting_mails, meetings
from crm.forms.bookings import BookingForm
from crm.forms.meetings import zone_choices
from crm.kernel.errors import DomainError
from crm.models import Candidate, Meeting, MeetingHours
from crm.policies import meeting_invitations, meeting_slots
from crm.policies.languages import told
from crm.policies.tokens import Purpose
from crm.queries import meetings as found
from crm.views.public_pages import Visit, coded_view, nobody, public_view

_of_person = coded_view(Purpose.BOOK, partial(found.locale_of_guest, is_meeting=False))
_of_meeting = coded_view(Purpose.MEETING, partial(found.locale_of_guest, is_meeting=True))


@require_http_methods(["GET", "HEAD", "POST"])
@_of_person
def personal(visit: Visit, candidate_id: int, hours_id: int) -> HttpResponse:
    person = Candidate.objects.select_related("merged_into").filter(pk=candidate_id).first()
    person = person.merged_into or person if person else None
    hours = MeetingHours.objects.select_related("host").filter(pk=hours_id).first()
    if person is None or hours is None or person.anonymized_at:
        return nobody()
    page = _Choosing(visit, hours, person)
    form = page.form()
    if visit.request.method != "POST" or not form.is_valid():
        return page.show(form)
    given = form.cleaned_data
    try:
        meeting = meetings.book(
            hours=hours,
            candidate=person,
            starts_at=given["at"],
            time_zone=given["zone"],
            words=given["words"],
        )
    except DomainError as refusal:
        return page.refused(form, refusal)
    return HttpResponseRedirect(f"{found.meeting_url(meeting)}?done=booked")


@require_http_methods(["GET", "HEAD", "POST"])
@_of_meeting
def booked(visit: Visit, meeting_id: int, _zero: int) -> HttpResponse:
    meeting = Meeting.objects.select_related("hours", "host", "candidate").filter(pk=meeting_id).first()
    if meeting is None:
        return nobody()
    page = _Choosing(visit, meeting.hours, meeting.candidate, meeting)
    if visit.request.method == "POST" and "cancel" in visit.request.POST:
        return _canceled(page, meeting)
    form = page.form()
    if visit.request.method != "POST" or not form.is_valid():
        return page.show(form)
    try:
        meetings.move(meeting=meeting, starts_at=form.cleaned_data["at"], time_zone=form.cleaned_data["zone"])
    except DomainError as refusal:
        return page.refused(form, refusal)
    return HttpResponseRedirect(f"{found.meeting_url(meeting)}?done=moved")


@require_safe
@_of_meeting
def calendar(visit: Visit, meeting_id: int, _zero: int) -> HttpResponse:
    meeting = Meeting.objects.select_related("host", "candidate").filter(pk=meeting_id).first()
    if meeting is None:
        return nobody()
    text = meeting_mails.calendar(meeting, visit.workspace)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="call.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def open_page(visit: Visit, slug: str) -> HttpResponse:
    hours = MeetingHours.objects.select_related("host").filter(slug=slug).first()
    if hours is None:
        raise Http404
    page = _Choosing(visit, hours, None)
    form = page.form()
    if visit.request.method != "POST" or not form.is_valid():
        return page.show(form)
    given = form.cleaned_data
    wish = {
        **{name: str(given[name]) for name in ("zone", "words", "name", "email")},
        "at": given["at"].isoformat(),
    }
    try:
        meetings.ask_to_confirm(hours=hours, wish=wish)
    except DomainError as refusal:
        return page.refused(form, refusal)
    return visit.page("crm/public/booking_asked.html", {"hours": hours, "email": given["email"]})


@require_http_methods(["GET", "HEAD", "POST"])
@public_view
def confirm(visit: Visit, token: str) -> HttpResponse:
    try:
        wish = meetings.wish_of(token)
        if wish.get("w") != visit.workspace.pk:
            raise meetings.LinkNotValid
        if visit.request.method != "POST":  # programs that look at links must not book calls
            starts_at = datetime.fromisoformat(wish["at"])
            context = {"wish": wish, "when": meeting_invitations.moment(starts_at, wish["zone"])}
            return visit.page("crm/public/booking_confirm.html", context)
        meeting = meetings.confirm(wish=wish)
    except meetings.SlotTaken as refusal:
        context = {"sentence": told(refusal.sentence), "slug": _slug(wish)}
        return visit.page("crm/public/booking_gone.html", context, status=409)
    except DomainError:
        return nobody()
    return HttpResponseRedirect(f"{found.meeting_url(meeting)}?done=booked")


class _Choosing:
    """A page on which a time is chosen: on the clock of the person, one form, two steps, no script."""

    def __init__(
        self, visit: Visit, hours: MeetingHours, person: Candidate | None, meeting: Meeting | None = None
    ) -> None:
        self.visit, self.hours, self.person, self.meeting = visit, hours, person, meeting
        self.slots = found.free_slots(hours, now=timezone.now(), but=meeting)
        wanted = visit.request.POST.get("zone") or visit.request.GET.get("zone", "")
        if not wanted and meeting is not None:
            wanted = meeting.time_zone
        self.zone = found.zone_for(person, visit.workspace, wanted)

    def form(self) -> BookingForm:
        posted = self.visit.request.POST if self.visit.request.method == "POST" else None
        return BookingForm(
            posted, slots=self.slots, is_known=self.person is not None, is_move=self.meeting is not None
        )

    def show(self, form: BookingForm, *, status: int = 200) -> HttpResponse:
        chosen = self._chosen(form)
        days = [
            (day, [(slot.isoformat(), f"{slot:%H:%M}") for slot in slots])
            for day, slots in meeting_slots.by_day(self.slots, self.zone)
        ]
        context: dict[str, Any] = {
            "hours": self.hours,
            "person": self.person,
            "meeting": self.meeting,
            "form": form,
            "chosen": chosen.isoformat() if chosen else "",
            # Without a zone, so that the template leaves the person's clock as it is.
            "chosen_wall": chosen.replace(tzinfo=None) if chosen else None,
            "days": days,
            "zone": self.zone.key,
            "zones": zone_choices(),
            "done": self.visit.request.GET.get("done", ""),
        }
        if self.meeting is not None:
            context |= _standing_of(self.meeting, self.zone.key)
        template = "crm/public/booked.html" if self.meeting else "crm/public/booking.html"
        return self.visit.page(template, context, status=422 if form.errors else status)

    def refused(self, form: BookingForm, refusal: DomainError) -> HttpResponse:
        form.add_error("at", told(refusal.sentence))
        return self.show(form)

    def _chosen(self, form: BookingForm) -> datetime | None:
        """The time on its way to being confirmed, on the person's clock."""
        text = form.data.get("at", "") if form.is_bound else self.visit.request.GET.get("at", "")
        try:
            at = datetime.fromisoformat(text.replace(" ", "+"))
        except ValueError:
            return None
        return at.astimezone(self.zone) if at.tzinfo and at in self.slots else None


def _standing_of(meeting: Meeting, zone: str) -> dict[str, Any]:
    return {
        "when": meeting_invitations.when(meeting.starts_at, meeting.ends_at, zone),
        "is_canceled": meeting.state == Meeting.State.CANCELED,
        "is_over": meeting.ends_at < timezone.now(),
        "manage_url": found.meeting_url(meeting),
    }


def _canceled(page: _Choosing, meeting: Meeting) -> HttpResponse:
    try:
        meetings.cancel(meeting=meeting, by="person")
    except DomainError as refusal:
        return page.refused(page.form(), refusal)
    return HttpResponseRedirect(f"{found.meeting_url(meeting)}?done=canceled")


def _slug(wish: dict[str, Any]) -> str:
    return MeetingHours.objects.filter(pk=wish["h"]).values_list("slug", flat=True).first() or ""
