import random
from statistics import fmean, median

import pytest

from analytics.policies import intervals


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_agrees_with_published_values(part: int, whole: int, low: float, high: float) -> None:
    assert intervals.wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_newcombe_agrees_with_its_published_example() -> None:
    # Newcombe 1998, method 10, case (a): 56/70 against 48/80.
    found = intervals.rate_difference((56, 70), (48, 80))
    assert found == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_nobody_has_no_interval() -> None:
    assert intervals.wilson(0, 0) is None
    assert intervals.rate_difference((0, 0), (1, 2)) is None
    assert intervals.rate_difference((1, 2), (0, 0)) is None
    assert intervals.mean_interval([]) is None
    assert intervals.median_interval([]) is None
    assert intervals.mean_difference([1.0], []) is None
    assert (intervals.mean([]), intervals.middle([])) == (None, None)


def test_the_same_values_always_give_the_same_interval() -> None:
    values = [3.0, 9.0, 20.0, 31.0, 44.0]
    assert intervals.mean_interval(values) == intervals.mean_interval(values)
    assert intervals.median_difference(values, [1.0, 2.0]) == intervals.median_difference(values, [1.0, 2.0])


@pytest.mark.parametrize("n", [40, 2_000])
def test_bootstrap_covers_the_truth_about_as_often_as_it_says(n: int) -> None:
    dice = random.Random(3)
    runs = 30
    held = {"mean": 0, "median": 0}
    for _ in range(runs):
        values = [dice.gauss(30, 8) for _ in range(n)]
        mean, middle = intervals.mean_interval(values), intervals.median_interval(values)
        assert mean is not None
        assert middle is not None
        assert mean[0] < fmean(values) < mean[1]
        assert middle[0] <= median(values) <= middle[1]
        held["mean"] += mean[0] <= 30 <= mean[1]
        held["median"] += middle[0] <= 30 <= middle[1]
    assert all(count >= runs * 0.8 for count in held.values())


def test_a_clear_difference_leaves_zero_out() -> None:
    now, then = [20.0, 21.0, 22.0, 23.0], [40.0, 41.0, 42.0, 45.0]
    interval = intervals.mean_difference(now, then)
    assert interval is not None
    assert interval[1] < 0
