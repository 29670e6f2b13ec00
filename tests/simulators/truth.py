"""What a workspace must hold after a sync: read off the simulated world, and off the database."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from crm.models import Application, Candidate, Offer, Requisition, StageEntry
from integrations.models import Connection, ExternalRef
from tests.simulators.hosted import Hosted
from tests.simulators.world import REASONS

Picture = dict[str, dict[Any, Any]]


def truth(simulator: Hosted) -> Picture:
    """People by address, requisitions by code, applications by both with all that hangs on them."""
    world = simulator.world
    shown = [held for held in world.applications.values() if not held.person.is_anonymized]
    people = {held.person.id: held.person for held in shown}
    return {
        "people": {p.email: (p.first, p.last, p.title, p.company) for p in people.values()},
        "requisitions": {
            job.code: (job.title, simulator.status_of(job), job.opened, job.closed)
            for job in world.jobs.values()
        },
        "applications": {(held.person.email, held.job.code): _told(simulator, held) for held in shown},
    }


def held(connection: Connection) -> Picture:
    """The same of the database; called inside the workspace."""
    refs: dict[str, set[int]] = defaultdict(set)
    for kind, pk in ExternalRef.objects.filter(connection=connection).values_list("kind", "object_id"):
        refs[kind].add(pk)
    people = {person.pk: person for person in Candidate.objects.filter(pk__in=refs["candidate"])}
    jobs = {job.pk: job for job in Requisition.objects.filter(pk__in=refs["requisition"])}
    stays: dict[int, list[Any]] = defaultdict(list)
    for entry in StageEntry.objects.order_by("entered_at", "pk"):
        stays[entry.application_id].append((entry.vendor_stage, entry.entered_at, entry.left_at))
    offers: dict[int, list[Any]] = defaultdict(list)
    for offer in Offer.objects.order_by("version"):
        offers[offer.application_id].append((offer.status, offer.extended_at, offer.resolved_at))
    rows = Application.objects.filter(pk__in=refs["application"])
    return {
        "people": {
            p.email: (p.first_name, p.last_name, p.current_title, p.current_company) for p in people.values()
        },
        "requisitions": {j.code: (j.title, j.status, j.opened_at, j.closed_at) for j in jobs.values()},
        "applications": {
            (people[row.candidate_id].email, jobs[row.requisition_id].code): {
                "source": row.source,
                "outcome": row.outcome,
                "reason": row.rejection_reason_text,
                "applied": row.applied_at,
                "ended": row.hired_at if row.outcome == "hired" else row.ended_at,
                "stays": stays[row.pk],
                "offers": offers[row.pk],
            }
            for row in rows
            if row.candidate_id in people
        },
    }


def _told(simulator: Hosted, application: Any) -> dict[str, Any]:
    offer = application.offer
    return {
        "source": application.source,
        "outcome": application.outcome,
        "reason": REASONS[application.reason][0] if application.reason is not None else "",
        "applied": application.applied,
        "ended": application.ended,
        "stays": [(simulator.told_stages.get(name, name), *times) for name, *times in application.stays],
        "offers": [(offer.status, simulator.extended_at(offer), offer.resolved)] if offer else [],
    }


def difference(wanted: Picture, found: Picture) -> list[str]:
    """What is missing, too much or different, in words; empty when they agree."""
    told = []
    for kind, rows in wanted.items():
        for key in rows.keys() - found[kind].keys():
            told.append(f"{kind} {key} is missing")
        for key in found[kind].keys() - rows.keys():
            told.append(f"{kind} {key} is too much")
        told += [
            f"{kind} {key}: {_plain(found[kind][key])} instead of {_plain(rows[key])}"
            for key in rows.keys() & found[kind].keys()
            if rows[key] != found[kind][key]
        ]
    return sorted(told)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return f"{value:%d.%m. %H:%M:%S}" if isinstance(value, datetime) else value
