"""How sure a figure is: 95 % intervals for rates (Wilson, Newcombe) and for means and medians (bootstrap)."""

import math
import random
from collections.abc import Callable, Sequence
from statistics import NormalDist, fmean, median

Interval = tuple[float, float]

Z = NormalDist().inv_cdf(0.975)
SEED = 20_240_229
RESAMPLES = 1_000
# Above this many values the bootstrap distribution of a mean is its normal limit, as days are shown.
RESAMPLED_UP_TO = 150


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


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which this share of the ordered values lies, interpolated; None of nothing."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    following = ordered[min(low + 1, len(ordered) - 1)]
    return ordered[low] + (following - ordered[low]) * (place - low)


def mean_interval(values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap of the mean; the same values always give the same interval."""
    return percentiles(_resampled_means(values, random.Random(SEED)))


def median_interval(values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap of the median."""
    return percentiles(_resampled_medians(values, random.Random(SEED)))


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
    return percentiles([a - b for a, b in pairs])


def _resampled_means(values: Sequence[float], dice: random.Random) -> list[float]:
    n = len(values)
    if n == 0:
        return []
    if n > RESAMPLED_UP_TO:
        center = math.fsum(values) / n
        spread = math.sqrt(math.fsum((value - center) ** 2 for value in values)) / n
        return [dice.gauss(center, spread) for _ in range(RESAMPLES)]
    return [math.fsum(dice.choices(values, k=n)) / n for _ in range(RESAMPLES)]


def _resampled_medians(values: Sequence[float], dice: random.Random) -> list[float]:
    """Of n draws with replacement only the middle ones are drawn: their places among n uniform numbers are
    Beta-distributed, the second's given the first's too, so this is the bootstrap itself at any n."""
    ordered, n = sorted(values), len(values)
    if n == 0:
        return []
    low = (n + 1) // 2
    medians = []
    for _ in range(RESAMPLES):
        place = dice.betavariate(low, n + 1 - low)
        middle = ordered[int(place * n)]
        if n % 2 == 0:
            place += (1 - place) * (1 - dice.random() ** (1 / (n - low)))
            middle = (middle + ordered[min(n - 1, int(place * n))]) / 2
        medians.append(middle)
    return medians


def percentiles(statistics: list[float]) -> Interval | None:
    """The middle 95 % of what was resampled; None of nothing."""
    if not statistics:
        return None
    ordered = sorted(statistics)
    return ordered[int(0.025 * len(ordered))], ordered[min(len(ordered) - 1, int(0.975 * len(ordered)))]
