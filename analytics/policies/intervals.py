"""How sure a figure is: 95 % intervals for rates (Wilson, Newcombe) and for means and medians (bootstrap)."""

import math
import random
from collections.abc import Callable, Sequence
from statistics import NormalDist, fmean, median, pstdev

Interval = tuple[float, float]

Z = NormalDist().inv_cdf(0.975)
SEED = 20_240_229
RESAMPLES = 1_000
# Above this many values the bootstrap distribution of a mean is its normal limit to three digits.
RESAMPLED_UP_TO = 300


def wilson(part: int, whole: int) -> Interval | None:
    """The score interval of a rate; None over nobody."""
    if not whole:
        return None
    share, z2 = part / whole, Z * Z
    center = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z / (1 + z2 / whole) * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    return max(0.0, center - half), min(1.0, center + half)


def rate_difference(now: tuple[int, int], then: tuple[int, int]) -> Interval | None:
    """The interval of the difference of two rates, (part, whole) each, from Wilson intervals (Newcombe)."""
    a, b = wilson(*now), wilson(*then)
    if a is None or b is None:
        return None
    p, q = now[0] / now[1], then[0] / then[1]
    low = (p - q) - math.sqrt((p - a[0]) ** 2 + (b[1] - q) ** 2)
    high = (p - q) + math.sqrt((a[1] - p) ** 2 + (q - b[0]) ** 2)
    return low, high


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return fmean(values) if values else None


def middle(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(values) if values else None


def mean_interval(values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap of the mean; the same values always give the same interval."""
    return _percentiles(_resampled_means(values, random.Random(SEED)))


def median_interval(values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap of the median."""
    return _percentiles(_resampled_medians(values, random.Random(SEED)))


def mean_difference(now: Sequence[float], then: Sequence[float]) -> Interval | None:
    """Bootstrap interval of mean(now) − mean(then)."""
    return _difference(now, then, _resampled_means)


def median_difference(now: Sequence[float], then: Sequence[float]) -> Interval | None:
    """Bootstrap interval of median(now) − median(then)."""
    return _difference(now, then, _resampled_medians)


Resampler = Callable[[Sequence[float], random.Random], list[float]]


def _difference(now: Sequence[float], then: Sequence[float], resampled: Resampler) -> Interval | None:
    dice = random.Random(SEED)
    pairs = zip(resampled(now, dice), resampled(then, dice), strict=False)
    return _percentiles([a - b for a, b in pairs])


def _resampled_means(values: Sequence[float], dice: random.Random) -> list[float]:
    n = len(values)
    if n == 0:
        return []
    if n > RESAMPLED_UP_TO:
        center, spread = fmean(values), pstdev(values) / math.sqrt(n)
        return [dice.gauss(center, spread) for _ in range(RESAMPLES)]
    return [fmean(dice.choices(values, k=n)) for _ in range(RESAMPLES)]


def _resampled_medians(values: Sequence[float], dice: random.Random) -> list[float]:
    n = len(values)
    if n == 0:
        return []
    if n <= RESAMPLED_UP_TO:
        return [median(dice.choices(values, k=n)) for _ in range(RESAMPLES)]
    # The middle of n draws with replacement is a Beta-distributed position in the sorted values.
    ordered, middle = sorted(values), (n + 1) / 2
    positions = (dice.betavariate(middle, n + 1 - middle) for _ in range(RESAMPLES))
    return [ordered[min(n - 1, int(position * n))] for position in positions]


def _percentiles(statistics: list[float]) -> Interval | None:
    if not statistics:
        return None
    ordered = sorted(statistics)
    return ordered[int(0.025 * len(ordered))], ordered[min(len(ordered) - 1, int(0.975 * len(ordered)))]
