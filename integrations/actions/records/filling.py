"""Fields of the ATS into fields of ours, where somebody decided otherwise than the connector."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crm.policies.import_mapping import CUSTOM
from crm.queries.people import custom_fields
from integrations.models import Connection, FieldMapping
from integrations.policies import field_targets
from integrations.policies.field_targets import SAID, TOLD
from integrations.policies.payload_fields import fields_of
from integrations.providers.base import Page, Payload, Record, Row

# What a record of each kind holds itself; anything else it fills is the person's.
OWN = {
    "candidate": (
        *("current_title", "current_company", "city", "region", "country", "time_zone"),
        *("role_family", "seniority", "source", "skills", "tags"),
    ),
    "application": ("source",),
    "requisition": tuple(field_targets.REQUISITION),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One field of the ATS and what it fills; nothing, when it is left out."""

    field: str
    label: str
    target: str
    clean: Callable[[Any], Any] | None


@dataclass(slots=True)
class Filled:
    """What a record comes to: values of its own, what else of the person it fills, and what did not fit."""

    own: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return "; ".join(self.faults)[:300]


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The decisions of one connection, by kind of record; falsy where there are none."""

    rules: Mapping[str, tuple[Rule, ...]]

    def __bool__(self) -> bool:
        return bool(self.rules)

    def over(self, page: Page) -> tuple[Page, dict[str, str]]:
        """The page with its fields as they are mapped, and by record what does not fit."""
        rules = self.rules.get(page.kind, ())
        if not rules:
            return page, {}
        rows: list[Row] = []
        faults: dict[str, str] = {}
        for row in page.rows:
            if row.record is not None:
                row, sentence = self._row(page.kind, row, row.record)
                faults |= {row.external_id: sentence} if sentence else {}
            rows.append(row)
        return replace(page, rows=tuple(rows)), faults

    def _row(self, kind: str, row: Row, record: Record) -> tuple[Row, str]:
        filled = self.fill(kind, lambda name: getattr(record, name), row.payload)
        changed: dict[str, Any] = filled.own | {"said": tuple(sorted(filled.said.items()))}
        changed |= {"filled": tuple(sorted(filled.person.items()))} if kind != "requisition" else {}
        return replace(row, record=replace(record, **changed)), filled.sentence

    def fill(self, kind: str, said: Callable[[str], Any], payload: Payload) -> Filled:
        """What the record and its payload come to; `said` tells what the connector read of a field."""
        found, told = Filled(), fields_of(payload)
        rules = self.rules.get(kind, ())
        for rule in rules:
            if rule.field.startswith(SAID):
                name = rule.field.removeprefix(SAID)
                _keep(found, name, said(name))
                found.own[name] = () if name in field_targets.MANY else ""
        for rule in rules:
            if rule.target and rule.clean:
                name = rule.field.removeprefix(SAID).removeprefix(TOLD)
                held = told.get(name) if rule.field.startswith(TOLD) else None
                value = found.said[name] if rule.field.startswith(SAID) else held.value if held else None
                _place(found, kind, rule, value, said)
        return found


def over(connection: Connection, page: Page) -> tuple[Page, dict[str, str]]:
    """The page as this connection's fields are mapped, and by record what does not fit."""
    return map_of(connection).over(page) if page.kind in OWN else (page, {})


def map_of(connection: Connection) -> FieldMap:
    """What was decided for this connection. One statement, two where there is anything."""
    rows = list(FieldMapping.objects.filter(connection=connection).order_by("pk"))
    own = custom_fields() if rows else {}
    rules: dict[str, tuple[Rule, ...]] = {}
    for row in rows:
        clean = field_targets.cleaner(row.record, row.target, own) if row.target else None
        rules[row.record] = (*rules.get(row.record, ()), Rule(row.field, row.label, row.target, clean))
    return FieldMap(rules)


def columns_of(filled: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are columns of a person."""
    lists = field_targets.MANY
    return {name: value for name, value in filled.items() if name not in lists and not _is_custom(name)}


def custom_of(filled: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are the workspace's own fields, by key."""
    return {name.removeprefix(CUSTOM): value for name, value in filled.items() if _is_custom(name)}


def news(filled: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from what was filled last; nothing said where nothing was before says nothing."""
    return {
        name: value
        for name, value in filled.items()
        if value != before.get(name) and (name in before or value not in (None, "", []))
    }


def _place(found: Filled, kind: str, rule: Rule, value: Any, said: Callable[[str], Any]) -> None:
    """The value where it belongs, or in words why it does not fit."""
    assert rule.clean is not None
    try:
        cleaned = rule.clean(list(value) if isinstance(value, tuple) else value)
    except ValueError as wrong:
        found.faults.append(f"{rule.label} does not fit: {wrong}")
        return
    into = found.own if rule.target in OWN[kind] else found.person
    if rule.target in field_targets.MANY:
        if into is found.own and rule.target not in into:
            _keep(found, rule.target, said(rule.target))
            into[rule.target] = tuple(found.said[rule.target])
        cleaned = list(dict.fromkeys([*into.get(rule.target, ()), *cleaned]))
        into[rule.target] = tuple(cleaned) if into is found.own else cleaned
        return
    if into is found.own:
        _keep(found, rule.target, said(rule.target))
        cleaned = "" if cleaned is None else cleaned
    into[rule.target] = cleaned


def _keep(found: Filled, name: str, value: Any) -> None:
    found.said.setdefault(name, list(value) if isinstance(value, tuple) else value)


def _is_custom(name: str) -> bool:
    return name.startswith(CUSTOM)
