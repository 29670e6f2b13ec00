"""A sample of what `python -m benchmarks timing` compares at full size."""

from datetime import timedelta

import pytest

from benchmarks import timing


def test_timing_says_what_a_calendar_walked_minute_by_minute_says() -> None:
    assert list(timing.differences(300, seed=7, zones=8)) == []


def test_a_wrong_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: an hour too late is seen in every case."""
    right = timing._ours
    monkeypatch.setattr(
        timing, "_ours", lambda case, zone: (right(case, zone)[0], right(case, zone)[1] + timedelta(hours=1))
    )
    assert len(list(timing.differences(10, seed=7, zones=1))) == 10
