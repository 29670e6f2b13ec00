from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from crm.models import Candidate, Event
from crm.policies import engagement
from crm.policies.engagement import Level, Point, Signal


@dataclass(frozen=True, slots=True)
class Score:
    """A person's engagement now, with every point explained."""

    shown: int
    exact: float
    level: Level
    points: list[Point]


def signals_of(candidate_ids: Collection[int]) -> dict[int, list[Signal]]:
    """Every scoring signal of these people, oldest first; clicks found to be a scanner's left out."""
    found: dict[int, list[Signal]] = defaultdict(list)
    theirs = Event.objects.filter(candidate_id__in=candidate_ids)
    disproved = theirs.filter(kind="message.click_disproved").values_list("data__event", flat=True)
    rows = theirs.filter(kind__in=list(engagement.WEIGHTS)).exclude(pk__in=list(disproved))
    for owner, kind, at, pk, data in rows.order_by("occurred_at", "pk").values_list(
        "candidate_id", "kind", "occurred_at", "pk", "data"
    ):
        if engagement.is_signal(kind, data):
            found[owner].append(Signal(kind, at, pk))
    return found


def score_of(candidate: Candidate, *, now: datetime) -> Score:
    """The score on the profile: the number, its level, and what it is made of. One statement."""
    exact = engagement.score_at(candidate.engagement_key, now)
    points = engagement.points_at(signals_of([candidate.pk]).get(candidate.pk, []), now)
    level = engagement.level_at(candidate.engagement_key, now)
    return Score(engagement.shown(exact), exact, level, points)
