"""When somebody can still be called: weekly hours on the host's clock, less what is taken. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a recruiter takes calls. `weekly`: weekday → [from, to) walls of the clock in `zone`."""

    zone: ZoneInfo
    weekly: Mapping[str, Sequence[tuple[time, time]]]
    length: timedelta
    pause: timedelta
    notice: timedelta
    horizon: timedelta


def free_slots(terms: Terms, taken: Iterable[Span], *, now: datetime) -> list[datetime]:
    """The starts somebody may choose, in order, in UTC. `taken` spans include the pause after each call."""
    busy = sorted(taken)
    earliest, latest = now + terms.notice, now + terms.horizon
    day, last = now.astimezone(terms.zone).date(), latest.astimezone(terms.zone).date()
    found: list[datetime] = []
    while day <= last:
        for start in _starts(terms, day):
            if earliest <= start <= latest and not _is_taken(start, start + terms.length + terms.pause, busy):
                found.append(start)
        day += timedelta(days=1)
    return sorted(set(found))


def span_of(terms: Terms, start: datetime) -> Span:
    """What a call that starts then keeps others away from."""
    return start, start + terms.length + terms.pause


def read_weekly(stored: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[tuple[time, time]]]:
    """Weekly hours as they are stored."""
    return {
        day: [(time.fromisoformat(first), time.fromisoformat(last)) for first, last in stored.get(day, ())]
        for day in WEEKDAYS
    }


def by_day(slots: Iterable[datetime], zone: ZoneInfo) -> list[tuple[date, list[datetime]]]:
    """The slots on the clock of somebody else's zone, under the days they fall on there."""
    days: dict[date, list[datetime]] = {}
    for slot in slots:
        there = slot.astimezone(zone)
        days.setdefault(there.date(), []).append(there)
    return sorted(days.items())


def _starts(terms: Terms, day: date) -> Iterable[datetime]:
    for first, last in terms.weekly.get(WEEKDAYS[day.weekday()], ()):
        wall, end = datetime.combine(day, first), datetime.combine(day, last)
        while wall + terms.length <= end:
            instant = wall.replace(tzinfo=terms.zone).astimezone(UTC)
            # An hour the clock skips in spring is nobody's hour.
            if instant.astimezone(terms.zone).replace(tzinfo=None) == wall:
                yield instant
            wall += terms.length


def _is_taken(start: datetime, end: datetime, busy: Sequence[Span]) -> bool:
    return any(start < taken_until and taken_from < end for taken_from, taken_until in busy)
