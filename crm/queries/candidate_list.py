"""One page of the candidate list: who, in what order, how many in all, and what each filter offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, SearchCandidate, Skill, Tag
from crm.policies import engagement
from crm.queries.attachments import Snippet, snippets
from crm.queries.candidates import SORTS, Filters, search
from crm.queries.engagement import scale

SIZE = 50
_OFFERED = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A person in the list, with their score now."""

    candidate: SearchCandidate
    score: int
    level: str
    snippet: Snippet | None = None


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """The rows from `first` to `last` of `total`."""

    rows: list[Row]
    first: int
    last: int
    total: int
    number: int

    @property
    def has_next(self) -> bool:
        return self.last < self.total


@dataclass(frozen=True, slots=True)
class Offers:
    """What the filters can be set to in this workspace."""

    owners: list[tuple[int, str]]
    tags: list[tuple[int, str]]
    skills: list[tuple[int, str]]


def page_of(filters: Filters, *, sort: str, number: int, now: datetime) -> CandidatePage:
    """The page with this number, counted from 1; beyond the end it is empty. At most seven statements."""
    people, start = search(filters, now=now), (number - 1) * SIZE
    column, is_descending = SORTS.get(sort.removeprefix("-"), "created_at"), sort.startswith("-")
    counted = people.aggregate(total=Count("pk"), known=Count(column))
    total = counted["total"]
    people = people.select_related("owner")
    if start >= total:
        found = []
    elif is_descending and counted["known"] < total:
        found = _known_first(people, column, start, counted["known"])
    else:
        order = (f"-{column}", "-pk") if is_descending else (column, "pk")
        found = list(people.order_by(*order)[start : start + SIZE])
    hits = snippets([candidate.pk for candidate in found], filters.text) if filters.text else {}
    scored = scale()
    rows = [_row(candidate, now, scored, hits.get(candidate.pk)) for candidate in found]
    return CandidatePage(rows, start + 1 if rows else 0, start + len(rows), total, number)


def ids_of(filters: Filters, *, now: datetime) -> list[int]:
    """Everybody the filters find, by id; for acting on all results."""
    return list(search(filters, now=now).order_by("pk").values_list("pk", flat=True))


def in_batches(filters: Filters, *, now: datetime, size: int = 2_000) -> Iterator[list[SearchCandidate]]:
    """Everybody the filters find, by id, without ever holding more than one batch."""
    people, last = search(filters, now=now).select_related("owner").order_by("pk"), 0
    while batch := list(people.filter(pk__gt=last)[:size]):
        yield batch
        last = batch[-1].pk


def offers() -> Offers:
    """Colleagues, and the tags and skills used most. Three statements."""
    return Offers(
        owners=owners(),
        tags=_most_used(Tag, "candidate_tags"),
        skills=_most_used(Skill, "candidate_skills"),
    )


def owners() -> list[tuple[int, str]]:
    """Whom a candidate can belong to: active colleagues by name."""
    members = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    people = members.select_related("user").order_by("user__name", "user__email")
    return [(member.user_id, str(member.user)) for member in people]


def _most_used(model: type[Any], uses: str) -> list[tuple[int, str]]:
    counted = model.objects.annotate(uses=Count(uses)).order_by("-uses", "name")[:_OFFERED]
    return [(word.pk, word.name) for word in counted]


def _known_first(
    people: QuerySet[SearchCandidate], column: str, start: int, known: int
) -> list[SearchCandidate]:
    """Descending, people without a value come last; asked for apart, both halves walk the column's index."""
    found: list[SearchCandidate] = []
    if start < known:
        valued = people.filter(**{f"{column}__isnull": False}).order_by(f"-{column}", "-pk")
        found = list(valued[start : start + SIZE])
    if len(found) < SIZE:
        first = max(0, start - known)
        rest = people.filter(**{f"{column}__isnull": True}).order_by("-pk")
        found += rest[first : first + SIZE - len(found)]
    return found


def _row(candidate: SearchCandidate, now: datetime, scale: engagement.Scale, snippet: Snippet | None) -> Row:
    score = engagement.shown(engagement.score_at(candidate.engagement_key, now, scale))
    return Row(candidate, score, engagement.level_at(candidate.engagement_key, now, scale), snippet)
