"""When a calendar file says its owner is busy (RFC 5545): hours and nothing else. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from crm.policies.meeting_slots import Span

# Nobody meets every minute; such a rule would only keep us counting.
_TOO_OFTEN = ("SECONDLY", "MINUTELY")
_FREE_TO_OUTLOOK = ("FREE", "WORKINGELSEWHERE")


class NotACalendar(ValueError):
    """What is there is not a calendar."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is: their zone for entries without one, their address, and the calls kept here."""

    zone: ZoneInfo
    address: str
    own_domain: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the calendar calls itself, and when its owner is busy."""

    name: str
    spans: list[Span]


def read(raw: bytes, owner: Owner, *, since: datetime, until: datetime) -> Found:
    """The busy hours between two instants, with every date of repeating entries. Raises NotACalendar."""
    try:
        calendar: Any = Calendar.from_ical(raw)
        if calendar.name != "VCALENDAR":
            raise NotACalendar
        calendar.subcomponents = [part for part in calendar.subcomponents if not _is_endless(part)]
        wanted = recurring_ical_events.of(calendar, skip_bad_series=True).between(since, until)
        spans = [span for entry in wanted if _keeps_busy(entry, owner) for span in _hours(entry, owner.zone)]
        spans += [span for part in calendar.walk("VFREEBUSY") for span in _told(part)]
    except (ValueError, IndexError, KeyError, OverflowError) as broken:
        raise NotACalendar from broken
    inside = ((max(start, since), min(end, until)) for start, end in spans)
    return Found(str(calendar.get("X-WR-CALNAME", ""))[:120], merged(inside))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same hours in order, what touches or overlaps put together."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _is_endless(part: Any) -> bool:
    rules = part.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    return any(str(word).upper() in _TOO_OFTEN for rule in rules for word in rule.get("FREQ", []))


def _keeps_busy(entry: Any, owner: Owner) -> bool:
    if str(entry.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if str(entry.get("TRANSP", "")).upper() == "TRANSPARENT":
        return False
    if str(entry.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() in _FREE_TO_OUTLOOK:
        return False
    if str(entry.get("UID", "")).endswith(f"@{owner.own_domain}"):
        return False  # a call booked here: we know when it is, and when it is no longer
    return not _said_no(entry, owner.address)


def _said_no(entry: Any, address: str) -> bool:
    asked = entry.get("ATTENDEE", [])
    return any(
        str(one).lower().removeprefix("mailto:") == address.lower()
        and str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
        for one in (asked if isinstance(asked, list) else [asked])
    )


def _hours(entry: Any, zone: ZoneInfo) -> Iterator[Span]:
    start, end = entry.start, entry.end
    if not isinstance(start, datetime):
        end = end if end > start else start + timedelta(days=1)
    yield _instant(start, zone), _instant(end, zone)


def _told(part: Any) -> Iterator[Span]:
    """What a free/busy answer says (RFC 5545, 3.8.2.6): everything but what it calls free."""
    given = part.get("FREEBUSY", [])
    for periods in given if isinstance(given, list) else [given]:
        if str(periods.params.get("FBTYPE", "BUSY")).upper() != "FREE":
            for period in getattr(periods, "dts", [periods]):
                start, end = period.dt if hasattr(period, "dt") else (period.start, period.end)
                end = start + end if isinstance(end, timedelta) else end
                yield _instant(start, ZoneInfo("UTC")), _instant(end, ZoneInfo("UTC"))


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """A day begins at midnight, and a time without a zone is meant, on the owner's own clock."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
