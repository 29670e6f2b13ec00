"""Kaplan–Meier: how long something lasts when part of it is still going on, and how sure its median is."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from analytics.policies.intervals import RESAMPLES, SEED, Interval, percentiles

_JUST_ABOVE = 0.5 + 1e-9
_CERTAIN = 4.0
"""So many standard errors no draw is away."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long it lasted for those it is over for, and how long it has lasted for those who wait; sorted."""

    ended: list[float]
    waiting: list[float]


def lengths(ended: Iterable[float], waiting: Iterable[float]) -> Lengths:
    return Lengths(sorted(ended), sorted(waiting))


def median(of: Lengths) -> float | None:
    """The shortest length after which at most half are still there; None while more than half may be.

    Who waits counts as there for as long as they have waited, and is unknown afterwards.
    """
    return next((length for length, surviving, _, _ in _steps(of) if surviving <= _JUST_ABOVE), None)


def median_interval(of: Lengths) -> Interval | None:
    """95 % around the median; None where more than half may be there for longer than anybody was seen."""
    return percentiles(_finite(_resampled(of, Random(SEED))))


def median_difference(now: Lengths, then: Lengths) -> Interval | None:
    """95 % around median(now) − median(then)."""
    dice = Random(SEED)
    a, b = _finite(_resampled(now, dice)), _finite(_resampled(then, dice))
    return percentiles([x - y for x, y in zip(a, b, strict=False)])


def _steps(of: Lengths) -> Iterator[tuple[float, float, int, int]]:
    """Each length somebody left after: the share still there, how many left, of how many."""
    surviving, place = 1.0, 0
    while place < len(of.ended):
        length = of.ended[place]
        after = bisect_right(of.ended, length, place)
        still_there = len(of.ended) - place + len(of.waiting) - bisect_left(of.waiting, length)
        surviving *= 1 - (after - place) / still_there
        yield length, surviving, after - place, still_there
        place = after


def _resampled(of: Lengths, dice: Random) -> list[float]:
    """Medians as the bootstrap draws them in the limit: the curve moved by a normal number of its standard
    errors (Greenwood), and where it then falls to one half; infinite where it never does."""
    marks: list[float] = []
    places: list[float] = []
    spread = 0.0
    for length, surviving, left, there in _steps(of):
        spread += left / (there * (there - left)) if there > left else math.inf
        error = surviving * math.sqrt(spread) if surviving > 0 else 0.0
        mark = (_JUST_ABOVE - surviving) / error if error else math.inf
        if not marks or mark > marks[-1]:
            marks.append(mark)
            places.append(length)
        if mark >= _CERTAIN:
            break
    places.append(math.inf)
    return [places[bisect_left(marks, dice.gauss(0, 1))] for _ in range(RESAMPLES)] if marks else []


def _finite(drawn: list[float]) -> list[float]:
    """The draws that fell to one half; nothing where more than the uppermost 2.5 % did not."""
    found = [length for length in drawn if length < math.inf]
    return found if len(found) >= 0.975 * RESAMPLES else []
