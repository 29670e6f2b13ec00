"""Who came into a segment and who left it, when, and by which version of its rules; and those versions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import CharField, F, Q, QuerySet, Value

from crm.models import Candidate
from crm.queries.candidates import Filters, search
from talentpools.models import Segment, SegmentMember, SegmentVersion
from talentpools.queries.rule_lines import Line, compared, of_rules

Side = Literal["", "entered", "left"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which moves are asked for; what is empty does not matter."""

    side: Side = ""
    version: int | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who came or left."""

    at: datetime
    what: str
    version: int | None
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Change:
    """A version with what is new in it and what is gone, as lines of sentences (+, - or neither)."""

    version: SegmentVersion
    lines: tuple[Line, ...]
    is_current: bool


def moves(segment: Segment, wanted: Wanted, *, now: datetime) -> QuerySet[Any, Any]:
    """The moves asked for, the latest first, as rows for `read`."""
    stays = SegmentMember.objects.filter(segment=segment, is_reviewed=True)
    if wanted.text:
        named = search(Filters(text=wanted.text), now=now).order_by().values("pk")
        stays = stays.filter(candidate_id__in=named)
    sides = {
        "entered": _side(stays, "entered", wanted),
        "left": _side(stays.filter(left_at__isnull=False), "left", wanted),
    }
    if wanted.side:
        return sides[wanted.side].order_by("-at", "-candidate_id")
    return sides["entered"].union(sides["left"], all=True).order_by("-at", "-candidate_id")


def read(rows: Sequence[dict[str, Any]]) -> list[Move]:
    """These rows with their people; one statement."""
    people = Candidate.objects.in_bulk({row["candidate_id"] for row in rows})
    return [
        Move(row["at"], row["what"], row["version"], people[row["candidate_id"]])
        for row in rows
        if row["candidate_id"] in people
    ]


def exported(rows: QuerySet[Any, Any], *, batch: int = 2_000) -> Iterator[tuple[object, ...]]:
    """The moves as rows of a file, a header first; a page at a time."""
    yield ("at", "move", "candidate", "name", "version")
    start = 0
    while page := list(rows[start : start + batch]):
        for move in read(page):
            yield (move.at.isoformat(), move.what, move.candidate.pk, str(move.candidate), move.version)
        start += batch


def versions(segment: Segment) -> list[Change]:
    """Every version kept, the newest first, each beside the one before it."""
    kept = list(SegmentVersion.objects.filter(segment=segment).select_related("saved_by").order_by("version"))
    said = [[(" ", line) for line in of_rules(one.rules, one.mode, one.parent_name)] for one in kept]
    changes = []
    for place, one in enumerate(kept):
        lines = compared(said[place - 1] if place else [], said[place])
        changes.append(Change(one, lines, one.version == segment.rules_version))
    return changes[::-1]


def version_of(segment: Segment, number: int) -> SegmentVersion | None:
    """What the segment asked by that version, if it was kept."""
    return SegmentVersion.objects.filter(segment=segment, version=number).first()


def _side(stays: QuerySet[SegmentMember], side: str, wanted: Wanted) -> QuerySet[Any, Any]:
    found = stays.filter(_between(f"{side}_at", wanted))
    if wanted.version is not None:
        found = found.filter(**{f"{side}_by_version": wanted.version})
    return (
        found.order_by()
        .annotate(at=F(f"{side}_at"), what=Value(side, CharField()), version=F(f"{side}_by_version"))
        .values("at", "what", "candidate_id", "version")
    )


def _between(column: str, wanted: Wanted) -> Q:
    found = Q()
    if wanted.since:
        found &= Q(**{f"{column}__date__gte": wanted.since})
    if wanted.until:
        found &= Q(**{f"{column}__date__lt": wanted.until + timedelta(days=1)})
    return found
