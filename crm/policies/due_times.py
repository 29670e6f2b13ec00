"""When something is due: a day, or an instant of a zone; snoozed, or repeated."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from crm.models import Task

SNOOZES = {"tomorrow": "Tomorrow", "monday": "Next Monday", "week": "In a week", "month": "In a month"}
_STEPS = {
    Task.Repeat.WEEKLY: relativedelta(weeks=1),
    Task.Repeat.MONTHLY: relativedelta(months=1),
    Task.Repeat.QUARTERLY: relativedelta(months=3),
}


def instant(day: date | None, at: time | None, zone: str) -> datetime | None:
    """The instant of that wall time in the zone; None without a day or a time."""
    return datetime.combine(day, at, ZoneInfo(zone)) if day and at else None


def snoozed(choice: str, *, today: date) -> date:
    """The day a choice puts something off to. Raises KeyError for a choice nobody offered."""
    days = {"tomorrow": 1, "monday": 7 - today.weekday(), "week": 7}
    return today + relativedelta(months=1) if choice == "month" else today + timedelta(days=days[choice])


def following(day: date, repeats: str, *, today: date) -> date:
    """The next day of something that repeats, after today: missed ones are not caught up."""
    number = 1
    found = _stepped(day, repeats, number)
    while found <= today:
        number += 1
        found = _stepped(day, repeats, number)
    return found


def moved(due_at: datetime | None, day: date) -> datetime | None:
    """The same wall time on another day."""
    return None if due_at is None else datetime.combine(day, due_at.timetz())


def _stepped(day: date, repeats: str, number: int) -> date:
    if repeats != Task.Repeat.DAILY:
        return day + _STEPS[Task.Repeat(repeats)] * number
    for _ in range(number):
        day += timedelta(days=3 if day.weekday() == 4 else 2 if day.weekday() == 5 else 1)
    return day
