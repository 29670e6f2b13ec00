"""When a date of a person starts a journey: the date, moved by the trigger's offset, on their own clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from journeys.policies.file_format import Delay, Unit
from journeys.policies.timing import Place, at_wall, due_after

# The longest each unit can be: enough to look at everybody who may be meant, and at few others.
_DAYS = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 31, Unit.WORKING_DAYS: 3}
_MARGIN = timedelta(days=12)  # holidays in a row, and every zone there is


def moment_of(value: date, offset: Delay, place: Place) -> datetime:
    """The instant the date stands for. A day begins at midnight where the person lives."""
    is_day = not isinstance(value, datetime)
    base = value if isinstance(value, datetime) else at_wall(value, time(0), place.zone)
    if offset.at is None or not (is_day or offset.amount < 0):
        return due_after(base, offset, place)
    # On a day, or before an instant, there is no “next day”: the wall time of the day reached is meant.
    reached = due_after(base, Delay(offset.unit, offset.amount), place)
    return at_wall(reached.astimezone(place.zone).date(), offset.at, place.zone)


def bounds(since: datetime, until: datetime, offset: Delay) -> tuple[datetime, datetime]:
    """Between which values a date lies that stands for an instant between these two; a little too wide."""
    if offset.unit in _DAYS:
        reach = timedelta(days=_DAYS[offset.unit] * offset.amount)
    else:
        reach = timedelta(**{offset.unit.value: offset.amount})
    earliest, latest = since - max(reach, timedelta()), until - min(reach, timedelta())
    return earliest - _MARGIN, latest + _MARGIN
