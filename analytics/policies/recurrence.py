"""When a mailing is due next."""

import calendar
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(7, 0)


def next_after(moment: datetime, every: str, zone: ZoneInfo) -> datetime:
    """The next Monday, or first day of a month, at seven in the morning there."""
    day = moment.astimezone(zone).date() + timedelta(days=1)
    if every == "week":
        day += timedelta(days=-day.weekday() % 7)
    elif day.day != 1:
        day += timedelta(days=calendar.monthrange(day.year, day.month)[1] - day.day + 1)
    return datetime.combine(day, MORNING, zone)
