import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from crm.policies.meeting_slots import Terms, by_day, free_slots, read_weekly, span_of

UTC, BERLIN, TOKYO = dt.UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
MONDAY = dt.datetime(2026, 6, 15, 6, 0, tzinfo=UTC)
WEEKLY = {"mon": [["09:00", "10:30"]], "tue": [["13:00", "14:00"]]}


def terms(**changes: object) -> Terms:
    given: dict[str, object] = {
        "zone": BERLIN,
        "weekly": read_weekly(WEEKLY),
        "length": dt.timedelta(minutes=30),
        "pause": dt.timedelta(minutes=10),
        "notice": dt.timedelta(0),
        "horizon": dt.timedelta(days=5),
    }
    return Terms(**(given | changes))  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, day: int = 15) -> dt.datetime:
    return dt.datetime(2026, 6, day, hour, minute, tzinfo=BERLIN)


def test_slots_are_weekly_hours_on_the_hosts_clock() -> None:
    expected = [at(9), at(9, 30), at(10), at(13, 0, 16), at(13, 30, 16)]
    assert free_slots(terms(), [], now=MONDAY) == expected


def test_what_is_taken_with_its_pause_is_not_offered() -> None:
    taken = [span_of(terms(), at(9, 30))]  # until 10:10
    assert free_slots(terms(), taken, now=MONDAY)[:2] == [at(13, 0, 16), at(13, 30, 16)]
    free = free_slots(terms(pause=dt.timedelta(0)), [(at(9, 30), at(10))], now=MONDAY)
    assert free[:2] == [at(9), at(10)]


def test_nothing_sooner_than_the_notice_or_later_than_the_horizon() -> None:
    found = free_slots(terms(notice=dt.timedelta(hours=3, minutes=30)), [], now=MONDAY)
    assert found[0] == at(13, 0, 16)
    assert free_slots(terms(horizon=dt.timedelta(hours=2)), [], now=MONDAY) == [at(9), at(9, 30), at(10)]


@pytest.mark.parametrize(
    ("sunday", "walls"),
    [
        (dt.date(2026, 3, 29), ["01:30", "03:00"]),  # 02:00 to 03:00 does not exist
        (dt.date(2026, 10, 25), ["01:30", "02:00", "02:30", "03:00"]),  # 02:00 to 03:00 comes twice
    ],
)
def test_the_nights_of_the_clock_offer_each_wall_once(sunday: dt.date, walls: list[str]) -> None:
    weekly = read_weekly({"sun": [["01:30", "03:30"]]})
    now = dt.datetime.combine(sunday, dt.time(), tzinfo=BERLIN) - dt.timedelta(hours=1)
    found = free_slots(terms(weekly=weekly, horizon=dt.timedelta(days=1)), [], now=now)
    assert [f"{slot.astimezone(BERLIN):%H:%M}" for slot in found] == walls
    assert len(set(found)) == len(found)


def test_days_are_those_of_the_persons_clock() -> None:
    late = read_weekly({"mon": [["17:00", "18:00"]]})
    days = by_day(free_slots(terms(weekly=late), [], now=MONDAY), TOKYO)
    assert [(day, [f"{slot:%H:%M}" for slot in slots]) for day, slots in days] == [
        (dt.date(2026, 6, 16), ["00:00", "00:30"])
    ]
