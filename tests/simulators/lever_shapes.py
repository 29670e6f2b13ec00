"""Lever's shapes: rows as its API answers them, read off the world."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from tests.simulators.server import Row
from tests.simulators.world import REASONS, SOURCES, STAGES, Application, Job, Staff, World

STAGE_IDS = ("applicant-new", "stage-screen", "stage-technical", "stage-onsite", "offer")
HIRED = "reason-hired"
STATES = {"open": "published", "on_hold": "internal", "filled": "closed", "closed": "closed"}
STATUSES = {"open": "open", "on_hold": "onHold", "filled": "closed", "closed": "closed"}
OFFERS = {"pending": "sent", "accepted": "signed", "declined": "denied"}


def ms(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None


def user(one: Staff) -> Row:
    return {
        "id": one.id,
        "name": f"{one.first} {one.last}",
        "username": one.email.split("@")[0],
        "email": one.email,
        "accessRole": "super admin",
        "createdAt": 1_700_000_000_000,
        "deactivatedAt": None if one.is_active else 1_750_000_000_000,
    }


def posting(job: Job) -> Row:
    categories = {"team": job.department, "department": job.department, "location": _place(job)}
    return {
        "id": job.id,
        "text": job.title,
        "state": STATES[job.status],
        "distributionChannels": ["public"],
        "confidentiality": "non-confidential",
        "user": job.recruiter.id,
        "owner": job.recruiter.id,
        "hiringManager": job.manager.id,
        "categories": categories | {"commitment": "Full-time", "level": None},
        "reqCode": None,
        "requisitionCodes": [job.code],
        "urls": None,
        "createdAt": ms(job.opened),
        "updatedAt": ms(job.updated),
    }


def requisition(job: Job) -> Row:
    filled = job.openings if job.status == "filled" else 0
    return {
        "id": job.request_id,
        "requisitionCode": job.code,
        "name": job.title,
        "confidentiality": "non-confidential",
        "createdAt": ms(job.opened),
        "headcountHired": filled,
        "headcountTotal": job.openings,
        "headcountInfinite": False,
        "status": STATUSES[job.status],
        "hiringManager": job.manager.id,
        "owner": job.recruiter.id,
        "location": _place(job),
        "postings": [job.id],
        "department": job.department,
        "approval": {"id": job.request_id, "status": "approved", "approvedAt": ms(job.approved), "steps": []},
        "closedAt": ms(job.closed),
        "updatedAt": ms(job.updated),
    }


def contact(held: Application) -> Row:
    person = held.person
    return {
        "id": person.id,
        "name": f"{person.first} {person.last}".strip(),
        "headline": ", ".join(filter(None, (person.company, person.title))),
        "isAnonymized": person.is_anonymized,
        "location": {"name": f"{person.city}, {person.country}".strip(", ")},
        "emails": [person.email] if person.email else [],
        "phones": [{"type": "mobile", "value": person.phone}] if person.phone else [],
        "dataProtection": None,
    }


def application(held: Application) -> Row:
    return {
        "id": f"form-{held.id}",
        "type": "posting",
        "opportunityId": held.id,
        "posting": held.job.id,
        "createdAt": ms(held.applied),
        "requisitionForHire": {"id": held.job.request_id} if held.outcome == "hired" else None,
    }


def opportunity(held: Application, expanded: Collection[str], *, is_odd: bool) -> Row:
    person = contact(held)
    ended = {"reason": _reason(held), "archivedAt": ms(held.ended)} if held.ended else None
    # The acting user is missing in most entries.
    changes = [
        {"toStageId": STAGE_IDS[number], "toStageIndex": number, "updatedAt": ms(at)}
        for number, at in held.steps
    ]
    row: Row = {
        "id": held.id,
        "name": person["name"],
        "headline": person["headline"],
        "contact": person if "contact" in expanded else person["id"],
        "location": person["location"]["name"],
        "emails": person["emails"],
        "phones": person["phones"],
        "links": [held.person.link] if held.person.link else [],
        "createdAt": ms(held.applied),
        # Old rows have none.
        "updatedAt": ms(held.updated),
        "lastInteractionAt": ms(held.updated),
        "stage": STAGE_IDS[held.steps[-1][0]],
        "stageChanges": changes,
        "tags": [held.job.title, held.job.department],
        "sources": [held.source],
        "origin": "sourced",
        "applications": [application(held)] if "applications" in expanded else [f"form-{held.id}"],
        "isAnonymized": held.person.is_anonymized,
    }
    flat = {"archivedAt": ms(held.ended), "archiveReason": _reason(held)} if held.ended else {}
    return row | (flat if is_odd else {"archived": ended})


def offers(held: Application) -> list[Row]:
    offer = held.offer
    if offer is None:
        return []
    signed = {"candidate": {"signedAt": ms(offer.resolved)}} if offer.status == "accepted" else {}
    row = {"id": offer.id, "createdAt": ms(offer.extended), "status": OFFERS[offer.status]}
    return [row | {"fields": [], "signatures": signed, "sentAt": ms(offer.extended)}]


def interviews(held: Application) -> list[Row]:
    return [
        {
            "id": one.id,
            "subject": one.title,
            "createdAt": ms(one.scheduled),
            "date": ms(one.starts),
            "interviewers": [{"id": one.interviewer.id, "name": one.interviewer.first}],
            "canceledAt": None,
        }
        for one in held.meetings
    ]


def feedback(held: Application) -> list[Row]:
    return [
        {
            "id": f"card-{one.id}",
            "text": one.title,
            "user": one.interviewer.id,
            "fields": [{"type": "score-system", "text": "Rating", "value": one.rating}],
            "createdAt": ms(one.submitted),
            "completedAt": ms(one.submitted),
            "deletedAt": None,
        }
        for one in held.meetings
    ]


def notes(held: Application) -> list[Row]:
    return [{"id": str(n), "fields": [{"type": "note", "value": text}]} for n, text in enumerate(held.notes)]


def is_wanted(held: Application, params: dict[str, str]) -> bool:
    """The filters of /opportunities."""
    entered = held.steps[-1][1]
    since = {"updated": held.updated, "archived": held.ended, "advanced": entered}
    for name, moment in since.items():
        start = params.get(f"{name}_at_start")
        if start and (ms(moment) or 0) < int(start):
            return False
    if "contact_id" in params and held.person.id != params["contact_id"]:
        return False
    return "email" not in params or held.person.email.casefold() == params["email"].casefold()


CHILDREN: dict[str, Callable[[Application], list[Row]]] = {
    "offers": offers,
    "interviews": interviews,
    "feedback": feedback,
    "notes": notes,
}
LISTS: dict[str, Callable[[World], list[Row]]] = {
    "users": lambda world: [user(one) for one in world.staff],
    "requisitions": lambda world: [requisition(job) for job in world.jobs.values()],
    "stages": lambda world: [
        {"id": number, "text": name} for number, name in zip(STAGE_IDS, STAGES, strict=True)
    ],
    "sources": lambda world: [{"text": name, "count": 1} for name in SOURCES],
    "tags": lambda world: [],
    "archive_reasons": lambda world: [
        {"id": HIRED, "text": "Hired", "status": "active", "type": "hired"},
        *(
            {"id": f"reason-{n}", "text": words, "status": "active", "type": "non-hired"}
            for n, (words, _) in enumerate(REASONS)
        ),
    ],
}


def _reason(held: Application) -> str:
    return HIRED if held.outcome == "hired" else f"reason-{held.reason}"


def _place(job: Job) -> str:
    return f"{job.city}, {job.country}"
