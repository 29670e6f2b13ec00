import random
from statistics import median as plain_median

import pytest

from analytics.policies.survival import lengths, median, median_difference, median_interval


def test_without_waiting_people_it_is_the_median_and_its_order_statistics() -> None:
    """Of 100 lengths Brookmeyer and Crowley's 95 % lie near the 40th and the 61st, as for any median."""
    of = lengths([float(day) for day in range(1, 101)], [])
    low, high = median_interval(of) or (0.0, 0.0)
    assert median(of) == 50.0
    assert 38 <= low <= 42
    assert 59 <= high <= 63


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Waiting times of a known median (ten days), seen for a while only; 200 samples of 80."""
    dice, held = random.Random(5), 0
    for _ in range(200):
        ended: list[float] = []
        waiting: list[float] = []
        for _ in range(80):
            true, seen = dice.expovariate(0.0693147), dice.uniform(2, 60)
            (ended if true <= seen else waiting).append(min(true, seen))
        low, high = median_interval(lengths(ended, waiting)) or (0.0, 1e9)
        held += low <= 10 <= high
    assert 183 <= held <= 198


def test_more_people_make_it_narrower_and_a_shift_is_seen() -> None:
    dice = random.Random(7)
    few, many, later = (
        [dice.gauss(mean, 3) for _ in range(n)] for n, mean in ((40, 20), (2_000, 20), (2_000, 22))
    )
    a, b = (median_interval(lengths(of, [])) or (0.0, 0.0) for of in (few, many))
    assert b[1] - b[0] < a[1] - a[0]
    low, high = median_difference(lengths(later, []), lengths(many, [])) or (0.0, 0.0)
    assert 0 < low <= plain_median(later) - plain_median(many) <= high


@pytest.mark.parametrize(("ended", "waiting"), [([], []), ([], [3.0, 4.0]), ([1.0], [5.0] * 30)])
def test_nothing_is_said_where_half_may_stay_for_ever(ended: list[float], waiting: list[float]) -> None:
    of = lengths(ended, waiting)
    assert median_interval(of) is None
    assert median_difference(of, lengths([1.0, 2.0], [])) is None
