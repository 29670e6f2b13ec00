"""Which days count: weekends and public holidays of a country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays and weekends of one country; without a country, Saturday and Sunday and no holidays."""

    country: str = ""

    def is_holiday(self, day: date) -> bool:
        """True on a public holiday."""
        return bool(self.country) and day in _holidays(self.country, day.year)

    def is_working_day(self, day: date) -> bool:
        """True when it is neither weekend nor holiday."""
        return day.weekday() not in _weekend(self.country) and not self.is_holiday(day)


def calendar_for(setting: str, country: str) -> Calendar:
    """The calendar a journey's `holidays` setting means for a person of that country."""
    chosen = country if setting == "candidate_country" else setting
    return Calendar(chosen if chosen in _supported() else "")


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries())


@lru_cache(maxsize=2048)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


@lru_cache(maxsize=512)
def _weekend(country: str) -> frozenset[int]:
    if not country:
        return frozenset({SATURDAY, SUNDAY})
    return frozenset(holidays.country_holidays(country).weekend)
