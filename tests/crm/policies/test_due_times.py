import datetime as dt

import pytest

from crm.policies import due_times

MONDAY = dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("choice", "day"),
    [("tomorrow", "2026-06-16"), ("monday", "2026-06-22"), ("week", "2026-06-22"), ("month", "2026-07-15")],
)
def test_what_is_put_off_comes_back_on(choice: str, day: str) -> None:
    assert due_times.snoozed(choice, today=MONDAY).isoformat() == day


@pytest.mark.parametrize(
    ("due", "repeats", "today", "day"),
    [
        ("2026-06-15", "weekly", "2026-06-15", "2026-06-22"),
        ("2026-06-12", "daily", "2026-06-12", "2026-06-15"),  # a Friday
        ("2026-01-31", "monthly", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "monthly", "2026-02-28", "2026-03-31"),
        ("2026-01-31", "quarterly", "2026-05-01", "2026-07-31"),
        ("2026-05-04", "weekly", "2026-06-15", "2026-06-22"),  # weeks that were missed are not caught up
    ],
)
def test_what_repeats_comes_again_on(due: str, repeats: str, today: str, day: str) -> None:
    found = due_times.following(dt.date.fromisoformat(due), repeats, today=dt.date.fromisoformat(today))
    assert found.isoformat() == day


def test_a_time_is_of_the_clock_it_was_given_on() -> None:
    due = due_times.instant(MONDAY, dt.time(9), "Europe/Berlin")
    assert due is not None
    assert due.astimezone(dt.UTC).hour == 7
    assert due_times.instant(MONDAY, None, "UTC") is None
    moved = due_times.moved(due, MONDAY + dt.timedelta(days=1))
    assert moved is not None
    assert moved.astimezone(dt.UTC).isoformat() == "2026-06-16T07:00:00+00:00"
