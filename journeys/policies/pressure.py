"""Contact pressure: one budget per person over all journeys, campaigns and recruiters (timing rule 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Budget:
    """How often a person may hear from us; the person's own gap replaces the workspace's."""

    gap: timedelta = timedelta(days=7)
    cap: int = 3
    cap_days: int = 30


@dataclass(frozen=True, slots=True)
class Slide:
    """Not now: until when, which code, and the sentence people read."""

    until: datetime
    code: str
    sentence: str


def budget_for(workspace: Budget, preferred_gap_days: int | None) -> Budget:
    """The budget of one person; their own choice always wins, be it shorter or longer."""
    if preferred_gap_days is None:
        return workspace
    return Budget(timedelta(days=preferred_gap_days), workspace.cap, workspace.cap_days)


def slide_for(now: datetime, sent: Sequence[datetime], budget: Budget) -> Slide | None:
    """What contact pressure says at `now`, given when automated messages left; None means go.

    `sent` is in any order. A message leaves the cap's window exactly `cap_days` after it was sent.
    """
    recent = sorted(sent)
    if recent and (free := recent[-1] + budget.gap) > now:
        days = budget.gap.days
        return Slide(
            free,
            "gap",
            f"Heard from us on {recent[-1]:%-d %b}; at least {days} days lie between two messages.",
        )
    inside = [moment for moment in recent if moment > now - timedelta(days=budget.cap_days)]
    if budget.cap and len(inside) >= budget.cap:
        free = inside[-budget.cap] + timedelta(days=budget.cap_days)
        sentence = f"{len(inside)} messages in {budget.cap_days} days; the cap is {budget.cap}."
        return Slide(free, "cap", sentence)
    return None
