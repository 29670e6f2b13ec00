"""Who takes calls, when they are free, and what is booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from crm.kernel.tenancy import current_workspace_id
from crm.models import BusyCalendar, Candidate, Meeting, MeetingHours, Workspace
from crm.policies import meeting_invitations, meeting_slots
from crm.policies.meeting_slots import Span, Terms
from crm.policies.tokens import Purpose, seal

_SHOWN = 12


def terms_of(hours: MeetingHours) -> Terms:
    """Stored hours as the policy asks for them."""
    return Terms(
        zone=ZoneInfo(hours.time_zone),
        weekly=meeting_slots.read_weekly(hours.weekly),
        length=timedelta(minutes=hours.minutes),
        pause=timedelta(minutes=hours.buffer_minutes),
        notice=timedelta(hours=hours.notice_hours),
        horizon=timedelta(days=hours.horizon_days),
    )


def free_slots(hours: MeetingHours, *, now: datetime, but: Meeting | None = None) -> list[datetime]:
    """The starts that can be booked now; `but` is a meeting that would give its own time up."""
    if hours.closed_at:
        return []
    booked = Meeting.objects.filter(host=hours.host_id, state=Meeting.State.BOOKED, ends_at__gte=now)
    if but is not None:
        booked = booked.exclude(pk=but.pk)
    taken = [(meeting.busy.lower, meeting.busy.upper) for meeting in booked.only("busy")]
    return meeting_slots.free_slots(terms_of(hours), taken + _busy_elsewhere(hours.host_id), now=now)


def calendars(host_id: int) -> QuerySet[BusyCalendar]:
    """The calendars a recruiter keeps elsewhere, by name."""
    return BusyCalendar.objects.filter(host=host_id).defer("busy").order_by("name", "pk")


def _busy_elsewhere(host_id: int) -> list[Span]:
    kept = BusyCalendar.objects.filter(host=host_id).values_list("busy", flat=True)
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end)) for busy in kept for start, end in busy
    ]


@dataclass(frozen=True, slots=True)
class Coming:
    """A call to come, with its time on the host's own clock."""

    meeting: Meeting
    when: str


def coming(*, host_id: int, now: datetime) -> list[Coming]:
    """The calls of a recruiter that are not over, the next first."""
    rows = Meeting.objects.filter(host=host_id, state=Meeting.State.BOOKED, ends_at__gte=now)
    return _told(rows.order_by("starts_at"))


def coming_with(candidate: Candidate, *, now: datetime) -> list[Coming]:
    """The calls somebody booked that are not over, the next first."""
    rows = Meeting.objects.filter(candidate=candidate, state=Meeting.State.BOOKED, ends_at__gte=now)
    return _told(rows.order_by("starts_at"))


def _told(rows: QuerySet[Meeting]) -> list[Coming]:
    return [
        Coming(meeting, meeting_invitations.moment(meeting.starts_at, meeting.hours.time_zone))
        for meeting in rows.select_related("candidate", "host", "hours")[:_SHOWN]
    ]


def booking_urls(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """(candidate, host) → the page where that person books a call with that recruiter, where there is one."""
    hosts = {host for _person, host in pairs}
    open_ = MeetingHours.objects.filter(host__in=hosts, closed_at=None).values_list("host_id", "pk")
    hours = dict(open_)
    return {(person, host): personal_url(person, hours[host]) for person, host in pairs if host in hours}


def personal_url(candidate_id: int, hours_id: int) -> str:
    """The link of one person to the calls of one recruiter."""
    token = seal(Purpose.BOOK, current_workspace_id(), candidate_id, hours_id)
    return f"{settings.BASE_URL}{reverse('book', args=[token])}"


def meeting_url(meeting: Meeting) -> str:
    """Where the person moves or cancels their call."""
    token = seal(Purpose.MEETING, current_workspace_id(), meeting.pk, 0)
    return f"{settings.BASE_URL}{reverse('booked', args=[token])}"


def open_url(hours: MeetingHours, workspace: Workspace) -> str:
    """The page anybody may book on."""
    return f"{settings.BASE_URL}{reverse('booking_page', args=[workspace.slug, hours.slug])}"


def locale_of_guest(pk: int, *, is_meeting: bool) -> str:
    """The locale of a person, or of whoever booked a meeting; blank for nobody."""
    people = Candidate.objects.filter(meetings=pk) if is_meeting else Candidate.objects.filter(pk=pk)
    return people.values_list("locale", flat=True).first() or ""


def zone_for(candidate: Candidate | None, workspace: Workspace, wanted: str = "") -> ZoneInfo:
    """The zone to show times in: the one asked for, the person's own, the workspace's."""
    names = (wanted, candidate.time_zone if candidate else "", workspace.time_zone)
    return ZoneInfo(next((name for name in names if name and name in available_timezones()), "UTC"))
