"""The fields a workspace adds to its candidates. None is ever deleted: its values stay with the people."""

import re
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import CustomField, User
from crm.policies import import_mapping
from crm.policies.rules.catalogue import FIELDS
from crm.queries.field_uses import FieldUse, uses

MOST = 200
_CHOOSING = (CustomField.Kind.CHOICE, CustomField.Kind.SET)


class InvalidField(DomainError):
    """This field cannot be made so."""

    code = "invalid"


class FieldInUse(DomainError):
    """Something is built on this field."""

    code = "in_use"
    status = 409


@transaction.atomic
def add(*, label: str, kind: str, choices: Sequence[str] = (), by: User | None = None) -> CustomField:
    """A new field, last in order. Refuses a name that is taken, and a choice without options."""
    name, options = _label(label), _options(kind, choices)
    if CustomField.objects.filter(archived_at=None).count() >= MOST:
        raise InvalidField(f"A workspace has at most {MOST} fields of its own; archive one first.")
    _refuse_taken(name)
    last = CustomField.objects.aggregate(last=Max("position"))["last"] or 0
    field = CustomField.objects.create(
        key=_free_key(name), label=name, kind=kind, choices=options, position=last + 1
    )
    events.record("custom_field.added", by=by, data={"field": field.pk, "key": field.key, "kind": kind})
    return field


@transaction.atomic
def ensure(*, label: str, kind: str, key: str, choices: Collection[str] = ()) -> CustomField:
    """The field with this key, made where it is missing and brought back where it was archived."""
    last = CustomField.objects.aggregate(last=Max("position"))["last"] or 0
    defaults = {"label": label, "kind": kind, "choices": list(choices), "position": last + 1}
    field, _ = CustomField.objects.get_or_create(key=key, defaults=defaults)
    if field.archived_at:
        field.archived_at = None
        field.save(update_fields=["archived_at"])
    return field


@transaction.atomic
def change(
    *, field: CustomField, label: str, choices: Sequence[str] = (), by: User | None = None
) -> CustomField:
    """Rename the field or change its options; its key and kind stay, so that rules and values hold.

    Refuses to take away an option that a segment or journey asks for.
    """
    locked = CustomField.objects.select_for_update().get(pk=field.pk)
    name, options = _label(label), _options(locked.kind, choices)
    _refuse_taken(name, besides=locked.pk)
    gone = set(map(str, locked.choices)) - set(options)
    if used := [use for use in uses(f"custom.{locked.key}") if gone & use.values]:
        missed = ", ".join(f"“{option}”" for option in sorted(gone & _values(used)))
        raise FieldInUse(f"{missed} is asked for by {_named(used)}. Change that first.")
    locked.label, locked.choices = name, options
    locked.save(update_fields=["label", "choices"])
    events.record("custom_field.changed", by=by, data={"field": locked.pk})
    return locked


@transaction.atomic
def move(*, field: CustomField, places: int) -> None:
    """Show the field so many places further down (or up, when negative); beyond the ends is the end."""
    fields = list(
        CustomField.objects.select_for_update().filter(archived_at=None).order_by("position", "label", "pk")
    )
    here = next((n for n, one in enumerate(fields) if one.pk == field.pk), None)
    if here is None:
        return
    fields.insert(min(max(0, here + places), len(fields) - 1), fields.pop(here))
    for position, one in enumerate(fields, start=1):
        one.position = position
    CustomField.objects.bulk_update(fields, ["position"])


@transaction.atomic
def archive(*, field: CustomField, by: User | None = None) -> None:
    """Offer the field no longer; values are kept for when it comes back. Refused while rules ask for it."""
    if used := uses(f"custom.{field.key}"):
        raise FieldInUse(f"“{field.label}” is used by {_named(used)}. Take it out of there first.")
    if CustomField.objects.filter(pk=field.pk, archived_at=None).update(archived_at=timezone.now()):
        events.record("custom_field.archived", by=by, data={"field": field.pk})


@transaction.atomic
def restore(*, field: CustomField, by: User | None = None) -> None:
    """Offer an archived field again, with the values people had. Refused when its name was given away."""
    _refuse_taken(field.label, besides=field.pk)
    if CustomField.objects.filter(pk=field.pk).exclude(archived_at=None).update(archived_at=None):
        events.record("custom_field.restored", by=by, data={"field": field.pk})


def _label(label: str) -> str:
    name = " ".join(label.replace("\x00", "").split())
    if not name:
        raise InvalidField(fields={"label": "Give the field a name."})
    if len(name) > 120:
        raise InvalidField(fields={"label": "At most 120 characters."})
    return name


def _options(kind: str, choices: Sequence[str]) -> list[str]:
    if kind not in CustomField.Kind.values:
        raise InvalidField(fields={"kind": f"One of {', '.join(CustomField.Kind.values)}."})
    if kind not in _CHOOSING:
        return []
    options = [" ".join(str(option).replace("\x00", "").split()) for option in choices]
    options = list(dict.fromkeys(option for option in options if option))
    if kind == CustomField.Kind.CHOICE and not options:
        raise InvalidField(fields={"choices": "Write at least one option, each on a line of its own."})
    if len(options) > 500 or any(len(option) > 80 or re.search(r"[;,|]", option) for option in options):
        raise InvalidField(
            fields={"choices": "At most 500 options of 80 characters, without commas, semicolons or bars."}
        )
    return options


def _refuse_taken(name: str, *, besides: int = 0) -> None:
    known = {str(field.label).lower() for field in FIELDS}
    others = CustomField.objects.filter(label__iexact=name, archived_at=None).exclude(pk=besides)
    if name.lower() in known or others.exists():
        raise InvalidField(fields={"label": f"There is a field “{name}” already."})


def _free_key(label: str) -> str:
    key, number = import_mapping.key_for(label), 1
    taken = set(CustomField.objects.filter(key__startswith=key).values_list("key", flat=True))
    found = key
    while found in taken:
        number += 1
        found = f"{key[:56]}_{number}"
    return found


def _values(used: Sequence[FieldUse]) -> set[str]:
    return {value for use in used for value in use.values}


def _named(used: Sequence[FieldUse]) -> str:
    names = [str(use) for use in used[:3]]
    return ", ".join(names) + (f" and {len(used) - 3} more" if len(used) > 3 else "")
