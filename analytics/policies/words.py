"""Numbers as people read them, and how sure they are."""

from analytics.policies.intervals import Interval, wilson

ENOUGH = 30
"""Fewer people than this in either group say nothing about the difference."""


def percent(share: float | None) -> str:
    """A share as people read it."""
    return "–" if share is None else f"{share * 100:.1f} %"


def shown(value: float | None) -> str:
    """A number with one decimal, or a dash."""
    return "–" if value is None else f"{value:.1f}"


def sure_of_rate(part: int, whole: int) -> str:
    """The 95 % interval of a rate, in words."""
    interval = wilson(part, whole)
    if interval is None:
        return "nobody yet"
    return f"{between(interval)} % (95 % sure)"


def between(interval: Interval) -> str:
    """The ends of an interval of a rate, as percentages; a narrow one with a decimal, so that they differ."""
    low, high = interval[0] * 100, interval[1] * 100
    return f"{low:.1f} to {high:.1f}" if high - low < 2 else f"{low:.0f} to {high:.0f}"


def sure_of_days(interval: Interval | None) -> str:
    """The 95 % interval of a mean or median in days, in words."""
    return "" if interval is None else f"{interval[0]:.1f} to {interval[1]:.1f} days (95 % sure)"


def lift(difference: Interval | None, people: tuple[int, int]) -> str:
    """What a hold-out says, in words; nothing before enough people are in both groups."""
    if min(people) < ENOUGH or difference is None:
        missing = max(0, ENOUGH - min(people))
        return f"Not enough people yet: {missing} more needed in the smaller group."
    low, high = difference[0] * 100, difference[1] * 100
    if low > 0:
        return f"The journey helps: {low:.1f} to {high:.1f} points more (95 % sure)."
    if high < 0:
        return f"The journey harms: {-high:.1f} to {-low:.1f} points less (95 % sure)."
    return f"No difference can be told: {low:+.1f} to {high:+.1f} points (95 % sure)."
