"""Pools, segments and shortlists of two records of one person, when they become one and two again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.actions import carrying, events
from crm.actions.carrying import Parting
from talentpools.models import Member, Segment, SegmentDecision, SegmentMember, ShortlistEntry

APP = "talentpools"
SUBSCRIBER = "talentpools.follow_merges"
_DECIDED = ("verdict", "decided_by_id", "decided_at")
_JUDGED = ("note", "added_by_id", "added_at", "verdict", "verdict_note")


@transaction.atomic
def follow(*, now: datetime | None = None) -> int:
    """Carry what stands here about merged people, and give back what undone merges took; twice is once.

    Returns how many merges and splits were followed.
    """
    taken = events.take(SUBSCRIBER)
    merged = list(carrying.merges_among(taken, app=APP))
    for parting in merged:
        _carry(parting, now or timezone.now())
    split = list(carrying.splits_among(taken, app=APP))
    for parting in split:
        _give_back(parting)
    return len(merged) + len(split)


def _carry(parting: Parting, now: datetime) -> None:
    """One stay remains where both were in; a person's “never in” and a verdict outlive the merge."""
    ended = {model.__name__: _end_doubles(model, parting, now) for model in (Member, SegmentMember)}
    kept_out = SegmentDecision.objects.filter(candidate_id=parting.other, verdict="exclude")
    traded = {
        "SegmentDecision": _trade(_beside(kept_out, parting, "segment"), parting, "segment_id", _DECIDED),
        "ShortlistEntry": _trade(_unjudged(parting), parting, "requisition_id", _JUDGED),
    }
    moved = carrying.carry(app=APP, keep=parting.keep, other=parting.other)
    _recount(ended["SegmentMember"])
    carrying.note_carried(parting, app=APP, data={"moved": moved, "ended": ended, "traded": traded})


def _give_back(parting: Parting) -> None:
    given = parting.carried or {}
    carrying.give_back(app=APP, moved=given["moved"], keep=parting.keep, other=parting.other)
    for model in (Member, SegmentMember):
        model.objects.filter(pk__in=given["ended"][model.__name__]).update(left_at=None)
    _recount(given["ended"]["SegmentMember"])
    _trade_back(SegmentDecision, given["traded"]["SegmentDecision"], _DECIDED)
    _trade_back(ShortlistEntry, given["traded"]["ShortlistEntry"], _JUDGED)
    carrying.note_returned(parting, app=APP)


def _end_doubles(model: Any, parting: Parting, now: datetime) -> list[int]:
    column = "pool" if model is Member else "segment"
    here = model.objects.filter(candidate_id=parting.other, left_at=None)
    beside = model.objects.filter(candidate_id=parting.keep, left_at=None, **{column: OuterRef(column)})
    ids = list(here.filter(Exists(beside)).order_by("pk").values_list("pk", flat=True))
    model.objects.filter(pk__in=ids).update(left_at=now)
    return ids


def _recount(stays: list[int]) -> None:
    """What the segments of these stays hold now: two people who are one are counted once."""
    inside = SegmentMember.objects.filter(segment=OuterRef("pk"), left_at=None, is_reviewed=True)
    size = Subquery(inside.order_by().values("segment").annotate(size=Count("pk")).values("size"))
    here = Segment.objects.filter(members__in=stays).order_by().values("pk")
    Segment.objects.filter(pk__in=here).update(size=Coalesce(size, 0))


def _beside(rows: QuerySet[Any], parting: Parting, column: str) -> QuerySet[Any]:
    """Those of the rows whose like the one kept has as well."""
    like = rows.model._default_manager.filter(candidate_id=parting.keep, **{column: OuterRef(column)})
    return rows.filter(Exists(like))


def _unjudged(parting: Parting) -> QuerySet[ShortlistEntry]:
    """Entries with a verdict, where the one kept stands on the same list without one."""
    judged = ShortlistEntry.objects.filter(candidate_id=parting.other).exclude(verdict="")
    open_ = ShortlistEntry.objects.filter(
        candidate_id=parting.keep, verdict="", requisition=OuterRef("requisition")
    )
    return judged.filter(Exists(open_))


def _trade(rows: QuerySet[Any], parting: Parting, column: str, columns: tuple[str, ...]) -> list[list[int]]:
    """Let each of the rows and its like with the one kept trade what they say; returns the pairs."""
    theirs = {getattr(row, column): row for row in rows}
    ours = rows.model._default_manager.filter(candidate_id=parting.keep, **{f"{column}__in": theirs})
    pairs = [(row, theirs[getattr(row, column)]) for row in ours.order_by("pk")]
    _swap(rows.model, pairs, columns)
    return [[mine.pk, other.pk] for mine, other in pairs]


def _trade_back(model: Any, pairs: list[list[int]], columns: tuple[str, ...]) -> None:
    found = model.objects.in_bulk([pk for pair in pairs for pk in pair])
    both = [(found[mine], found[other]) for mine, other in pairs if mine in found and other in found]
    _swap(model, both, columns)


def _swap(model: Any, pairs: list[tuple[Any, Any]], columns: tuple[str, ...]) -> None:
    for mine, other in pairs:
        for name in columns:
            held = getattr(mine, name)
            setattr(mine, name, getattr(other, name))
            setattr(other, name, held)
    rows = [row for pair in pairs for row in pair]
    if rows:
        model.objects.bulk_update(rows, [name.removesuffix("_id") for name in columns])
