"""Records we hold already, with their fields as they are mapped now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crm.actions import hiring
from crm.models import Application, Requisition
from integrations.actions.records import applicants, candidates, requisitions
from integrations.actions.records.filling import OWN, FieldMap, Filled
from integrations.actions.records.matching import Fresh, Outcome
from integrations.models import Connection, ExternalRef
from integrations.policies.payload_fields import fields_of
from integrations.providers import registry
from integrations.providers.base import CandidateRecord, Payload, Row

Said = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as we hold it: its reference, its payload, and when that was read."""

    ref: ExternalRef
    payload: Payload
    read_at: datetime


def refill(
    connection: Connection, kind: str, kept: Sequence[Kept], mapping: FieldMap, now: datetime
) -> dict[str, Outcome]:
    """What becomes of each record, by the vendor's id."""
    refills = {"candidate": _candidates, "application": _applications, "requisition": _requisitions}
    return refills[kind](connection, kept, mapping, now)


def _candidates(
    connection: Connection, kept: Sequence[Kept], mapping: FieldMap, now: datetime
) -> dict[str, Outcome]:
    reads = registry.vendor(connection.kind).reads
    paths = {one.name: one.path for one in reads if one.record == "candidate"}
    fresh, faults = [], {}
    for one in kept:
        said = _said(one, paths)
        filled = mapping.fill("candidate", said, one.payload)
        faults[one.ref.external_id] = filled.sentence
        fresh.append(Fresh(Row(one.ref.external_id, {}), _candidate(one, said, filled), one.ref))
    outcomes = candidates.apply_candidates(connection, fresh, now)
    return {ext: replace(one, warning=one.warning or faults[ext]) for ext, one in outcomes.items()}


def _candidate(one: Kept, said: Said, filled: Filled) -> CandidateRecord:
    """The person as the connector told of them, without addresses: those are here already."""
    words: dict[str, Any] = {name: filled.own.get(name, ()) for name in ("skills", "tags")}
    columns: dict[str, Any] = {
        name: filled.own.get(name, said(name)) for name in OWN["candidate"] if name not in words
    }
    return CandidateRecord(
        external_id=one.ref.external_id,
        updated_at=one.read_at,
        created_at=one.read_at,
        first_name=said("first_name"),
        last_name=said("last_name"),
        contacts=(),
        filled=tuple(sorted(filled.person.items())),
        said=tuple(sorted(filled.said.items())),
        **columns,
        **words,
    )


def _said(one: Kept, paths: dict[str, str]) -> Said:
    """What the connector read of a field then: kept where it is mapped elsewhere, else as taken over."""

    def said(name: str) -> Any:
        held = one.ref.applied | (one.ref.applied.get("said") or {})
        if name in held:
            return held[name]
        told = fields_of(one.payload).get(paths.get(name, ""))
        return told.value if told else ""

    return said


def _applications(
    connection: Connection, kept: Sequence[Kept], mapping: FieldMap, now: datetime
) -> dict[str, Outcome]:
    rows = Application.objects.in_bulk([one.ref.object_id for one in kept])
    outcomes: dict[str, Outcome] = {}
    changed: list[dict[str, Any]] = []
    told: dict[int, dict[str, Any]] = {}
    for one in kept:
        row = rows.get(one.ref.object_id)
        if row is None:
            continue
        source = (one.ref.applied.get("said") or {}).get("source", row.source)
        filled = mapping.fill("application", lambda _, source=source: source, one.payload)  # type: ignore[misc]
        wanted = str(filled.own.get("source", source))[:120]
        is_changed = wanted != row.source or filled.person != (one.ref.applied.get("filled") or {})
        if wanted != row.source:
            changed.append({"id": row.pk, "source": wanted})
        told[row.pk] = filled.person
        held = {name: values for name, values in (("filled", filled.person), ("said", filled.said)) if values}
        verdict = "changed" if is_changed else "unchanged"
        outcomes[one.ref.external_id] = Outcome(verdict, row.pk, filled.sentence, held)
    hiring.save_applications(new=[], changed=changed)
    applicants.put(connection, told, {one.ref.object_id: one.read_at for one in kept}, now)
    hiring.settle([row["id"] for row in changed])
    return outcomes


def _requisitions(
    connection: Connection, kept: Sequence[Kept], mapping: FieldMap, now: datetime
) -> dict[str, Outcome]:
    rows = Requisition.objects.in_bulk([one.ref.object_id for one in kept])
    outcomes: dict[str, Outcome] = {}
    changed: list[dict[str, Any]] = []
    for one in kept:
        row = rows.get(one.ref.object_id)
        if row is None:
            continue
        said = _said(one, {})
        filled = mapping.fill("requisition", said, one.payload)
        values = {name: filled.own.get(name, said(name)) for name in OWN["requisition"]}
        values["skills"] = list(values["skills"] or ())
        held = {name: getattr(row, name) for name in values}
        wanted = {
            name: value
            for name, value in values.items()
            if requisitions.is_ours_to_set(name, row, one.ref.applied)
        }
        if held | wanted != held:
            changed.append(held | wanted | {"id": row.pk})
        verdict = "changed" if held | wanted != held else "unchanged"
        kept_values = {name: value for name, value in one.ref.applied.items() if name != "said"} | values
        kept_values |= {"said": filled.said} if filled.said else {}
        outcomes[one.ref.external_id] = Outcome(verdict, row.pk, filled.sentence, kept_values)
    hiring.save_requisitions(new=[], changed=changed)
    return outcomes
