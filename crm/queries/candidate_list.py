"""One page of the candidate list: who, in what order, how many in all, and what each filter offers."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from crm.kernel.tenancy import current_workspace_id
from crm.models import CandidateSkill, CandidateTag, Membership, SearchCandidate, Skill, Tag
from crm.policies import engagement
from crm.policies.ownership import Ownership
from crm.queries.attachments import Snippet, snippets
from crm.queries.candidates import NULLABLE, SORTS, Filters, search
from crm.queries.ownership import ownerships

SIZE = 50
MANY = 10_000
"""Up to so many results the total is counted for every page."""
_OFFERED = 30
_LATELY = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """A person in the list, with their score now."""

    candidate: SearchCandidate
    score: int
    level: str
    snippet: Snippet | None = None
    ownership: Ownership | None = None


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


def page_of(
    filters: Filters,
    *,
    sort: str,
    number: int,
    now: datetime,
    scored: engagement.Scale,
    with_ownership: bool = False,
) -> CandidatePage:
    """The page with this number, counted from 1; beyond the end it is empty. At most seven statements,
    three more when it shows whose each person is.
    """
    people, start = search(filters, now=now), (number - 1) * SIZE
    total = _total(people, filters)
    found = _slice(people.select_related("owner"), sort, start) if start < total else []
    hits = snippets([candidate.pk for candidate in found], filters.text) if filters.text else {}
    owned = ownerships([candidate.pk for candidate in found]) if with_ownership else {}
    rows = [_row(one, now, scored, hits.get(one.pk), owned.get(one.pk)) for one in found]
    return CandidatePage(rows, start + 1 if rows else 0, start + len(rows), total, number)


def _total(people: QuerySet[SearchCandidate], filters: Filters) -> int:
    """Exact; of many thousands, exact within the last minute."""
    counted = people.order_by()[: MANY + 1].count()
    if counted <= MANY:
        return counted
    asked = hashlib.sha256(repr(filters).encode()).hexdigest()
    key = f"people:{current_workspace_id()}:{asked}"
    known: int | None = cache.get(key)
    if known is None:
        known = people.count()
        cache.set(key, known, timeout=60)
    return known


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
    """Colleagues, and the tags and skills used most lately. Three statements."""
    return Offers(
        owners=owners(),
        tags=_most_used(Tag, CandidateTag, "tag_id"),
        skills=_most_used(Skill, CandidateSkill, "skill_id"),
    )


def owners() -> list[tuple[int, str]]:
    """Whom a candidate can belong to: active colleagues by name."""
    members = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    people = members.select_related("user").order_by("user__name", "user__email")
    return [(member.user_id, str(member.user)) for member in people]


def _most_used(words: type[Any], links: type[Any], key: str) -> list[tuple[int, str]]:
    """Of the words given last, but those put away: counting all would read millions of rows for a menu."""
    # Names come from the models, values are parameters.
    statement = f"""
        SELECT word.* FROM (
            SELECT lately.{key} AS id, count(*) AS times FROM (
                SELECT {key} FROM {links._meta.db_table} WHERE workspace_id = %(workspace)s
                ORDER BY id DESC LIMIT {_LATELY}) AS lately GROUP BY 1) AS used
        JOIN {words._meta.db_table} AS word ON word.workspace_id = %(workspace)s AND word.id = used.id
        WHERE word.archived_at IS NULL ORDER BY used.times DESC, word.name LIMIT {_OFFERED}"""  # noqa: S608
    return [
        (word.pk, word.name) for word in words.objects.raw(statement, {"workspace": current_workspace_id()})
    ]


def _slice(people: QuerySet[SearchCandidate], sort: str, start: int) -> list[SearchCandidate]:
    """One page in the order asked for, people without a value last."""
    column, is_descending = SORTS.get(sort.removeprefix("-"), "created_at"), sort.startswith("-")
    if not (is_descending and column in NULLABLE):
        order = (f"-{column}", "-pk") if is_descending else (column, "pk")
        return list(people.order_by(*order)[start : start + SIZE])
    # Those with a value and those without are asked for apart: so both walk the column's index.
    valued = people.filter(**{f"{column}__isnull": False})
    found = list(valued.order_by(f"-{column}", "-pk")[start : start + SIZE])
    if len(found) < SIZE:
        first = max(0, start - valued.count()) if start else 0
        rest = people.filter(**{f"{column}__isnull": True}).order_by("-pk")
        found += rest[first : first + SIZE - len(found)]
    return found


def _row(
    candidate: SearchCandidate,
    now: datetime,
    scale: engagement.Scale,
    snippet: Snippet | None,
    owned: Ownership | None,
) -> Row:
    score = engagement.shown(engagement.score_at(candidate.engagement_key, now, scale))
    level = engagement.level_at(candidate.engagement_key, now, scale)
    return Row(candidate, score, level, snippet, owned if owned and not owned.is_over(now) else None)
