"""When the next step is due: delays in the person's zone, and windows (specs: journeys, timing rules 1–4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from journeys.policies.calendars import Calendar
from journeys.policies.file_format import Delay, Unit, Window

_DAY = timedelta(days=1)
_HORIZON_DAYS = 800


class NeverOpen(ValueError):
    """The window has no open instant within two years."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and by which calendar a person lives."""

    zone: ZoneInfo
    calendar: Calendar


def due_after(base: datetime, delay: Delay, place: Place) -> datetime:
    """The instant `delay` after `base` (rules 1–3), before any window is looked at."""
    reached = _reach(base, delay, place)
    if delay.at is None:
        return reached
    day = reached.astimezone(place.zone).date()
    moment = at_wall(day, delay.at, place.zone)
    return moment if moment > base else at_wall(day + _DAY, delay.at, place.zone)


def at_wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That wall time as an instant: in a gap by the offset before it; twice means the first (RFC 5545)."""
    # fold=0 is exactly that: PEP 495 gives a time in a gap the offset before the transition.
    return datetime.combine(day, clock.replace(fold=0), tzinfo=zone).astimezone(UTC)


def roll_forward(moment: datetime, window: Window | None, place: Place) -> datetime:
    """The first instant from `moment` on that lies on an allowed day and inside a range (rule 4)."""
    if window is None:
        return _skip_holidays(moment, place)
    if is_open(moment, window, place):
        return moment
    for candidate in _openings(moment, window, place.zone):
        if candidate >= moment and is_open(candidate, window, place):
            return candidate
    raise NeverOpen(f"No open instant within {_HORIZON_DAYS} days of {moment:%Y-%m-%d}.")


def is_open(moment: datetime, window: Window, place: Place) -> bool:
    """True when the wall clock shows an allowed time; past midnight a range belongs to its first day."""
    local = moment.astimezone(place.zone)
    day, clock = local.date(), local.time()
    for start, end in window.ranges:
        if start < end:
            opened = start <= clock < end and _is_allowed(day, window, place)
        elif clock >= start:
            opened = _is_allowed(day, window, place)
        else:
            opened = clock < end and _is_allowed(day - _DAY, window, place)
        if opened:
            return True
    return False


def _reach(base: datetime, delay: Delay, place: Place) -> datetime:
    if delay.amount == 0:
        return base
    if delay.unit is Unit.MINUTES:
        return base + timedelta(minutes=delay.amount)
    if delay.unit is Unit.HOURS:
        return base + timedelta(hours=delay.amount)
    local = base.astimezone(place.zone)
    return at_wall(_date_after(local.date(), delay, place.calendar), local.time(), place.zone)


def _date_after(day: date, delay: Delay, calendar: Calendar) -> date:
    if delay.unit is Unit.WORKING_DAYS:
        return _working_days_after(day, delay.amount, calendar)
    if delay.unit is Unit.MONTHS:
        return day + relativedelta(months=delay.amount)
    return day + timedelta(days=delay.amount * (7 if delay.unit is Unit.WEEKS else 1))


def _working_days_after(day: date, count: int, calendar: Calendar) -> date:
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= calendar.is_working_day(day)
    return day


def _is_allowed(day: date, window: Window, place: Place) -> bool:
    return day.weekday() in window.days and not place.calendar.is_holiday(day)


def _skip_holidays(moment: datetime, place: Place) -> datetime:
    """Without a window only the holidays keep mail back; the next day opens at its midnight."""
    day = moment.astimezone(place.zone).date()
    if not place.calendar.is_holiday(day):
        return moment
    while place.calendar.is_holiday(day):
        day += _DAY
    return at_wall(day, time(0), place.zone)


def _openings(moment: datetime, window: Window, zone: ZoneInfo) -> Iterator[datetime]:
    """In order, every instant at which the window could begin to be open."""
    first = moment.astimezone(zone).date() - _DAY
    starts = tuple(start for start, _ in window.ranges)
    for offset in range(_HORIZON_DAYS):
        yield from _openings_on(first + offset * _DAY, starts, zone)


@lru_cache(maxsize=32_768)
def _openings_on(day: date, starts: tuple[time, ...], zone: ZoneInfo) -> tuple[datetime, ...]:
    found = {at_wall(day, time(0), zone)} | _shifts(day, zone)
    for start in starts:
        found.add(at_wall(day, start, zone))
        # The second time the clock shows this start.
        found.add(datetime.combine(day, start.replace(fold=1), tzinfo=zone).astimezone(UTC))
    return tuple(sorted(found))


def _shifts(day: date, zone: ZoneInfo) -> set[datetime]:
    """The instant within this day at which the zone changes its offset, if there is one."""
    early = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=15)
    late = early + timedelta(hours=54)
    offset = early.astimezone(zone).utcoffset()
    if offset == late.astimezone(zone).utcoffset():
        return set()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    shift = late.replace(microsecond=0)
    return {shift} if shift.astimezone(zone).date() == day else set()
