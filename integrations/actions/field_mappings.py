"""Deciding which fields of an ATS fill which of ours; what was read before follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from crm.actions import custom_fields, events
from crm.kernel.errors import DomainError
from crm.models import User
from crm.policies.import_mapping import CUSTOM
from crm.queries import people
from integrations.actions import remaps
from integrations.models import Connection, FieldMapping, SyncRun
from integrations.policies import field_targets


class UnusableMapping(DomainError):
    """Some fields cannot be mapped so."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for one field of the ATS. `default` is what it fills when nobody chooses."""

    record: str
    field: str
    label: str
    target: str
    default: str
    kind: str = ""

    @property
    def key(self) -> str:
        return f"{self.record}:{self.field}"


@transaction.atomic
def save(*, connection: Connection, choices: Sequence[Choice], by: User | None) -> SyncRun | None:
    """Keep what differs from the defaults and fill again from what was read; the run is the receipt.

    None when nothing changed or was read yet, or while a sync runs: then it is applied after that. Values
    a field filled before stay with the people. Refuses two fields for one of ours, and one there is not.
    """
    _refuse(choices)
    before = _kept(connection)
    for choice in choices:
        target = _target(choice, by)
        if target == choice.default:
            FieldMapping.objects.filter(
                connection=connection, record=choice.record, field=choice.field
            ).delete()
        else:
            FieldMapping.objects.update_or_create(
                connection=connection,
                record=choice.record,
                field=choice.field,
                defaults={"label": choice.label[:200], "target": target},
            )
    if _kept(connection) == before:
        return None
    events.record("connection.fields_mapped", by=by, data={"connection": connection.pk})
    return remaps.begin(connection=connection, by=by)


def _kept(connection: Connection) -> set[tuple[str, str, str]]:
    rows = FieldMapping.objects.filter(connection=connection)
    return set(rows.values_list("record", "field", "target"))


def _refuse(choices: Sequence[Choice]) -> None:
    own = people.custom_fields()
    faults: dict[str, str] = {}
    taken: dict[tuple[str, str], Choice] = {}
    for choice in choices:
        allowed = {"", field_targets.NEW, *field_targets.targets(choice.record, own)}
        if choice.target not in allowed:
            faults[choice.key] = "There is no such field."
        if choice.target in ("", field_targets.NEW, *field_targets.MANY):
            continue
        # An application has a source of its own; whatever else it tells is the person's.
        is_shared = choice.record != "requisition" and choice.target != "source"
        other = taken.setdefault(("person" if is_shared else choice.record, choice.target), choice)
        if other is not choice:
            faults[choice.key] = f"“{other.label}” fills this already; leave one of them out."
    if faults:
        raise UnusableMapping("Some fields cannot be mapped so.", fields=faults)


def _target(choice: Choice, by: User | None) -> str:
    """A field of our own is made where somebody asked for it."""
    if choice.target != field_targets.NEW:
        return choice.target
    try:
        field = custom_fields.add(label=choice.label[:120], kind=choice.kind, by=by)
    except custom_fields.InvalidField as taken:
        sentence = next(iter(taken.fields.values()), taken.sentence)
        raise UnusableMapping(fields={choice.key: f"{sentence} Choose it in the list."}) from taken
    return f"{CUSTOM}{field.key}"
