"""One shape for a person, whichever door they come through, and the rules for reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.models import Consent, ContactPoint, CustomField
from crm.policies import candidate_fields, contact_points
from crm.policies.contact_points import EXTERNAL, InvalidContact


class InvalidPerson(ValueError):
    """Some of what was given cannot be stored; `fields` says what and why."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in fields.items()))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody, as given and as compared."""

    kind: str
    value: str
    normalized: str

    @property
    def identifies(self) -> bool:
        """Whether the same one means the same person. A phone may be shared, a company page too."""
        if self.kind == ContactPoint.Kind.LINK:
            return contact_points.is_profile(self.normalized)
        return self.kind in (ContactPoint.Kind.EMAIL, EXTERNAL)


@dataclass(frozen=True, slots=True)
class Basis:
    """Why we may hold somebody's data and write to them; becomes a Consent."""

    source: str
    basis: str = Consent.Basis.LEGITIMATE_INTEREST
    purpose: str = "talent_pool"
    text_version: str = ""
    granted_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a door knows about somebody. A column that is not in `columns` stays as it is.

    `read_at` is when an outside system said it: a field edited here later keeps its value.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    skills: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    basis: Basis | None = None
    read_at: datetime | None = None

    identities: tuple[tuple[str, str], ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # (kind, normalized) pairs that say who this is; asked for often, so worked out once.
        found = tuple((contact.kind, contact.normalized) for contact in self.contacts if contact.identifies)
        object.__setattr__(self, "identities", found)


LISTS = {"emails": "email", "phones": "phone", "links": "link"}
SETS = ("skills", "tags")
OTHERS = ("email", "phone", "link", "external_id", "owner", "custom", "full_name")
KNOWN = frozenset({*candidate_fields.CLEANERS, *LISTS, *SETS, *OTHERS})


def read(
    given: Mapping[str, Any],
    *,
    custom_fields: Mapping[str, CustomField],
    members: Mapping[str, int] | None = None,
    basis: Basis | None = None,
    read_at: datetime | None = None,
    country: str = "",
) -> Person:
    """The person in what was given (names as in the API). Raises InvalidPerson with every fault at once.

    `members` maps the address and the id (as text) of each colleague to a user id, for `owner`;
    `country` is where phone numbers without a + are from when the person's own is not known.
    """
    faults: dict[str, str] = {}
    columns = _columns(given, faults)
    if given.get("owner") not in (None, ""):
        columns["owner_id"] = _owner(given["owner"], members or {}, faults)
    elif "owner" in given:
        columns["owner_id"] = None
    person = Person(
        columns=columns,
        contacts=_contacts(given, str(columns.get("country") or country), faults),
        skills=_words("skills", given, faults),
        tags=_words("tags", given, faults),
        custom=_custom(given.get("custom") or {}, custom_fields, faults),
        basis=basis,
        read_at=read_at,
    )
    for name in given.keys() - KNOWN:
        faults[name] = "Unknown field."
    if faults:
        raise InvalidPerson(faults)
    return person


def _columns(given: Mapping[str, Any], faults: dict[str, str]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in given.keys() & candidate_fields.CLEANERS.keys():
        try:
            columns[name] = candidate_fields.clean(name, given[name])
        except ValueError as wrong:
            faults[name] = str(wrong)
    if given.get("full_name") and not (columns.get("first_name") or columns.get("last_name")):
        columns |= _split_name(given["full_name"], faults)
    return columns


def _split_name(value: Any, faults: dict[str, str]) -> dict[str, Any]:
    """Given names first, the last word the family name, unless a comma says otherwise."""
    text = " ".join(str(value).split())
    last, comma, first = text.partition(",")
    if not comma:
        first, _, last = text.rpartition(" ")
        first, last = (first, last) if first else (last, "")
    parts = {"first_name": first.strip(), "last_name": last.strip()}
    for name, part in parts.items():
        if len(part) > candidate_fields.TEXT_LIMITS[name]:
            faults["full_name"] = (
                f"Longer than {candidate_fields.TEXT_LIMITS[name]} characters ({len(part):,})."
            )
    return parts


def _contacts(given: Mapping[str, Any], country: str, faults: dict[str, str]) -> tuple[Contact, ...]:
    found: dict[tuple[str, str], Contact] = {}
    for name, kind in [("email", "email"), ("phone", "phone"), ("link", "link"), *LISTS.items()]:
        for value in _several(given.get(name)):
            try:
                contact = contact_of(kind, value, country)
            except InvalidContact as wrong:
                faults[name] = str(wrong)
                continue
            found.setdefault((contact.kind, contact.normalized), contact)
    external_id = str(given.get("external_id") or "").strip()
    if len(external_id) > 200:
        faults["external_id"] = "Longer than 200 characters."
    elif external_id:
        found[EXTERNAL, external_id] = Contact(EXTERNAL, external_id, external_id)
    return tuple(found.values())


def contact_of(kind: str, value: str, country: str) -> Contact:
    """The address, number or link in this text. Raises InvalidContact."""
    if kind == ContactPoint.Kind.EMAIL:
        return Contact(kind, value[:500], contact_points.normalize_email(value))
    if kind == ContactPoint.Kind.PHONE:
        return Contact(kind, value[:500], contact_points.normalize_phone(value, country))
    return Contact(kind, value[:500], contact_points.normalize_link(value))


def _several(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else [value]
    return [str(item).strip() for item in items if item is not None and str(item).strip()]


def _words(name: str, given: Mapping[str, Any], faults: dict[str, str]) -> tuple[str, ...]:
    try:
        return tuple(candidate_fields.words(given.get(name)))
    except ValueError as wrong:
        faults[name] = str(wrong)
        return ()


def _custom(given: Any, definitions: Mapping[str, CustomField], faults: dict[str, str]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        faults["custom"] = "An object of fields and values is needed."
        return {}
    cleaned: dict[str, Any] = {}
    for key, value in given.items():
        try:
            if key not in definitions:
                raise ValueError("This workspace has no such field.")
            cleaned[key] = candidate_fields.clean_custom(definitions[key], value)
        except ValueError as wrong:
            faults[f"custom.{key}"] = str(wrong)
    return cleaned


def _owner(value: Any, members: Mapping[str, int], faults: dict[str, str]) -> int | None:
    owner = members.get(str(value).strip().lower())
    if owner is None:
        faults["owner"] = "Nobody here has this id or address."
    return owner
