"""Journey timing against a calendar that walks minute by minute: every IANA zone, both nights of a change."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import holidays

from benchmarks.brute_calendar import Case, Days, OutOfSpan, answer
from journeys.policies.calendars import Calendar
from journeys.policies.file_format import Delay, Unit, Window
from journeys.policies.timing import Place, due_after, roll_forward

CASES = 100_000
SPAN = 16
_LONGEST = {"minutes": 4000, "hours": 90, "days": 5, "weeks": 8, "months": 14, "working_days": 4}
_SHAPES = (
    (("09:00", "17:00"),),
    (("09:00", "12:00"), ("13:30", "17:00")),
    (("22:00", "06:00"),),
    (("20:00", "02:30"), ("02:45", "03:15")),
    (("00:00", "00:00"),),
    (("02:00", "03:00"),),
    (("01:15", "01:45"), ("23:30", "00:30")),
    (("00:00", "04:00"), ("12:00", "24:00")),
)
_WEEKS = (range(5), range(7), (0, 2, 4), (5, 6), (6,))


def differences(cases: int, *, seed: int = 1, zones: int = 10_000) -> Iterator[str]:
    """Every case in which the two disagree, in words. The same seed gives the same cases."""
    chance = random.Random(seed)
    names = sorted(available_timezones() - {"localtime"})
    chosen = names if len(names) <= zones else chance.sample(names, zones)
    countries = sorted(holidays.list_supported_countries())
    each = -(-cases // (2 * len(chosen)))
    left = cases
    for name in chosen:
        zone = ZoneInfo(name)
        for first in _nights(zone, chance):
            days = Days(zone, first - timedelta(days=5), SPAN)
            count = min(each, left)
            left -= count
            yield from _compare(days, count, chance, countries)


def _nights(zone: ZoneInfo, chance: random.Random) -> list[date]:
    """Two days of one year: those on which the clock changes where there are any, else any two."""
    start = date(chance.randint(2024, 2032), 1, 1)
    year = [start + timedelta(days=number) for number in range(366)]
    offsets = [datetime.combine(day, time(12), tzinfo=zone).utcoffset() for day in year]
    changes = [year[index] for index in range(1, len(year)) if offsets[index] != offsets[index - 1]]
    return (changes + chance.sample(year, 2))[:2]


def _compare(days: Days, count: int, chance: random.Random, countries: list[str]) -> Iterator[str]:
    while count:
        case = _case(days, chance, countries)
        try:
            expected = answer(case, days)
        except OutOfSpan:
            continue
        count -= 1
        found = _ours(case, days.zone)
        if found != expected:
            yield f"{days.zone.key} {case}: {found} where the calendar says {expected}"


def _case(days: Days, chance: random.Random, countries: list[str]) -> Case:
    unit = chance.choice(list(Unit)).value
    amount = chance.choice((0, 1, 1, 2, chance.randint(0, _LONGEST[unit])))
    # What is reached lies within the days, so a long delay begins long before them.
    back = {"weeks": 7, "months": 30}.get(unit, 0) * amount
    base = days.utc[chance.randrange(2 * 1440, 6 * 1440)] - timedelta(days=back)
    at = time(chance.randrange(24), chance.choice((0, 15, 30, 45))) if chance.random() < 0.4 else None
    shape = chance.choice(_SHAPES)
    return Case(
        base=base,
        unit=unit,
        amount=amount,
        at=at,
        weekdays=frozenset(chance.choice(_WEEKS)),
        ranges=[(_clock(start), _clock(end)) for start, end in shape],
        country=chance.choice(countries) if chance.random() < 0.5 else "",
    )


def _clock(text: str) -> time:
    return time.fromisoformat("00:00" if text == "24:00" else text)


def _ours(case: Case, zone: ZoneInfo) -> tuple[datetime, datetime]:
    place = Place(zone, Calendar(case.country))
    due = due_after(case.base, Delay(Unit(case.unit), case.amount, case.at), place)
    window = Window(case.weekdays, tuple(case.ranges))
    return due.astimezone(UTC), roll_forward(due, window, place).astimezone(UTC)


def check(cases: int = CASES) -> int:
    """Print what was compared and every difference; returns how many there were."""
    found = list(differences(cases))
    print(*found, sep="\n", end="\n" if found else "")
    zones = len(available_timezones() - {"localtime"})
    print(f"{cases:,} cases over {zones} zones, both nights of a change: {len(found)} differences")
    return len(found)
