from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from journeys.policies.calendars import Calendar
from journeys.policies.file_format import Delay, Unit, Window
from journeys.policies.timing import NeverOpen, Place, at_wall, due_after, is_open, roll_forward

WEEKDAYS = frozenset(range(5))
OFFICE = Window(WEEKDAYS, ((time(9), time(12)), (time(13, 30), time(17))))
NIGHT = Window(WEEKDAYS, ((time(22), time(6)),))


def place(zone: str, country: str = "") -> Place:
    return Place(ZoneInfo(zone), Calendar(country))


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "base", "delay", "expected"),
    [
        # Hours are absolute: over the spring gap the clock shows one more.
        ("Europe/Berlin", "2026-03-28T20:00", Delay(Unit.HOURS, 12), "2026-03-29T09:00"),
        ("Europe/Berlin", "2026-03-28T09:00", Delay(Unit.DAYS, 1), "2026-03-29T09:00"),
        ("Europe/Berlin", "2026-03-28T09:00", Delay(Unit.HOURS, 24), "2026-03-29T10:00"),
        # 02:30 does not exist on that day: the offset before the gap makes it 03:30.
        ("Europe/Berlin", "2026-03-28T02:30", Delay(Unit.DAYS, 1), "2026-03-29T03:30"),
        ("America/New_York", "2026-03-01T02:15", Delay(Unit.WEEKS, 1), "2026-03-08T03:15"),
        # Months clamp to the month's end.
        ("Europe/Berlin", "2026-01-31T09:00", Delay(Unit.MONTHS, 1), "2026-02-28T09:00"),
        ("Europe/Berlin", "2024-01-31T09:00", Delay(Unit.MONTHS, 1), "2024-02-29T09:00"),
        ("Europe/Berlin", "2026-08-31T09:00", Delay(Unit.MONTHS, 18), "2028-02-29T09:00"),
        # `at`: that time on the date reached, else the next day.
        ("Europe/Berlin", "2026-06-01T10:00", Delay(Unit.DAYS, 3, time(9, 30)), "2026-06-04T09:30"),
        ("Europe/Berlin", "2026-06-01T10:00", Delay(Unit.DAYS, 0, time(9, 30)), "2026-06-02T09:30"),
        ("Europe/Berlin", "2026-06-01T09:30", Delay(Unit.DAYS, 0, time(9, 30)), "2026-06-02T09:30"),
        ("Europe/Berlin", "2026-06-01T08:00", Delay(Unit.DAYS, 0, time(9, 30)), "2026-06-01T09:30"),
        ("Europe/Berlin", "2026-06-01T23:30", Delay(Unit.HOURS, 1, time(9, 30)), "2026-06-02T09:30"),
        # Working days skip weekends and keep the wall time.
        ("Europe/Berlin", "2026-06-04T16:45", Delay(Unit.WORKING_DAYS, 2), "2026-06-08T16:45"),
        ("Europe/Berlin", "2026-06-06T08:00", Delay(Unit.WORKING_DAYS, 1), "2026-06-08T08:00"),
        ("Europe/Berlin", "2026-06-01T08:00", Delay(Unit.MINUTES, 0), "2026-06-01T08:00"),
    ],
)
def test_due_after(zone: str, base: str, delay: Delay, expected: str) -> None:
    assert due_after(local(zone, base), delay, place(zone)) == local(zone, expected)


def test_due_after_a_clock_that_exists_twice_means_the_first() -> None:
    zone = "Europe/Berlin"
    due = due_after(local(zone, "2026-10-24T02:30"), Delay(Unit.DAYS, 1), place(zone))
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_due_after_at_within_the_second_hour_is_tomorrow() -> None:
    zone = "Europe/Berlin"
    base = local(zone, "2026-10-25T02:30", fold=1)
    due = due_after(base, Delay(Unit.DAYS, 0, time(2, 45)), place(zone))
    assert due == local(zone, "2026-10-26T02:45")


@pytest.mark.parametrize(
    ("country", "base", "days", "expected"),
    [
        ("DE", "2026-12-23T10:00", 2, "2026-12-28T10:00"),
        ("FR", "2026-07-13T10:00", 1, "2026-07-15T10:00"),
        ("", "2026-12-24T10:00", 1, "2026-12-25T10:00"),
        # Friday and Saturday are the weekend there.
        ("SA", "2026-06-04T10:00", 1, "2026-06-07T10:00"),
    ],
)
def test_working_days_know_the_country(country: str, base: str, days: int, expected: str) -> None:
    delay = Delay(Unit.WORKING_DAYS, days)
    assert due_after(local("UTC", base), delay, place("UTC", country)) == local("UTC", expected)


@pytest.mark.parametrize(
    ("window", "zone", "country", "moment", "expected"),
    [
        (OFFICE, "Europe/Berlin", "", "2026-06-01T09:00", "2026-06-01T09:00"),
        (OFFICE, "Europe/Berlin", "", "2026-06-01T12:00", "2026-06-01T13:30"),
        (OFFICE, "Europe/Berlin", "", "2026-06-01T16:59", "2026-06-01T16:59"),
        (OFFICE, "Europe/Berlin", "", "2026-06-01T17:00", "2026-06-02T09:00"),
        (OFFICE, "Europe/Berlin", "", "2026-06-05T18:00", "2026-06-08T09:00"),
        (OFFICE, "Europe/Berlin", "DE", "2026-12-24T18:00", "2026-12-28T09:00"),
        # A range past midnight belongs to the day it starts on: Friday night runs into Saturday.
        (NIGHT, "Europe/Berlin", "", "2026-06-06T05:59", "2026-06-06T05:59"),
        (NIGHT, "Europe/Berlin", "", "2026-06-06T06:00", "2026-06-08T22:00"),
        (NIGHT, "Europe/Berlin", "", "2026-06-08T05:00", "2026-06-08T22:00"),
        (NIGHT, "Europe/Berlin", "DE", "2026-12-25T05:00", "2026-12-25T05:00"),
        (None, "Europe/Berlin", "", "2026-06-06T05:00", "2026-06-06T05:00"),
        (None, "Europe/Berlin", "DE", "2026-12-25T05:00", "2026-12-27T00:00"),
    ],
)
def test_roll_forward(window: Window | None, zone: str, country: str, moment: str, expected: str) -> None:
    assert roll_forward(local(zone, moment), window, place(zone, country)) == local(zone, expected)


def test_roll_forward_to_a_start_the_clock_skips_opens_after_the_gap() -> None:
    window = Window(frozenset(range(7)), ((time(2, 30), time(5)),))
    rolled = roll_forward(local("Europe/Berlin", "2026-03-29T00:00"), window, place("Europe/Berlin"))
    assert rolled == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_roll_forward_refuses_a_window_that_never_opens() -> None:
    with pytest.raises(NeverOpen):
        roll_forward(datetime(2026, 1, 1, tzinfo=UTC), Window(frozenset(), OFFICE.ranges), place("UTC"))


# DST nights in both hemispheres, half-hour shifts, midnight shifts, skipped days.
NIGHTS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2026, 5, 1)),
]
WINDOWS = [
    OFFICE,
    NIGHT,
    Window(frozenset(range(7)), ((time(1, 30), time(2, 30)),)),
    Window(frozenset(range(7)), ((time(2), time(3)),)),
    Window(frozenset({5, 6}), ((time(23, 30), time(0, 30)), (time(4), time(4, 30)))),
]


def _brute_force(moment: datetime, window: Window, where: Place) -> datetime:
    """Look at the clock every five minutes until it shows an allowed time."""
    step = timedelta(minutes=5)
    # Offsets change on the hour or half hour, so openings lie on the grid once the start does.
    if _reads_open(moment, window, where):
        return moment
    moment = moment.replace(minute=moment.minute - moment.minute % 5, second=0) + step
    while not _reads_open(moment, window, where):
        moment += step
    return moment


def _reads_open(moment: datetime, window: Window, where: Place) -> bool:
    shown = moment.astimezone(where.zone).replace(tzinfo=None)
    for start, end in window.ranges:
        for day in (shown.date(), shown.date() - timedelta(days=1)):
            opens = datetime.combine(day, start)
            closes = datetime.combine(day if start < end else day + timedelta(days=1), end)
            allowed = day.weekday() in window.days and not where.calendar.is_holiday(day)
            if allowed and opens <= shown < closes:
                return True
    return False


@pytest.mark.parametrize(("zone", "night"), NIGHTS)
@pytest.mark.parametrize("window", WINDOWS)
def test_roll_forward_agrees_with_watching_the_clock(zone: str, night: date, window: Window) -> None:
    where = place(zone)
    start = datetime.combine(night - timedelta(days=1), time(12), tzinfo=UTC)
    for minutes in range(0, 60 * 60, 67):
        moment = start + timedelta(minutes=minutes)
        rolled = roll_forward(moment, window, where)
        assert rolled == _brute_force(moment, window, where), moment
        assert is_open(rolled, window, where)


@pytest.mark.parametrize(("zone", "night"), NIGHTS)
def test_at_wall_is_the_first_instant_that_shows_the_time_or_lies_behind_the_gap(
    zone: str, night: date
) -> None:
    where = ZoneInfo(zone)
    for minutes in range(0, 24 * 60, 30):
        clock = (datetime.combine(night, time(0)) + timedelta(minutes=minutes)).time()
        wanted = datetime.combine(night, clock)
        noon = datetime.combine(night, time(12), tzinfo=UTC)
        shown = [noon + timedelta(minutes=step) for step in range(-36 * 60, 36 * 60, 15)]
        matches = [moment for moment in shown if moment.astimezone(where).replace(tzinfo=None) == wanted]
        found = at_wall(night, clock, where)
        if matches:
            assert found == matches[0]
        else:
            assert found.astimezone(where).replace(tzinfo=None) > wanted


@pytest.mark.parametrize("country", ["DE", "FR", "US", "JP", "SA", "BR", ""])
def test_working_days_agree_with_counting(country: str) -> None:
    calendar = Calendar(country)
    for offset in range(0, 730, 3):
        base = datetime(2026, 1, 1, 15, 20, tzinfo=UTC) + timedelta(days=offset)
        for count in (1, 2, 5, 11):
            due = due_after(base, Delay(Unit.WORKING_DAYS, count), Place(ZoneInfo("UTC"), calendar))
            days = [base.date() + timedelta(days=n) for n in range(1, (due - base).days + 1)]
            assert sum(calendar.is_working_day(day) for day in days) == count
            assert calendar.is_working_day(due.date())
            assert due.time() == base.time()
