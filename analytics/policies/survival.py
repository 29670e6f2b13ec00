"""Kaplan–Meier: how long something lasts when part of it is still going on."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

_JUST_ABOVE = 0.5 + 1e-9


def median(ended: Iterable[float], waiting: Iterable[float]) -> float | None:
    """The shortest length after which at most half are still there; None while more than half may be.

    Who waits counts as there for as long as they have waited, and is unknown afterwards.
    """
    over, open_ = sorted(ended), sorted(waiting)
    surviving, place = 1.0, 0
    while place < len(over):
        length = over[place]
        after = bisect_right(over, length, place)
        still_there = len(over) - place + len(open_) - bisect_left(open_, length)
        surviving *= 1 - (after - place) / still_there
        if surviving <= _JUST_ABOVE:
            return length
        place = after
    return None
