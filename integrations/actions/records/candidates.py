"""Candidates of an ATS: matched by reference, then by address or profile; doubtful ones are queued too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from crm.actions import drafts
from crm.actions import duplicates as duplicate_queue
from crm.actions.drafts import Draft
from crm.actions.upserts import Outcome as Upserted
from crm.actions.upserts import Upsert
from crm.models import Candidate, Consent
from crm.policies import contact_points, duplicates
from crm.policies.contact_points import InvalidContact
from crm.policies.people import Basis, Contact, Person
from crm.queries.duplicates import owners_of
from integrations.actions.records import filling
from integrations.actions.records.matching import Fresh, Outcome
from integrations.models import Connection, ExternalRef
from integrations.providers.base import CandidateRecord

_COLUMNS = (
    *(
        "first_name",
        "last_name",
        "current_title",
        "current_company",
        "city",
        "region",
        "country",
        "time_zone",
    ),
    *("role_family", "seniority", "source"),
)
_LIMITS = {
    "first_name": 200,
    "last_name": 200,
    "current_title": 200,
    "current_company": 200,
    "city": 120,
    "region": 120,
    "source": 120,
}
_NORMALIZERS: dict[str, Callable[[str, str], str]] = {
    "email": lambda value, country: contact_points.normalize_email(value),
    "phone": lambda value, country: contact_points.normalize_phone(value, country),
    "link": lambda value, country: contact_points.normalize_link(value),
}
_DOUBT = "shares an address or profile with somebody else; created and queued for review"
_RESULTS = {"created": "created", "updated": "changed", "unchanged": "unchanged", "refused": "skipped"}


@dataclass(slots=True)
class _Placed(Upsert):
    """An upsert whose people were placed beforehand: `places` has a candidate id, or None for a new one."""

    places: Mapping[int, int | None] = field(default_factory=dict)

    def _find(self) -> None:
        # Not super(): a dataclass with slots is a new class, which zero-argument super() does not know.
        Upsert._find(self)
        wanted = {place for place in self.places.values() if place}
        self._drafts |= drafts.load(wanted - self._drafts.keys())

    def _apply(self, person: Person) -> tuple[Upserted, Draft | None]:
        if any(self._reason(identity) == "erased" for identity in person.identities):
            return Upserted("refused", None, "erased", "This person asked to be erased."), None
        place = self.places[id(person)]
        if place is not None:
            draft = self._drafts[place]
            mine = replace(person, custom=_unedited(draft, person))
            return Upserted("updated" if self._fill(draft, mine) else "unchanged"), draft
        draft = Draft(is_new=True)
        draft.columns["origin"] = self.origin
        self._new.append(draft)
        self._fill(draft, person)
        return Upserted("created"), draft


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Whom here, and which records of the same page, a record shares an address with."""

    records: set[int]
    repeated: set[str]


def fill(persons: Mapping[int, Person], *, origin: str, now: datetime) -> None:
    """Put what applications tell into the people they are of, by candidate id; nobody is created."""
    gone = _gone(set(persons))
    living = {pk: person for pk, person in persons.items() if pk not in gone}
    upsert = _Placed(list(living.values()), origin=origin, now=now)
    upsert.places = {id(person): pk for pk, person in living.items()}
    upsert.run()


def _unedited(draft: Draft, person: Person) -> dict[str, Any]:
    """Fields of our own that nobody changed here since the ATS said so."""
    said_at = person.read_at.isoformat() if person.read_at else ""
    return {
        key: value for key, value in person.custom.items() if draft.edited.get(f"custom.{key}", "") <= said_at
    }


def apply_candidates(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """Update by ATS id, link by address or profile, else create; a bounded number of statements."""
    people = {item.row.external_id: _person(connection, item) for item in fresh}
    places, doubtful = _placed(connection, fresh, people)
    gone = _gone({place for place in places.values() if place})
    kept = [item for item in fresh if places[item.row.external_id] not in gone]
    persons = [people[item.row.external_id][0] for item in kept]
    upsert = _Placed(persons, origin=connection.kind, now=now)
    upsert.places = {id(people[ext][0]): place for ext, place in places.items()}
    outcomes = {
        item.row.external_id: Outcome("skipped", warning="erased here; it is not created again")
        for item in fresh
        if places[item.row.external_id] in gone
    }
    for item, result in zip(kept, upsert.run(), strict=True):
        doubt = _DOUBT if item.row.external_id in doubtful else ""
        warnings = [*people[item.row.external_id][1], result.reason, doubt]
        outcomes[item.row.external_id] = Outcome(
            _RESULTS[result.outcome],
            result.candidate_id,
            warning="; ".join(filter(None, warnings)),
            applied=_taken(item.record),
        )
    _queue(outcomes, doubtful, now)
    return outcomes


def _person(connection: Connection, item: Fresh) -> tuple[Person, list[str]]:
    """What the ATS changed since we read it last; what it never said stays as it is here."""
    record: CandidateRecord = item.record
    contacts, warnings = _contacts(record)
    before = item.ref.applied if item.ref else {}
    columns = {name: value for name, value in _columns(record).items() if value != before.get(name, "")}
    filled = filling.news(dict(record.filled), before.get("filled") or {})
    basis = Basis(source=connection.name, basis=Consent.Basis.APPLICATION, granted_at=record.created_at)
    person = Person(
        columns=columns | filling.columns_of(filled),
        contacts=contacts,
        skills=record.skills,
        tags=record.tags,
        custom=filling.custom_of(filled),
        basis=None if item.ref else basis,
        read_at=record.updated_at,
    )
    return person, warnings


def _columns(record: CandidateRecord) -> dict[str, Any]:
    return {name: getattr(record, name)[: _LIMITS.get(name, 64)] for name in _COLUMNS}


def _taken(record: CandidateRecord) -> dict[str, Any]:
    """What is remembered as taken over, and what the ATS said of fields that are mapped elsewhere."""
    more = {"filled": dict(record.filled), "said": dict(record.said)}
    return _columns(record) | {name: values for name, values in more.items() if values}


def _contacts(record: CandidateRecord) -> tuple[tuple[Contact, ...], list[str]]:
    found: dict[tuple[str, str], Contact] = {}
    warnings = []
    for contact in record.contacts:
        try:
            normalized = _NORMALIZERS[contact.kind](contact.value, record.country)
        except InvalidContact as wrong:
            warnings.append(str(wrong))
            continue
        found.setdefault((contact.kind, normalized), Contact(contact.kind, contact.value, normalized))
    return tuple(found.values()), warnings


def _placed(
    connection: Connection, fresh: list[Fresh], people: Mapping[str, tuple[Person, list[str]]]
) -> tuple[dict[str, int | None], dict[str, _Doubt]]:
    """Where each record goes, and which ones a person should look at.

    One person with the address or profile and without an id of this connection is linked; several, or one
    that already stands for another ATS record, make a new candidate and a question in the duplicates queue.
    """
    places: dict[str, int | None] = {item.row.external_id: item.ref.object_id for item in fresh if item.ref}
    unknown = [item for item in fresh if not item.ref]
    addresses = {ext: people[ext][0].identities for ext in (item.row.external_id for item in unknown)}
    owners = owners_of({identity for group in addresses.values() for identity in group})
    taken = _with_reference(connection, {owner for ids in owners.values() for owner in ids})
    claimed: dict[tuple[str, str], str] = {}
    doubtful: dict[str, _Doubt] = {}
    for item in unknown:
        ext = item.row.external_id
        found = duplicates.verdict(addresses[ext], owners)
        matches = set(found.records)
        repeated = {claimed[identity] for identity in addresses[ext] if identity in claimed}
        claimed |= dict.fromkeys(addresses[ext], ext)
        places[ext] = None
        if found.outcome == "same" and not matches & taken and not repeated:
            places[ext] = found.records[0]
            taken |= matches
        elif matches or repeated:
            doubtful[ext] = _Doubt(matches, repeated)
    return places, doubtful


def _with_reference(connection: Connection, candidate_ids: set[int]) -> set[int]:
    """Those who stand for an ATS record already, themselves or through somebody merged into them."""
    merged = dict(Candidate.objects.filter(merged_into__in=candidate_ids).values_list("pk", "merged_into_id"))
    refs = ExternalRef.objects.filter(
        connection=connection, kind=ExternalRef.Kind.CANDIDATE, object_id__in=candidate_ids | merged.keys()
    )
    return {merged.get(pk) or pk for pk in refs.values_list("object_id", flat=True)}


def _gone(candidate_ids: set[int]) -> set[int]:
    """Erased or deleted here since: the ATS does not bring them back."""
    living = Candidate.objects.filter(pk__in=candidate_ids, anonymized_at=None)
    return candidate_ids - set(living.values_list("pk", flat=True))


def _queue(outcomes: Mapping[str, Outcome], doubtful: Mapping[str, _Doubt], now: datetime) -> None:
    """Ask in the duplicates queue whether a new record is one of those it shares an address with."""
    pairs: dict[tuple[int, int], tuple[str, ...]] = {}
    for ext, doubt in doubtful.items():
        mine = outcomes[ext].object_id
        theirs = doubt.records | {outcomes[other].object_id or 0 for other in doubt.repeated}
        pairs |= {(mine, pk): ("email",) for pk in theirs - {0, mine} if mine}
    duplicate_queue.queue(pairs, now=now)
