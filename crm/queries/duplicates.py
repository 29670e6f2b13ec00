"""The one duplicate check, used by every door: same address or profile, same person; names only suggest."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, DuplicatePair
from crm.policies import duplicates
from crm.policies.people import Contact, Person

_MOST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who is, or may be, the same person, and what speaks for it."""

    candidate: Candidate
    score: int
    because: str

    @property
    def is_certain(self) -> bool:
        return self.score == 100


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
            WHERE p.workspace_id = (SELECT %s) AND ({wanted})
              AND c.anonymized_at IS NULL AND c.merged_into_id IS NULL
            ORDER BY p.candidate_id
            """,  # noqa: S608 - only placeholders are put together
            [current_workspace_id(), *(part for item in by_kind.items() for part in item)],
        )
        for kind, normalized, candidate_id in cursor.fetchall():
            owners[kind, normalized].append(candidate_id)
    return owners


def same_people(person: Person) -> list[Candidate]:
    """Everybody here who is certainly this person: more than one means they should be merged."""
    found = duplicates.verdict(person.identities, owners_of(person.identities))
    return list(Candidate.objects.filter(pk__in=found.records).order_by("pk"))


def suggestions(person: Person, *, besides: Iterable[int] = ()) -> list[Suggestion]:
    """People who are or may be the same, likeliest first: address, profile, phone, name. Three statements.

    Nobody is merged by what this finds; somebody looks at them first.
    """
    left_out = set(besides)
    contacts = [(contact.kind, contact.normalized) for contact in person.contacts]
    signs: dict[int, set[str]] = defaultdict(set)
    for (kind, normalized), owners in owners_of(contacts).items():
        for owner in owners:
            signs[owner].add(duplicates.sign_of(kind, normalized))
    columns = person.columns
    name = f"{columns.get('first_name', '')} {columns.get('last_name', '')}".strip()
    likely = Q(pk__in=[pk for pk, shared in signs.items() if shared - {""}])
    words = folded_words([name, str(columns.get("current_company", ""))])
    if name:
        likely |= Q(full_name_folded=words[name])
    living = Candidate.objects.filter(likely, anonymized_at=None, merged_into=None).exclude(pk__in=left_out)
    found = []
    for candidate in living.order_by("pk")[: _MOST * 10]:
        if name and candidate.full_name_folded == words[name]:
            company = words[str(columns.get("current_company", ""))]
            is_same_place = bool(company) and candidate.current_company_folded == company
            signs[candidate.pk].add("name_company" if is_same_place else "name")
        shared = signs[candidate.pk]
        found.append(Suggestion(candidate, duplicates.likelihood(shared), duplicates.sentence(shared)))
    return sorted(found, key=lambda one: (-one.score, one.candidate.pk))[:_MOST]


def beside(candidate: Candidate) -> list[Suggestion]:
    """People who may be this one, but for those somebody said are not. Four statements."""
    names = ("first_name", "last_name", "current_company")
    points = candidate.contact_points.order_by("pk").values_list("kind", "value", "normalized")
    contacts = tuple(Contact(*point) for point in points)
    person = Person(columns={name: getattr(candidate, name) for name in names}, contacts=contacts)
    pairs = DuplicatePair.objects.filter(Q(first=candidate) | Q(second=candidate), state="dismissed")
    others = {pk for pair in pairs.values_list("first_id", "second_id") for pk in pair}
    return suggestions(person, besides={candidate.pk, *others})


def queue(*, state: str = DuplicatePair.State.OPEN) -> QuerySet[DuplicatePair]:
    """Pairs with both people, likeliest first, without those whose people were merged or erased otherwise."""
    pairs = DuplicatePair.objects.filter(state=state).select_related("first__owner", "second__owner")
    if state == DuplicatePair.State.MERGED:
        return pairs.order_by("-decided_at", "pk")
    living = {f"{side}__{gone}": None for side in ("first", "second") for gone in _GONE}
    return pairs.filter(**living).order_by("-score", "pk")


_GONE = ("merged_into", "anonymized_at")


def folded_words(words: Collection[str]) -> dict[str, str]:
    """Each word as the database folds it: lower case, without accents. One statement."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT w, rekindle_fold(w) FROM unnest(%s::text[]) AS w", [list(words)])
        return dict(cursor.fetchall())
