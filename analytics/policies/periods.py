"""Whole days in the workspace's zone, and the instants they begin and end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """The days `from_on` to `to_on`, both included, in `zone`. As instants: [start, end)."""

    from_on: date
    to_on: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return _midnight(self.from_on, self.zone)

    @property
    def end(self) -> datetime:
        return _midnight(self.to_on + timedelta(days=1), self.zone)

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


def last_days(today: date, days: int, zone: ZoneInfo) -> Period:
    """The period of that many days ending today."""
    return Period(today - timedelta(days=days - 1), today, zone)


def just_before(period: Period) -> Period:
    """As many days, ending the day before this period begins."""
    return Period(
        period.from_on - timedelta(days=period.days), period.from_on - timedelta(days=1), period.zone
    )


def a_year_before(period: Period) -> Period:
    """The same days of the year before; 29 February stands for the 28th."""
    return Period(_year_earlier(period.from_on), _year_earlier(period.to_on), period.zone)


def _year_earlier(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
