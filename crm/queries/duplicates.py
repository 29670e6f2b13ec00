"""The one duplicate check, used by every door: same address or profile, same person; names only suggest."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, ContactPoint
from crm.policies.people import Person

_MOST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who may be the same person, and what speaks for it."""

    candidate: Candidate
    because: str


def owners_of(identities: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Whose each (kind, normalized) is: ids of living candidates, oldest first. One statement."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, normalized in identities:
        by_kind[kind].append(normalized)
    owners: dict[tuple[str, str], list[int]] = defaultdict(list)
    if not by_kind:
        return owners
    wanted = " OR ".join(["(p.kind = %s AND p.normalized = ANY(%s))"] * len(by_kind))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.kind, p.normalized, p.candidate_id FROM crm_contactpoint p
            JOIN crm_candidate c ON c.workspace_id = p.workspace_id AND c.id = p.candidate_id
            WHERE p.workspace_id = %s AND ({wanted}) AND c.anonymized_at IS NULL AND c.merged_into_id IS NULL
            ORDER BY p.candidate_id
            """,  # noqa: S608 - only placeholders are put together
            [current_workspace_id(), *(part for item in by_kind.items() for part in item)],
        )
        for kind, normalized, candidate_id in cursor.fetchall():
            owners[kind, normalized].append(candidate_id)
    return owners


def same_people(person: Person) -> list[Candidate]:
    """Everybody here who is certainly this person: more than one means they should be merged."""
    ids = {owner for owners in owners_of(person.identities).values() for owner in owners}
    return list(Candidate.objects.filter(pk__in=ids).order_by("pk"))


def suggestions(person: Person, *, besides: Iterable[int] = ()) -> list[Suggestion]:
    """People who may be the same: same phone or same name. Never merged without a person."""
    phones = [contact.normalized for contact in person.contacts if contact.kind == ContactPoint.Kind.PHONE]
    columns = person.columns
    name = f"{columns.get('first_name', '')} {columns.get('last_name', '')}".strip()
    likely = Q()
    if phones:
        likely |= Q(
            pk__in=ContactPoint.objects.filter(kind="phone", normalized__in=phones).values("candidate_id")
        )
    if name:
        likely |= Q(full_name_folded=_folded(name))
    if not likely:
        return []
    living = Candidate.objects.filter(likely, anonymized_at=None, merged_into=None)
    nearest = living.exclude(pk__in=list(besides)).order_by("pk")[:_MOST]
    company = str(columns.get("current_company", ""))
    found = [Suggestion(candidate, _because(candidate, name, company)) for candidate in nearest]
    return sorted(found, key=lambda suggestion: suggestion.because == "same name")


def _because(candidate: Candidate, name: str, company: str) -> str:
    if name and candidate.full_name.lower() == name.lower():
        is_same_place = bool(company) and candidate.current_company.lower() == company.lower()
        return "same name and company" if is_same_place else "same name"
    return "same phone number"


def _folded(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rekindle_fold(%s)", [text])
        return str(cursor.fetchone()[0])


def folded_words(words: Collection[str]) -> dict[str, str]:
    """Each word as the database folds it: lower case, without accents. One statement."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT w, rekindle_fold(w) FROM unnest(%s::text[]) AS w", [list(words)])
        return dict(cursor.fetchall())
