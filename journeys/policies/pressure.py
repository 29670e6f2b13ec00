"""Contact pressure: one budget per person over all journeys, campaigns and recruiters (timing rule 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple


class Touch(NamedTuple):
    """A mail that left: when, what it was about, and whose it was, for whoever has to wait because of it."""

    at: datetime
    topic: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """Other numbers for one person or one topic; None leaves the number as it is."""

    gap_days: int | None = None
    cap: int | None = None
    cap_days: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """How often a person may hear from us. `own` counts only mails about the same topic."""

    gap: timedelta = timedelta(days=7)
    cap: int = 3
    cap_days: int = 30
    topic: str = ""
    own: Budget | None = None


Overrides = Mapping[str, Override]


@dataclass(frozen=True, slots=True)
class Slide:
    """Not now: until when, which code, and the sentence people read."""

    until: datetime
    code: str
    sentence: str


def budget_for(
    workspace: Budget,
    preferred_gap_days: int | None,
    *,
    topic: str = "",
    topics: Overrides | None = None,
    theirs: Overrides | None = None,
) -> Budget:
    """The budget of one person for a mail about a topic; their own choice always wins, shorter or longer.

    Next come a colleague's numbers for the person, those for the topic, the workspace's. A topic keeps its
    own mails that far apart, and where it asks for less it lets them follow other mail sooner.
    """
    for_them = (theirs or {}).get("")
    whole = _with(workspace, for_them)
    about = (theirs or {}).get(topic) or (topics or {}).get(topic) if topic else None
    if about is not None:
        own = _with(whole, about)
        if for_them is None:
            whole = replace(whole, gap=min(whole.gap, own.gap), cap=_more(whole.cap, own.cap))
        whole = replace(whole, topic=topic, own=own)
    if preferred_gap_days is None:
        return whole
    return replace(
        whole, gap=timedelta(days=preferred_gap_days), own=_beside_choice(whole, preferred_gap_days)
    )


def slide_for(now: datetime, sent: Sequence[Touch], budget: Budget) -> Slide | None:
    """What contact pressure says at `now`, given what left before, in any order; None means go.

    A message leaves the cap's window exactly `cap_days` after it was sent.
    """
    slides = [_slide(now, sorted(sent), budget, "messages")]
    if budget.own is not None:
        same = sorted(touch for touch in sent if touch.topic == budget.topic)
        slides.append(_slide(now, same, budget.own, f"messages about {budget.topic.replace('_', ' ')}"))
    return max((slide for slide in slides if slide), key=lambda slide: slide.until, default=None)


def _slide(now: datetime, recent: Sequence[Touch], budget: Budget, noun: str) -> Slide | None:
    if recent and (free := recent[-1].at + budget.gap) > now:
        days, last = budget.gap.days, recent[-1]
        by = f" from {last.by}" if last.by else ""
        sentence = f"Heard from us on {last.at:%-d %b}{by}; at least {days} days lie between two {noun}."
        return Slide(free, "gap", sentence)
    inside = [touch.at for touch in recent if touch.at > now - timedelta(days=budget.cap_days)]
    if budget.cap and len(inside) >= budget.cap:
        free = inside[-budget.cap] + timedelta(days=budget.cap_days)
        sentence = f"{len(inside)} {noun} in {budget.cap_days} days; the cap is {budget.cap}."
        return Slide(free, "cap", sentence)
    return None


def _with(budget: Budget, override: Override | None) -> Budget:
    if override is None:
        return budget
    gap = budget.gap if override.gap_days is None else timedelta(days=override.gap_days)
    cap = budget.cap if override.cap is None else override.cap
    return Budget(gap, cap, override.cap_days or budget.cap_days)


def _more(one: int, other: int) -> int:
    """The looser of two caps; 0 is none at all."""
    return 0 if 0 in (one, other) else max(one, other)


def _beside_choice(budget: Budget, preferred_gap_days: int) -> Budget | None:
    """What is left of a topic's own numbers beside the person's choice: how many, no longer how far apart."""
    return budget.own and replace(budget.own, gap=min(budget.own.gap, timedelta(days=preferred_gap_days)))
