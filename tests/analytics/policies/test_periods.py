import datetime as dt
from zoneinfo import ZoneInfo

from analytics.policies.figures import days, money, rate
from analytics.policies.periods import Period, just_before, last_days

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_period_is_whole_days_of_its_zone() -> None:
    march = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31), BERLIN)

    assert march.start == dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)
    assert march.end == dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)
    assert march.days == 31


def test_the_periods_beside_it() -> None:
    march = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31), BERLIN)

    assert just_before(march) == Period(dt.date(2026, 1, 29), dt.date(2026, 2, 28), BERLIN)
    assert last_days(dt.date(2026, 3, 31), 31, BERLIN) == march


def test_days_are_rounded_half_up_and_rates_over_nobody_are_null() -> None:
    assert (days(10.25), days(10.24), days(-0.05), days(None)) == (10.3, 10.2, -0.1, None)
    assert (rate(1, 4), rate(0, 0)) == (0.25, None)
    assert money(12_050) == 120.5
