"""Calendars recruiters keep elsewhere: added, read every few minutes, forgotten."""

from datetime import timedelta
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel import outbound
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import BusyCalendar, MeetingHours, User, Workspace
from crm.policies import busy_times
from crm.policies.busy_times import Found, NotACalendar, Owner

MOST = 5
EVERY = timedelta(minutes=5)
AHEAD = timedelta(days=92)  # a day or two more than anybody can book
LARGEST = 8_000_000
_SLOWER = (5, 10, 30, 60)  # minutes before a calendar that fails is tried again
_LEASE = timedelta(minutes=5)
_HOPS = 3
_GONE = (401, 403, 404, 410)


class UnusableCalendar(DomainError):
    """This address cannot be read as a calendar."""

    code = "invalid"
    status = 400


class CalendarFault(Exception):
    """Why a calendar could not be read, in words for the person it belongs to."""


@transaction.atomic
def add(*, host: User, address: str) -> BusyCalendar:
    """Read this calendar from now on. The same address twice is one calendar."""
    url = _address(address)
    known = list(BusyCalendar.objects.select_for_update().filter(host=host))
    if same := next((one for one in known if one.address == url), None):
        return same
    if len(known) >= MOST:
        raise UnusableCalendar(fields={"address": f"At most {MOST} calendars; forget one first."})
    name, now = urlsplit(url).hostname or "", timezone.now()
    added = BusyCalendar.objects.create(host=host, address=url, name=name[:120], due_at=now)
    events.record("busy_calendar.added", by=host, data={"calendar": added.pk})
    enqueue("crm.read_calendars")
    return added


@transaction.atomic
def remove(*, calendar: BusyCalendar, by: User) -> None:
    """Forget the calendar, its address and its hours: those hours can be booked again."""
    events.record("busy_calendar.removed", by=by, data={"calendar": calendar.pk})
    BusyCalendar.objects.filter(pk=calendar.pk).delete()


@transaction.atomic
def read_again(*, calendar: BusyCalendar) -> None:
    """Read it now and not at its next time."""
    BusyCalendar.objects.filter(pk=calendar.pk).update(due_at=timezone.now())
    enqueue("crm.read_calendars")


def read_due(*, workspace_id: int) -> int:
    """Read every calendar that is due; returns how many could be read. Call it outside any scope."""
    count = 0
    while calendar := _next(workspace_id):
        count += _read(workspace_id, calendar)
    return count


def _next(workspace_id: int) -> BusyCalendar | None:
    """The longest waiting calendar, put off so that nobody else reads it at the same time."""
    with workspace_scope(workspace_id):
        now = timezone.now()
        due = BusyCalendar.objects.filter(due_at__lte=now).select_related("host")
        calendar = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at").first()
        if calendar is not None:
            BusyCalendar.objects.filter(pk=calendar.pk).update(due_at=now + _LEASE)
        return calendar


def _read(workspace_id: int, calendar: BusyCalendar) -> bool:
    """What was known stays known while a calendar cannot be read: better a time too few than one too many."""
    now = timezone.now()
    with workspace_scope(workspace_id):
        owner = _owner(workspace_id, calendar.host)
    try:
        found = _found(str(calendar.address), owner)
    except CalendarFault as fault:
        pause = timedelta(minutes=_SLOWER[min(calendar.failures, len(_SLOWER) - 1)])
        changes = {"failure": str(fault)[:300], "failures": min(calendar.failures + 1, 1_000)}
        _note(workspace_id, calendar, now + pause, changes)
        return False
    busy = [[start.isoformat(), end.isoformat()] for start, end in found.spans]
    name = found.name or calendar.name
    changes = {"busy": busy, "name": name, "read_at": now, "failure": "", "failures": 0}
    _note(workspace_id, calendar, now + EVERY, changes)
    return True


def _found(url: str, owner: Owner) -> Found:
    now = timezone.now()
    try:
        return busy_times.read(_fetched(url), owner, since=now - timedelta(days=1), until=now + AHEAD)
    except NotACalendar as broken:
        raise CalendarFault(
            "What is there is not a calendar. Copy the address that ends in .ics."
        ) from broken


def _fetched(url: str) -> bytes:
    host = urlsplit(url).hostname
    try:
        with outbound.client() as client:
            for _ in range(_HOPS):
                with client.stream("GET", url, headers={"Accept": "text/calendar"}) as answer:
                    if answer.has_redirect_location:
                        url = _address(urljoin(url, answer.headers["Location"]))
                        continue
                    return _body(answer)
    except (UnusableCalendar, httpx.InvalidURL) as wrong:
        raise CalendarFault("It leads to an address that is none.") from wrong
    except outbound.ForbiddenAddress as refused:
        raise CalendarFault(f"{host} is not on the public internet.") from refused
    except httpx.TimeoutException as slow:
        raise CalendarFault(f"{host} did not answer in time. We try again.") from slow
    except httpx.HTTPError as broken:
        raise CalendarFault(f"{host} could not be reached. We try again.") from broken
    raise CalendarFault("It leads from one address to the next without end.")


def _body(answer: httpx.Response) -> bytes:
    if answer.status_code in _GONE:
        raise CalendarFault(
            "This address does not work any more. Copy it anew from your calendar’s settings."
        )
    if answer.status_code != httpx.codes.OK:
        raise CalendarFault(f"Its server answered {answer.status_code}. We try again.")
    raw = bytearray()
    for part in answer.iter_bytes():
        raw += part
        if len(raw) > LARGEST:
            raise CalendarFault(f"It is larger than {LARGEST // 1_000_000} MB.")
    return bytes(raw)


def _owner(workspace_id: int, host: User) -> Owner:
    zone = MeetingHours.objects.filter(host=host).values_list("time_zone", flat=True).first()
    zone = zone or Workspace.objects.get(pk=workspace_id).time_zone
    return Owner(ZoneInfo(zone), host.email, settings.MAIL_DOMAIN)


def _note(workspace_id: int, calendar: BusyCalendar, due_at: object, changes: dict[str, object]) -> None:
    with workspace_scope(workspace_id):
        BusyCalendar.objects.filter(pk=calendar.pk).update(due_at=due_at, **changes)


def _address(text: str) -> str:
    """As calendars show it: webcal:// is https://. Raises UnusableCalendar."""
    url = text.strip()
    if url.lower().startswith("webcal://"):
        url = f"https://{url[9:]}"
    parts = urlsplit(url)
    allowed = ("https", "http") if settings.ALLOW_PRIVATE_HOSTS else ("https",)
    if parts.scheme not in allowed or not parts.hostname or len(url) > 2_000 or " " in url:
        raise UnusableCalendar(fields={"address": "An address starts with https:// or webcal://."})
    return url
