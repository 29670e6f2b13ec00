"""Applications with their stages, rejections, offers and hires."""

from datetime import datetime
from typing import Any

from crm.actions import hiring, rowsets
from crm.models import Application, Offer, StageEntry
from integrations.actions.records import applicants
from integrations.actions.records.matching import Batch, Fresh, Outcome, our_ids
from integrations.actions.records.stages import canonical_stages
from integrations.models import Connection, ExternalRef
from integrations.providers.base import ApplicationRecord, OfferRecord, StageRecord

Kind = ExternalRef.Kind
ORPHAN = "its application is not kept here"


def apply_applications(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """Create and change applications whose candidate and requisition are here."""
    people = our_ids(connection, Kind.CANDIDATE, {item.record.candidate_id for item in fresh})
    requisitions = our_ids(connection, Kind.REQUISITION, {item.record.requisition_id for item in fresh})
    current = Application.objects.in_bulk([item.ref.object_id for item in fresh if item.ref])
    ids = iter(rowsets.new_ids(Application, len(fresh)))
    batch = Batch()
    for item in fresh:
        candidate_id = people.get(item.record.candidate_id)
        requisition_id = requisitions.get(item.record.requisition_id)
        if not candidate_id or not requisition_id:
            batch.skip(item, f"its {'requisition' if candidate_id else 'candidate'} is not kept here")
            continue
        values = _application_values(item.record) | {"candidate_id": candidate_id, "read_at": now}
        values["requisition_id"] = requisition_id
        row = current.get(item.ref.object_id) if item.ref else None
        if row is None:
            batch.create(item, next(ids), values)
        else:
            batch.compare(item, row, values | _kept_end(row, values), besides=["read_at"])
    hiring.save_applications(new=batch.new, changed=batch.changed)
    hiring.settle(batch.ids)
    applicants.fill_people(connection, fresh, batch.outcomes, now)
    return {**batch.outcomes, **applicants.taken(fresh, batch.outcomes)}


def apply_stages(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """Stays in a stage, under our own stage names where they are mapped."""
    applications, people = _applications_of(connection, fresh)
    stages = canonical_stages(connection, [item.record.name for item in fresh])
    known = {_stay(entry): entry for entry in StageEntry.objects.filter(application_id__in=people)}
    by_id = {entry.pk: entry for entry in known.values()}
    ids = iter(rowsets.new_ids(StageEntry, len(fresh)))
    batch = Batch()
    added: dict[tuple[int, str, datetime], int] = {}
    for item in fresh:
        if item.record.application_id not in applications:
            batch.skip(item, ORPHAN)
            continue
        values = _stage_values(item.record, applications[item.record.application_id], stages)
        key = (values["application_id"], values["vendor_stage"], values["entered_at"])
        entry = by_id.get(item.ref.object_id) if item.ref else None
        entry = entry or known.get(key)
        if entry is not None:
            batch.compare(item, entry, values)
        elif key in added:
            batch.outcomes[item.row.external_id] = Outcome("unchanged", added[key])
        else:
            added[key] = next(ids)
            batch.create(item, added[key], values)
    hiring.save_stage_entries(new=batch.new, changed=batch.changed, candidates=people)
    hiring.settle(batch.application_ids)
    return batch.outcomes


def apply_offers(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """Versions of offers; one row per version of an application."""
    applications, people = _applications_of(connection, fresh)
    offers = {offer.pk: offer for offer in Offer.objects.filter(application_id__in=people)}
    by_version = {(offer.application_id, offer.version): offer for offer in offers.values()}
    told = ExternalRef.objects.filter(connection=connection, kind=Kind.OFFER, object_id__in=offers)
    taken = set(told.values_list("object_id", flat=True))
    ids = iter(rowsets.new_ids(Offer, len(fresh)))
    batch = Batch()
    for item in fresh:
        if item.record.application_id not in applications:
            batch.skip(item, ORPHAN)
            continue
        values = _offer_values(item.record, applications[item.record.application_id])
        key = (values["application_id"], values["version"])
        offer = offers.get(item.ref.object_id) if item.ref else by_version.get(key)
        if offer is not None and (item.ref or offer.pk not in taken):
            batch.compare(item, offer, values | {"version": offer.version})
            continue
        while (key := (values["application_id"], values["version"])) in by_version:
            # Another offer of the same application: the ATS counts the versions of each from one.
            values["version"] += 1
        by_version[key] = Offer(id=next(ids), application_id=key[0], version=key[1])
        taken.add(by_version[key].pk)
        batch.create(item, by_version[key].pk, values)
    hiring.save_offers(new=batch.new, changed=batch.changed, candidates=people)
    hiring.settle(batch.application_ids)
    return batch.outcomes


def apply_rejections(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """The end of an application, whose decision it was, and why."""
    batch = Batch()
    for item, application in _with_applications(connection, fresh):
        if application is None:
            batch.skip(item, ORPHAN)
            continue
        values = {
            "outcome": item.record.outcome,
            "ended_at": item.record.ended_at or application.ended_at,
            "rejection_reason": item.record.reason[:40],
            "rejection_reason_text": item.record.reason_text[:200],
            "candidate_id": application.candidate_id,
        }
        if item.ref:
            batch.compare(item, application, values)
        else:
            # New to us, whatever the application said before: its fact is told here.
            batch.add(item, application, values)
    hiring.reject_applications(batch.changed)
    hiring.settle(batch.ids)
    return batch.outcomes


def apply_hires(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """The vendor's own date of a hire."""
    batch = Batch()
    for item, application in _with_applications(connection, fresh):
        if application is None:
            batch.skip(item, ORPHAN)
            continue
        batch.compare(item, application, {"hired_at": item.record.hired_at, "outcome": "hired"})
    hiring.save_applications(new=[], changed=batch.changed)
    hiring.settle(batch.ids)
    return batch.outcomes


def _offer_values(record: OfferRecord, application_id: int) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in ("version", "status", "extended_at", "resolved_at")}
    return values | {"application_id": application_id}


def _application_values(record: ApplicationRecord) -> dict[str, Any]:
    return {
        "applied_at": record.applied_at,
        "source": record.source[:120],
        "outcome": record.outcome,
        "ended_at": record.ended_at,
        "current_stage_name": record.stage_name[:120],
    }


def _kept_end(row: Application, values: dict[str, Any]) -> dict[str, Any]:
    """The rejection tells more than the application: whose decision it was, and why."""
    kept = {name: getattr(row, name) for name in ("rejection_reason", "rejection_reason_text", "hired_at")}
    if values["outcome"] == "rejected":
        is_withdrawn = row.outcome == Application.Outcome.WITHDRAWN
        kept |= {"outcome": "withdrawn" if is_withdrawn else "rejected"}
        kept |= {"ended_at": values["ended_at"] or row.ended_at}
    elif values["outcome"] == "active":
        # Back in the process: neither the rejection nor the hire holds any longer.
        kept |= {"rejection_reason": "", "rejection_reason_text": "", "hired_at": None}
    return kept


def _stay(entry: StageEntry) -> tuple[int, str, datetime]:
    return entry.application_id, entry.vendor_stage, entry.entered_at


def _stage_values(record: StageRecord, application_id: int, stages: dict[str, str]) -> dict[str, Any]:
    name = record.name[:120]
    times = {"entered_at": record.entered_at, "left_at": record.left_at}
    return {"application_id": application_id, "stage": stages[name], "vendor_stage": name} | times


def _applications_of(connection: Connection, fresh: list[Fresh]) -> tuple[dict[str, int], dict[int, int]]:
    """Our application by the vendor's id, and the person of each."""
    ours = our_ids(connection, Kind.APPLICATION, {item.record.application_id for item in fresh})
    people = dict(Application.objects.filter(pk__in=ours.values()).values_list("pk", "candidate_id"))
    return {external: pk for external, pk in ours.items() if pk in people}, people


def _with_applications(connection: Connection, fresh: list[Fresh]) -> list[tuple[Fresh, Application | None]]:
    ours = our_ids(connection, Kind.APPLICATION, {item.record.application_id for item in fresh})
    rows = Application.objects.in_bulk(list(ours.values()))
    return [(item, rows.get(ours.get(item.record.application_id, 0))) for item in fresh]
