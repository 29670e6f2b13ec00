"""The people of each CRM stage, side by side."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, F

from crm.models import SearchCandidate, Stage
from crm.policies import engagement
from crm.queries.candidates import Filters, search
from crm.queries.engagement import scale

CARDS = 25


@dataclass(frozen=True, slots=True)
class Card:
    """A person on the board, with their score now, and the stages on either side."""

    candidate: SearchCandidate
    score: int
    level: str
    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Column:
    """A stage: how many are in it, and those who gave a sign last."""

    stage: str
    label: str
    total: int
    cards: list[Card]


def columns(filters: Filters, *, now: datetime) -> list[Column]:
    """One column per CRM stage, in order; a statement each and one that counts them all."""
    people = search(replace(filters, stage=tuple(Stage.values)), now=now).order_by()
    totals = dict(people.values_list("stage").annotate(Count("pk")))
    scored = scale()
    return [
        Column(
            stage,
            str(label),
            totals.get(stage, 0),
            _cards(filters, stage, now, scored) if totals.get(stage) else [],
        )
        for stage, label in Stage.choices
    ]


def _cards(filters: Filters, stage: str, now: datetime, scored: engagement.Scale) -> list[Card]:
    people = search(replace(filters, stage=(stage,)), now=now).select_related("owner")
    latest = people.order_by(F("last_engaged_at").desc(nulls_last=True), "-pk")[:CARDS]
    order = list(Stage.values)
    rank = order.index(stage)
    earlier = order[rank - 1] if rank else ""
    later = order[rank + 1] if rank + 1 < len(order) else ""
    return [
        Card(
            candidate=candidate,
            score=engagement.shown(engagement.score_at(candidate.engagement_key, now, scored)),
            level=engagement.level_at(candidate.engagement_key, now, scored),
            earlier=earlier,
            later=later,
        )
        for candidate in latest
    ]
