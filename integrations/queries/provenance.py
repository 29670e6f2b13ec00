"""Which values of a person an ATS told, and how fresh they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import Candidate
from crm.policies.import_mapping import CUSTOM
from crm.queries.people import custom_fields
from integrations.models import Connection, ExternalRef
from integrations.policies.field_targets import MANY, PERSON

NAMES = {"first_name": "First name", "last_name": "Last name"}


@dataclass(frozen=True, slots=True)
class Value:
    """One field as the ATS said it. `edited_at` = somebody wrote something else here since."""

    label: str
    value: str
    is_ours: bool
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Origin:
    """What one account told of the person."""

    connection: Connection
    external_id: str
    url: str
    read_at: datetime
    values: tuple[Value, ...]


def origins(candidate: Candidate) -> list[Origin]:
    """The accounts that know the person, the freshest first. Two statements."""
    refs = ExternalRef.objects.filter(kind=ExternalRef.Kind.CANDIDATE, object_id=candidate.pk)
    labels = {f"{CUSTOM}{key}": field.label for key, field in custom_fields().items()}
    return [
        Origin(
            ref.connection,
            ref.external_id,
            ref.url,
            ref.read_at,
            tuple(_values(candidate, ref.applied, NAMES | PERSON | labels)),
        )
        for ref in refs.select_related("connection").order_by("-read_at")
    ]


def _values(candidate: Candidate, applied: dict[str, Any], labels: dict[str, str]) -> Iterator[Value]:
    """Single values only: skills and tags come from many places."""
    told = {**applied, **(applied.get("filled") or {})}
    for name, label in labels.items():
        said = told.get(name)
        if name in MANY or said in (None, "", []):
            continue
        edited = candidate.edited_fields.get(name)
        is_ours = _held(candidate, name) != _plain(said)
        yield Value(label, _plain(said), is_ours, datetime.fromisoformat(edited) if edited else None)


def _held(candidate: Candidate, name: str) -> str:
    if name.startswith(CUSTOM):
        return _plain(candidate.custom.get(name.removeprefix(CUSTOM)))
    return _plain(getattr(candidate, name))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool) or value is None:
        return {True: "Yes", False: "No", None: ""}[value]
    return f"{float(value):g}" if not isinstance(value, str) else value
