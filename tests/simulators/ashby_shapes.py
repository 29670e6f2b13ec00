"""Ashby's shapes: rows as its API answers them, read off the world. Keys without a value are absent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.simulators.server import Row
from tests.simulators.world import REASONS, SOURCES, STAGES, Application, Job, Person, Staff

TYPES = ("PreInterviewScreen", "Active", "Active", "Active", "Offer")
STATUSES = {"active": "Active", "rejected": "Archived", "withdrawn": "Archived", "hired": "Hired"}
JOBS = {"open": "Open", "on_hold": "Open", "closed": "Closed", "filled": "Closed"}
OFFERS = {
    "pending": ("WaitingOnCandidateResponse", "WaitingOnResponse"),
    "accepted": ("CandidateAccepted", "Accepted"),
    "declined": ("CandidateRejected", "Declined"),
}
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else None


def user(one: Staff) -> Row:
    names = {"firstName": one.first, "lastName": one.last, "email": one.email}
    return {"id": one.id, **names, "isEnabled": one.is_active, "updatedAt": iso(LONG_AGO)}


def job(held: Job) -> Row:
    team = [(held.recruiter, "Recruiter"), (held.manager, "Hiring Manager")]
    row: Row = {
        "id": held.id,
        "title": held.title,
        "confidential": False,
        "status": JOBS[held.status],
        "employmentType": "FullTime",
        "departmentId": f"department-{held.department}",
        "locationId": f"location-{held.city}",
        "customRequisitionId": held.code,
        "hiringTeam": [
            {"userId": one.id, "email": one.email, "firstName": one.first, "lastName": one.last, "role": role}
            for one, role in team
        ],
        "createdAt": iso(held.opened),
        "updatedAt": iso(held.updated),
        "openedAt": iso(held.opened),
    }
    return row | ({"closedAt": iso(held.closed)} if held.closed else {})


def openings(held: Job) -> list[Row]:
    state = {"filled": "Filled", "closed": "Closed"}.get(held.status, "Open")
    return [
        {
            "id": f"{held.id}-{seat}",
            "openedAt": iso(held.opened),
            "closedAt": iso(held.closed),
            "isArchived": False,
            "openingState": state,
            "updatedAt": iso(held.updated),
            "latestVersion": {"identifier": f"{held.code}-{seat}", "jobIds": [held.id]},
        }
        for seat in range(held.openings)
    ]


def candidate(account: Any, person: Person) -> Row:
    email = {"value": person.email, "type": "Personal", "isPrimary": True}
    phone = {"value": person.phone, "type": "Personal", "isPrimary": True}
    place = [{"type": "Country", "name": person.country}, {"type": "City", "name": person.city}]
    row: Row = {
        "id": person.id,
        "createdAt": iso(person.created),
        "updatedAt": iso(account.updated(person)),
        "name": f"{person.first} {person.last}".strip(),
        "emailAddresses": [email] if person.email else [],
        "phoneNumbers": [phone] if person.phone else [],
        "socialLinks": [{"type": "LinkedIn", "url": person.link}] if person.link else [],
        "tags": [{"id": title, "title": title, "isArchived": False} for title in person.tags],
        "applicationIds": [held.id for held in account.world.of_person(person)],
        "fileHandles": [{"id": name, "name": name, "handle": name} for name in person.files],
        "customFields": [
            {"id": name, "title": name.title(), "isPrivate": False, "value": value, "valueLabel": value}
            for name, value in person.own.items()
        ],
        "profileUrl": f"https://app.ashbyhq.com/candidates/{person.id}",
        "source": None,
    }
    told = {"position": person.title, "company": person.company}
    told = {name: value for name, value in told.items() if value}
    primary = {"primaryEmailAddress": email} if person.email else {}
    return row | told | primary | ({"location": {"locationComponents": place}} if person.city else {})


def application(held: Application) -> Row:
    number = held.steps[-1][0]
    stage: Row = {"id": f"stage-{number}", "title": STAGES[number], "type": TYPES[number]}
    if held.outcome in ("rejected", "withdrawn"):
        stage = {"id": "stage-archived", "title": "Archived", "type": "Archived"}
    elif held.outcome == "hired":
        stage = {"id": "stage-hired", "title": "Hired", "type": "Hired"}
    is_archived = held.outcome in ("rejected", "withdrawn")
    return {
        "id": held.id,
        "createdAt": iso(held.applied),
        "updatedAt": iso(held.updated),
        "archivedAt": iso(held.ended) if is_archived else None,
        "status": STATUSES[held.outcome],
        "candidate": {"id": held.person.id, "name": f"{held.person.first} {held.person.last}"},
        "currentInterviewStage": stage,
        "source": {"id": "s", "title": held.source} if held.source else None,
        "archiveReason": reason(held.reason) if is_archived and held.reason is not None else None,
        "job": {"id": held.job.id, "title": held.job.title},
    }


def reason(number: int) -> Row:
    words, is_theirs = REASONS[number]
    kind = "RejectedByCandidate" if is_theirs else "RejectedByOrg"
    return {"id": f"reason-{number}", "text": words, "reasonType": kind, "isArchived": False}


def history(held: Application) -> list[Row]:
    """Stays in order of their stage number; the last has no end while it lasts."""
    rows = [
        _stay(held, number, f"stage-{stage}", STAGES[stage], at, end)
        for number, ((stage, at), (_, _, end)) in enumerate(zip(held.steps, held.stays, strict=True))
    ]
    if held.ended:
        word = "Hired" if held.outcome == "hired" else "Archived"
        rows.append(_stay(held, len(rows), f"stage-{word.lower()}", word, held.ended, None))
    return rows


def offer(held: Application, *, is_odd: bool) -> list[Row]:
    if held.offer is None:
        return []
    status, accepted = OFFERS[held.offer.status]
    states = {"acceptanceStatus": accepted} | ({} if is_odd else {"offerStatus": status})
    version = {
        "id": f"version-{held.id}",
        "createdAt": iso(held.offer.extended),
        "approvalStatus": "Approved",
    }
    row = {"id": held.offer.id, "applicationId": held.id, "decidedAt": iso(held.offer.resolved)}
    return [row | states | {"latestVersion": version, "updatedAt": iso(held.updated)}]


def schedules(held: Application) -> list[Row]:
    return [
        {
            "id": f"schedule-{one.id}",
            "status": "Complete",
            "applicationId": held.id,
            "interviewStageId": "stage-2",
            "createdAt": iso(one.scheduled),
            "updatedAt": iso(held.updated),
            "interviewEvents": [
                {
                    "id": one.id,
                    "interviewerUserIds": [one.interviewer.id],
                    "startTime": iso(one.starts),
                    "createdAt": iso(one.scheduled),
                }
            ],
        }
        for one in held.meetings
    ]


def feedback(held: Application) -> list[Row]:
    labels = [{"value": "3", "label": "3 - Hire"}, {"value": "1", "label": "1 - No"}]
    field = {"path": "overall", "title": "Overall", "selectableValues": labels}
    return [
        {
            "id": f"card-{one.id}",
            "applicationId": held.id,
            "submittedByUser": user(one.interviewer),
            "submittedAt": iso(one.submitted),
            "updatedAt": iso(held.updated),
            "formDefinition": {"title": one.title, "sections": [{"fields": [{"field": field}]}]},
            "submittedValues": {"overall": "3"},
        }
        for one in held.meetings
    ]


def approvals(account: Any, body: Row) -> list[Row]:
    """Jobs are approved the day they open, offers the moment they are extended."""
    number, world = body.get("entityId"), account.world
    times = {job.id: job.approved for job in world.jobs.values()} if body["entityType"] == "job" else {}
    if body["entityType"] == "offer":
        held = world.applications.get(str(number).removeprefix("version-"))
        times = {number: held.offer.extended} if held and held.offer else {}
    return (
        [{"id": number, "entityId": number, "completedAt": iso(times[number]), "steps": []}]
        if number in times
        else []
    )


def _stay(held: Application, number: int, stage: str, title: str, at: datetime, end: datetime | None) -> Row:
    row: Row = {"id": f"{held.id}-{number}-{int(at.timestamp())}", "stageId": stage, "title": title}
    row |= {"stageNumber": number, "enteredStageAt": iso(at), "allowedActions": []}
    return row | ({"leftStageAt": iso(end)} if end else {})


def _of_applications(shape: Callable[[Application], list[Row]]) -> Callable[[Any, Row], list[Row]]:
    def listed(account: Any, body: Row) -> list[Row]:
        number = body.get("applicationId")
        world = account.world.applications
        held = ([world[number]] if number in world else []) if number else world.values()
        return [row for one in held for row in shape(one)]

    return listed


def _stages(account: Any, body: Row) -> list[Row]:
    rows = [
        {"id": f"stage-{n}", "title": title, "type": TYPES[n], "interviewPlanId": "plan"}
        for n, title in enumerate(STAGES)
    ]
    return [
        *rows,
        *({"id": f"stage-{word.lower()}", "title": word, "type": word} for word in ("Hired", "Archived")),
    ]


def _places(account: Any, body: Row) -> list[Row]:
    found = {job.city: job.country for job in account.world.jobs.values()}
    return [
        {"id": f"location-{city}", "name": city, "address": {"postalAddress": {"addressCountry": country}}}
        for city, country in found.items()
    ]


LISTS: dict[str, Callable[[Any, Row], list[Row]]] = {
    "user": lambda account, body: [user(one) for one in account.world.staff],
    "job": lambda account, body: [job(one) for one in account.world.jobs.values()],
    "opening": lambda account, body: [seat for one in account.world.jobs.values() for seat in openings(one)],
    "candidate": lambda account, body: [candidate(account, one) for one in account.world.people.values()],
    "application": _of_applications(lambda held: [application(held)]),
    "offer": lambda account, body: _of_applications(
        lambda held: offer(held, is_odd=account.faults.odd_shapes)
    )(account, body),
    "interviewSchedule": _of_applications(schedules),
    "applicationFeedback": _of_applications(feedback),
    "approval": approvals,
    "interviewPlan": lambda account, body: [{"id": "plan", "title": "Standard"}],
    "interviewStage": _stages,
    "department": lambda account, body: [
        {"id": f"department-{name}", "name": name}
        for name in {job.department for job in account.world.jobs.values()}
    ],
    "location": _places,
    "source": lambda account, body: [
        {"id": f"source-{n}", "title": title, "isArchived": False} for n, title in enumerate(SOURCES)
    ],
    "archiveReason": lambda account, body: [reason(number) for number in range(len(REASONS))],
}
