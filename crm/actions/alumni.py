"""People who left, from a list: found again or added, with when they left, on which terms, and whether
they would be hired again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import custom_fields, upserts
from crm.kernel.errors import DomainError
from crm.models import CustomField, User
from crm.policies import csv_files, people
from crm.policies.csv_files import Line
from crm.policies.people import Basis, InvalidPerson, Person
from crm.queries import people as surroundings

TAG = "alumni"
FIELDS = (
    ("left_on", "Left on", CustomField.Kind.DATE),
    ("left_on_good_terms", "Left on good terms", CustomField.Kind.BOOL),
    ("would_rehire", "Would hire again", CustomField.Kind.BOOL),
)
MOST_ROWS = 5_000
_HEADINGS = {
    "name": "full_name", "full name": "full_name", "first name": "first_name", "last name": "last_name",
    "email": "email", "e-mail": "email", "mail": "email", "link": "link", "linkedin": "link",
    "title": "current_title", "last role": "current_title", "role family": "role_family", "city": "city",
    "left on": "left_on", "left": "left_on", "last day": "left_on", "good terms": "left_on_good_terms",
    "left on good terms": "left_on_good_terms", "would rehire": "would_rehire", "rehire": "would_rehire",
    "would hire again": "would_rehire",
}  # fmt: skip


class UnreadableList(DomainError):
    """This file cannot be read as a list of leavers."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class LeaverOutcome:
    """What became of one line."""

    line: int
    text: str
    outcome: str
    sentence: str


@transaction.atomic
def take_in(*, content: bytes, by: User | None) -> list[LeaverOutcome]:
    """Let everybody on the list in, each with an outcome. Importing it again changes nothing.

    Those who left on good terms (or where nobody says otherwise) are tagged “alumni”, which the pool
    templates look for. Refuses a file without a column for the address.
    """
    lines = _lines(content)
    ensure_fields()
    known = surroundings.custom_fields()
    outcomes: dict[int, LeaverOutcome] = {}
    readable: list[tuple[int, str, Person]] = []
    for line, given in lines:
        text = str(given.get("email") or given.get("full_name") or "")
        try:
            readable.append((line, text, _person(given, known)))
        except InvalidPerson as wrong:
            outcomes[line] = LeaverOutcome(line, text, "refused", str(wrong)[:300])
    batch = upserts.Upsert([person for _line, _text, person in readable], "alumni", timezone.now(), by)
    for (line, text, _), outcome in zip(readable, batch.run(), strict=True):
        outcomes[line] = LeaverOutcome(line, text, outcome.outcome, outcome.reason)
    return [outcomes[line] for line in sorted(outcomes)]


def ensure_fields() -> None:
    """The workspace's fields about leaving; those that are there already stay as they are."""
    for key, label, kind in FIELDS:
        custom_fields.ensure(label=label, kind=kind, key=key)


def _person(given: Mapping[str, Any], known: Mapping[str, CustomField]) -> Person:
    about = {key for key, _label, _kind in FIELDS}
    values = {name: value for name, value in given.items() if name not in about}
    custom = {key: given[key] for key in about if given.get(key)}
    person = people.read(values | {"custom": custom, "source": "Alumni"}, custom_fields=known)
    if not person.identities:
        raise InvalidPerson({"email": "An address or a profile link is needed."})
    is_good = person.custom.get("left_on_good_terms") is not False
    return Person(
        columns=person.columns, contacts=person.contacts, custom=person.custom,
        tags=(TAG,) if is_good else (), basis=Basis(source="Alumni"),
    )  # fmt: skip


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    text = csv_files.decode(content).text
    rows: Sequence[Line] = list(csv_files.read(text, csv_files.delimiter_of(text)))
    if not rows:
        raise UnreadableList(fields={"file": "The file is empty."})
    heads = [_HEADINGS.get(" ".join(cell.lower().replace("_", " ").split()), "") for cell in rows[0].cells]
    if not {"email", "link"} & set(heads):
        raise UnreadableList(fields={"file": "The first line has to name a column “E-mail”."})
    if len(rows) > MOST_ROWS + 1:
        raise UnreadableList(fields={"file": f"At most {MOST_ROWS:,} people at a time."})
    return [
        (row.number, {head: cell for head, cell in zip(heads, row.cells, strict=False) if head})
        for row in rows[1:]
    ]
