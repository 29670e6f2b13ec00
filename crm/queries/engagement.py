from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Event, Workspace
from crm.policies import engagement
from crm.policies.engagement import Level, Point, Scale, Signal


@dataclass(frozen=True, slots=True)
class Score:
    """A person's engagement now, with every point explained."""

    shown: int
    exact: float
    level: Level
    points: list[Point]
    scale: Scale


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


def scale() -> Scale:
    """How the workspace in scope scores. One statement."""
    return scale_of(Workspace.objects.get(pk=current_workspace_id()))


def scale_of(workspace: Workspace) -> Scale:
    """How this workspace scores."""
    return Scale(
        weights=engagement.WEIGHTS | workspace.engagement_weights,
        half_life=workspace.engagement_half_life_days,
        warm=workspace.engagement_warm,
        hot=workspace.engagement_hot,
        epoch=workspace.engagement_epoch_days,
    )


def level_q(levels: Iterable[str], *, now: datetime, scale: Scale) -> Q:
    """The people of any of these levels, as ranges of the stored key; a level nobody knows is nobody's."""
    warm, hot = (engagement.key_for_score(score, now, scale) for score in (scale.warm, scale.hot))
    ranges = {
        "none": Q(engagement_key=None),
        "cold": Q(engagement_key__lt=warm),
        "warm": Q(engagement_key__gte=warm, engagement_key__lt=hot),
        "hot": Q(engagement_key__gte=hot),
    }
    return reduce(or_, [ranges[level] for level in levels if level in ranges], Q(pk__in=[]))


def score_of(candidate: Candidate, *, now: datetime, scale: Scale | None = None) -> Score:
    """The score on the profile: the number, its level, and what it is made of."""
    scale = scale or scale_of(Workspace.objects.get(pk=current_workspace_id()))
    key = candidate.engagement_key
    exact = engagement.score_at(key, now, scale)
    points = engagement.points_at(signals_of([candidate.pk]).get(candidate.pk, []), now, scale)
    return Score(engagement.shown(exact), exact, engagement.level_at(key, now, scale), points, scale)
