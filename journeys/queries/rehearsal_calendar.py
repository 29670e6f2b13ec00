"""A rehearsal's days as a calendar, and each mailbox's load."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from journeys.models import Rehearsal

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: the messages of this journey and of the others."""

    day: date
    sent: int
    others: int
    level: int


@dataclass(frozen=True, slots=True)
class Load:
    """One mailbox: its fullest day beside its limit, and its days."""

    name: str
    limit: int
    total: int
    fullest: int
    fullest_on: date | None
    full_days: int
    options: dict[str, Any]
    rows: list[list[object]]
    chart_id: str
    headers: tuple[str, ...] = ("Day", "This journey", "Other journeys")


def calendar(rehearsal: Rehearsal) -> list[list[Cell]]:
    """Weeks from Monday, from the first day with a message to the last."""
    days = {date.fromisoformat(day["day"]): day for day in rehearsal.result["calendar"]}
    if not days:
        return []
    most = max(day["sent"] for day in days.values()) or 1
    first, last = min(days), max(days)
    day, weeks = first - first.weekday() * _DAY, []
    while day <= last:
        weeks.append([_cell(day + n * _DAY, days, most) for n in range(7)])
        day += 7 * _DAY
    return weeks


def mailboxes(rehearsal: Rehearsal) -> list[Load]:
    """The load of each mailbox per day, the busiest first."""
    loads = [_load(box) for box in rehearsal.result["mailboxes"]]
    return sorted(loads, key=lambda load: -load.total)


def _cell(day: date, days: dict[date, dict[str, Any]], most: int) -> Cell:
    found = days.get(day, {"sent": 0, "others": 0})
    level = -(-3 * int(found["sent"]) // most)
    return Cell(day, found["sent"], found["others"], level)


def _load(box: dict[str, Any]) -> Load:
    days = [(date.fromisoformat(day["day"]), day["sent"], day["others"]) for day in box["days"]]
    totals = {day: sent + others for day, sent, others in days}
    fullest_on = max(totals, key=lambda day: totals[day], default=None)
    series = [("This journey", 1), ("Other journeys", 2)]
    options = {
        "xAxis": {
            "type": "category",
            "data": [f"{datetime.combine(day, datetime.min.time()):%-d %b}" for day in totals],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "legend": {"show": True},
        "series": [
            {"name": name, "type": "bar", "stack": "load", "data": [day[index] for day in days]}
            for name, index in series
        ],
    }
    return Load(
        name=box["name"],
        limit=box["daily_limit"],
        total=sum(totals.values()),
        fullest=totals[fullest_on] if fullest_on else 0,
        fullest_on=fullest_on,
        full_days=sum(total >= box["daily_limit"] for total in totals.values()),
        options=options,
        chart_id=f"mailbox-{box['sender'] or 0}",
        rows=[[f"{day:%-d %b %Y}", sent, others] for day, sent, others in days],
    )
