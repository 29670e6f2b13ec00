"""Finding candidates: the filters of lists and of the API, and the orders they can be shown in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.db import connection
from django.db.models import Exists, F, OrderBy, OuterRef, Q, QuerySet, Value

from crm.models import Candidate, CandidateSkill, CandidateTag, ContactPoint, SearchCandidate
from crm.policies.rules.tree import Rule
from crm.queries import rules
from crm.queries.attachments import people_with
from crm.queries.engagement import level_q, scale
from crm.queries.ownership import held_q
from crm.queries.reachability import reachable_q

# Shorter beginnings of words are in every file.
_SHORTEST_IN_FILES = 3
# What a list can be ordered by: the word in the URL and the column it stands for.
SORTS: Mapping[str, str] = {
    "name": "full_name_folded",
    "full_name": "full_name_folded",
    "last_name": "last_name_folded",
    "engagement": "engagement_key",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "last_engaged_at": "last_engaged_at",
    "last_contacted_at": "last_contacted_at",
    "last_replied_at": "last_replied_at",
    "stage": "stage",
    "company": "current_company_folded",
    "current_company": "current_company_folded",
    "country": "country",
    "seniority": "seniority",
    "role_family": "role_family",
    "id": "pk",
}


NULLABLE = frozenset({"engagement_key", "last_engaged_at", "last_contacted_at", "last_replied_at"})
Place = tuple[Any, int]
"""Where a slice ended: the value it is ordered by, and the id."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Empty means not narrowed; several values of one filter mean any of them.

    `is_close` takes the words of `text` as mistyped ones.
    """

    text: str = ""
    stage: tuple[str, ...] = ()
    role_family: tuple[str, ...] = ()
    seniority: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    owner: tuple[int, ...] = ()
    tag: tuple[int, ...] = ()
    skill: tuple[int, ...] = ()
    reachable: bool | None = None
    is_held: bool | None = None
    rule: Rule | None = None
    is_close: bool = False


def living() -> QuerySet[Candidate]:
    """Everybody who can be opened: archived people too, merged and erased ones not."""
    return Candidate.objects.filter(anonymized_at=None, merged_into=None)


def found_by_contact(*, kind: str, normalized: str) -> QuerySet[Candidate]:
    """Who has this address, number, link or outside id."""
    points = ContactPoint.objects.filter(kind=kind, normalized=normalized)
    return living().filter(pk__in=points.values("candidate_id"))


def search(filters: Filters, *, now: datetime) -> QuerySet[SearchCandidate]:
    """The people a list shows, through the search view, where text has its index."""
    text = _close(filters.text) if filters.is_close else _text(filters.text)
    people = SearchCandidate.objects.filter(text, _levels(filters.level, now))
    if filters.rule is not None:
        people = people.filter(rules.condition(filters.rule, rules.language(), now=now))
    for column in ("stage", "role_family", "seniority", "country", "owner"):
        if wanted := getattr(filters, column):
            people = people.filter(**{f"{column}__in": wanted})
    links: tuple[tuple[Any, str, tuple[int, ...]], ...] = (
        (CandidateTag, "tag_id", filters.tag),
        (CandidateSkill, "skill_id", filters.skill),
    )
    for model, column, ids in links:
        if ids:
            people = people.filter(
                Exists(model.objects.filter(**{f"{column}__in": ids}, candidate_id=OuterRef("pk")))
            )
    for wanted, condition in ((filters.reachable, reachable_q), (filters.is_held, held_q)):
        if wanted is not None:
            people = people.filter(condition(now=now) if wanted else ~condition(now=now))
    return people


def ordered(people: QuerySet[SearchCandidate], sort: str) -> QuerySet[SearchCandidate]:
    """In the order asked for (“-engagement”), people without a value last; ties by id."""
    column, is_descending = _order(sort)
    by = OrderBy(F(column), descending=is_descending, nulls_last=None if column == "pk" else True)
    return people.order_by(by, "-pk" if is_descending else "pk")


def slice_after(
    people: QuerySet[SearchCandidate], sort: str, *, limit: int, after: Place | None = None
) -> list[SearchCandidate]:
    """So many people beyond the place, in the same order as `ordered`, walking the column's index."""
    column, is_descending = _order(sort)
    found: list[SearchCandidate] = []
    if after is None or after[0] is not None:
        valued = people.filter(**{f"{column}__isnull": False}) if column in NULLABLE else people
        ordered_by = (f"-{column}", "-pk") if is_descending else (column, "pk")
        found = list(valued.filter(_beyond(column, is_descending, after)).order_by(*ordered_by)[:limit])
    if column in NULLABLE and len(found) < limit:
        rest = people.filter(**{f"{column}__isnull": True}).order_by("-pk" if is_descending else "pk")
        if after is not None and after[0] is None:
            rest = rest.filter(_beyond("pk", is_descending, (after[1], after[1])))
        found += rest[: limit - len(found)]
    return found


def place_of(person: SearchCandidate, sort: str) -> Place:
    """Where a slice that ends with this person ended."""
    return getattr(person, _order(sort)[0]), person.pk


def _order(sort: str) -> tuple[str, bool]:
    return SORTS.get(sort.removeprefix("-"), "pk"), sort.startswith("-")


def _beyond(column: str, is_descending: bool, after: Place | None) -> Q:
    if after is None:
        return Q()
    further = "lt" if is_descending else "gt"
    if column == "pk":
        return Q(**{f"pk__{further}": after[1]})
    # The first condition is the index's, the second settles ties.
    at_least = Q(**{f"{column}__{further}e": after[0]})
    return at_least & (Q(**{f"{column}__{further}": after[0]}) | Q(**{f"pk__{further}": after[1]}))


def _text(text: str) -> Q:
    """Every word in name, address, title, company or a file; three letters and more use the index."""
    words = _folded(text).split()[:8]
    in_files = people_with([word for word in words if len(word) >= _SHORTEST_IN_FILES])
    found = Q()
    for word in words:
        here = Q(search_text__contains=word)
        found &= here | Q(pk__in=in_files[word]) if word in in_files else here
    return found


def _close(text: str) -> Q:
    """Every word much like one in name, title or company: for those who mistyped. Uses the same index."""
    found = Q()
    for word in _folded(text).split()[:8]:
        found &= Q(TrigramWordSimilar(F("search_text"), Value(word)))
    return found


def _levels(levels: tuple[str, ...], now: datetime) -> Q:
    return level_q(levels, now=now, scale=scale()) if levels else Q()


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rekindle_fold(%s)", [text])
        return str(cursor.fetchone()[0])
