"""What journey timing should say, found by walking minute by minute through a zone's wall clock.

Written apart from `journeys.policies.timing`, from the rules alone (specs: timing 1 to 4): no arithmetic on
offsets but the one the rule for a gap asks for, no look at where a window opens. Slow, and hard to get wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class OutOfSpan(Exception):
    """The answer lies outside the days that were walked."""


class Days:
    """Every minute of some days in one zone: what UTC says, and what the clock on the wall shows."""

    def __init__(self, zone: ZoneInfo, first: date, count: int) -> None:
        self.zone = zone
        moment = datetime.combine(first, time(0), tzinfo=UTC)
        self.utc = [moment + index * MINUTE for index in range(count * 1440)]
        self.wall = [each.astimezone(zone).replace(tzinfo=None, fold=0) for each in self.utc]
        self.first_showing: dict[datetime, int] = {}
        for index, shown in enumerate(self.wall):
            self.first_showing.setdefault(shown, index)
        self.dates = {shown.date() for shown in self.wall[1440:-1440]}

    def instant(self, day: date, clock: time) -> datetime:
        """When the wall shows this time; the first time when it does so twice."""
        if day not in self.dates:
            raise OutOfSpan
        wanted = datetime.combine(day, clock)
        index = self.first_showing.get(wanted)
        if index is not None:
            return self.utc[index]
        # It never does. The clock jumps over it: by the offset just before the jump it would be then.
        last = max(
            index for index, shown in enumerate(self.wall) if shown < wanted and self._jumps_after(index)
        )
        return self.utc[last] + (wanted - self.wall[last])

    def _jumps_after(self, index: int) -> bool:
        return index + 1 < len(self.wall) and self.wall[index + 1] - self.wall[index] > MINUTE

    def index_of(self, moment: datetime) -> int:
        """Where in the walk this instant stands."""
        index = int((moment - self.utc[0]) / MINUTE)
        if not 0 <= index < len(self.utc):
            raise OutOfSpan
        return index


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what is due after this delay, and when may it leave at the earliest."""

    base: datetime
    unit: str
    amount: int
    at: time | None
    weekdays: frozenset[int]
    ranges: Sequence[tuple[time, time]]
    country: str


def answer(case: Case, days: Days) -> tuple[datetime, datetime]:
    """When it is due, and when the window is open for it."""
    due = _due(case, days)
    index = days.index_of(due)
    while not _is_open(days.wall[index], case):
        index += 1
        if index >= len(days.wall) - 1440:
            raise OutOfSpan
    return due, days.utc[index]


def _due(case: Case, days: Days) -> datetime:
    reached = _reached(case, days)
    if case.at is None:
        return reached
    day = days.wall[days.index_of(reached)].date()
    moment = days.instant(day, case.at)
    return moment if moment > case.base else days.instant(day + DAY, case.at)


def _reached(case: Case, days: Days) -> datetime:
    if case.amount == 0:
        return case.base
    if case.unit in ("minutes", "hours"):
        return case.base + case.amount * (MINUTE if case.unit == "minutes" else 60 * MINUTE)
    local = case.base.astimezone(days.zone)
    day = local.date()
    for _ in range(case.amount):
        day = _one_on(day, case.unit, case.country)
    if case.unit == "months":
        day = _clamped(local.date(), case.amount)
    return days.instant(day, local.time())


def _one_on(day: date, unit: str, country: str) -> date:
    if unit == "working_days":
        day += DAY
        while not _is_working(day, country):
            day += DAY
        return day
    return day + (7 * DAY if unit == "weeks" else DAY)


def _clamped(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def _is_open(shown: datetime, case: Case) -> bool:
    day, minute = shown.date(), shown.hour * 60 + shown.minute
    for start, end in case.ranges:
        opens, closes = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        is_overnight = closes <= opens
        if opens <= minute < (1440 if is_overnight else closes) and _is_allowed(day, case):
            return True
        if is_overnight and minute < closes and _is_allowed(day - DAY, case):
            return True
    return False


def _is_allowed(day: date, case: Case) -> bool:
    return day.weekday() in case.weekdays and not _is_holiday(day, case.country)


_BOOKS: dict[str, holidays.HolidayBase] = {}


def _book(country: str) -> holidays.HolidayBase:
    if country not in _BOOKS:
        _BOOKS[country] = holidays.country_holidays(country)
    return _BOOKS[country]


def _is_holiday(day: date, country: str) -> bool:
    return bool(country) and day in _book(country)


def _is_working(day: date, country: str) -> bool:
    weekend = _book(country).weekend if country else {5, 6}
    return day.weekday() not in weekend and not _is_holiday(day, country)
