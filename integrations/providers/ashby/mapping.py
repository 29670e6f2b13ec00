"""Ashby payloads → common records. Pure: no network, no database, no clock.

Keys without a value are often absent, and answers may be thin: what is not said stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import (
    ApplicationRecord,
    CandidateRecord,
    Contact,
    HireRecord,
    OfferRecord,
    Payload,
    RejectionRecord,
    RequisitionRecord,
    StageRecord,
    UserRecord,
)
from integrations.providers.rows import Skipped, Unreadable

Table = Mapping[str, Payload]
JOBS = {"Open": "open", "Closed": "closed", "Archived": "cancelled"}
OUTCOMES = {"Active": "active", "Lead": "active", "Archived": "rejected", "Hired": "hired"}
OFFERS = {
    **dict.fromkeys(("WaitingOnCandidateResponse", "WaitingOnResponse", "Pending"), "pending"),
    **dict.fromkeys(("CandidateAccepted", "Accepted"), "accepted"),
    **dict.fromkeys(("CandidateRejected", "Declined"), "declined"),
    **dict.fromkeys(("OfferCancelled", "Cancelled"), "withdrawn"),
}
UNSENT = ("WaitingOnApprovalStart", "WaitingOnOfferApproval", "WaitingOnApprovalDefinition", "Created")


@dataclass(frozen=True, slots=True)
class References:
    """Rows of the account's reference lists by id."""

    departments: Table = field(default_factory=dict)
    locations: Table = field(default_factory=dict)
    users: Table = field(default_factory=dict)
    stages: Table = field(default_factory=dict)
    openings: Sequence[Payload] = ()


def user(row: Payload) -> UserRecord:
    return UserRecord(
        external_id=fields.identity(row, "id"),
        name=full_name(row),
        email=fields.text(row, "email").lower(),
        is_active=row.get("isEnabled") is not False,
    )


def requisition(row: Payload, refs: References, approvals: Sequence[Payload]) -> RequisitionRecord:
    status = fields.demand_text(row, "status")
    if status == "Draft":
        raise Skipped("draft")
    if status not in JOBS:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(JOBS)}")
    number = fields.identity(row, "id")
    seats = [seat for seat in refs.openings if number in jobs_of(seat) and not seat.get("isArchived")]
    closed_at = fields.moment(row, "closedAt")
    filled = [fields.moment(seat, "closedAt") for seat in seats if seat.get("openingState") == "Filled"]
    is_filled = status != "Open" and bool(seats) and len(filled) == len(seats)
    filled_at = max((at for at in filled if at), default=closed_at) if is_filled else None
    department = fields.text(refs.departments.get(str(row.get("departmentId")), {}), "name")
    location, country = _place(refs.locations.get(str(row.get("locationId")), {}))
    title = fields.demand_text(row, "title")
    manager, recruiter = _member(row, "Hiring Manager"), _member(row, "Recruiter")
    return RequisitionRecord(
        external_id=number,
        updated_at=fields.demand_moment(row, "updatedAt"),
        title=title,
        code=fields.text(row, "customRequisitionId"),
        status="filled" if is_filled else "closed" if closed_at and status == "Archived" else JOBS[status],
        openings=len(seats) or 1,
        department=department,
        location=location,
        country=country,
        role_family=hiring_words.family(department, title),
        seniority=hiring_words.seniority(title),
        skills=(),
        hiring_manager_email=fields.text(manager, "email").lower(),
        hiring_manager_name=full_name(manager),
        recruiter_email=fields.text(recruiter, "email").lower(),
        opened_at=fields.moment(row, "openedAt") or fields.moment(row, "createdAt"),
        approved_at=approved_at(approvals),
        closed_at=None if status == "Open" else closed_at,
        filled_at=filled_at,
    )


def candidate(row: Payload) -> CandidateRecord:
    first, last = fields.names(fields.text(row, "name"))
    title = fields.text(row, "position")
    city, region, country = (_component(row, name) for name in ("City", "Region", "Country"))
    contacts = (
        *_values(row, "primaryEmailAddress", "emailAddresses", "email"),
        *_values(row, "primaryPhoneNumber", "phoneNumbers", "phone"),
        *(one for link in fields.each(row, "socialLinks") for one in fields.contact("link", link.get("url"))),
    )
    return CandidateRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.moment(row, "updatedAt") or fields.demand_moment(row, "createdAt"),
        created_at=fields.demand_moment(row, "createdAt"),
        first_name=first,
        last_name=last,
        contacts=tuple(dict.fromkeys(contacts)),
        current_title=title,
        current_company=fields.text(row, "company"),
        city=city,
        region=region,
        country=places.place(country).country,
        time_zone=places.zone(fields.text(row, "timezone")),
        role_family=hiring_words.family(title),
        seniority=hiring_words.seniority(title),
        tags=tuple(fields.text(tag, "title")[:80] for tag in fields.each(row, "tags")),
        skills=(),
    )


def application(row: Payload) -> ApplicationRecord:
    status = fields.demand_text(row, "status")
    if status not in OUTCOMES:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(OUTCOMES)}")
    outcome = _outcome(row)
    return ApplicationRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.demand_moment(row, "updatedAt"),
        candidate_id=fields.identity(fields.inner(row, "candidate"), "id"),
        requisition_id=fields.identity(fields.inner(row, "job"), "id"),
        applied_at=fields.demand_moment(row, "createdAt"),
        source=fields.text(fields.inner(row, "source"), "title"),
        outcome=outcome,
        ended_at=fields.moment(row, "archivedAt") if outcome in ("rejected", "withdrawn") else None,
        stage_name=fields.text(fields.inner(row, "currentInterviewStage"), "title"),
    )


def stages(number: str, history: Sequence[Payload], refs: References) -> list[StageRecord]:
    """Stays in a stage of the process; “Hired” and “Archived” are ends, not stages."""
    return [
        StageRecord(
            external_id=fields.identity(row, "id"),
            application_id=number,
            name=fields.demand_text(row, "title"),
            entered_at=fields.demand_moment(row, "enteredStageAt"),
            left_at=fields.moment(row, "leftStageAt"),
        )
        for row in history
        if _type(row, refs) not in ("Hired", "Archived")
    ]


def hire(row: Payload, history: Sequence[Payload], refs: References) -> HireRecord | None:
    """The day they entered the stage that is a hire; without one, the accepted offer tells."""
    if row.get("status") != "Hired":
        return None
    times = [fields.moment(entry, "enteredStageAt") for entry in history if _type(entry, refs) == "Hired"]
    hired_at = max((at for at in times if at), default=None)
    return HireRecord(str(row["id"]), str(row["id"]), hired_at) if hired_at else None


def rejection(row: Payload) -> RejectionRecord | None:
    outcome = _outcome(row)
    if outcome not in ("rejected", "withdrawn"):
        return None
    words = fields.text(fields.inner(row, "archiveReason"), "text")
    return RejectionRecord(
        external_id=str(row["id"]),
        application_id=str(row["id"]),
        outcome=outcome,
        ended_at=fields.moment(row, "archivedAt"),
        reason="withdrew" if outcome == "withdrawn" else hiring_words.reason(words),
        reason_text=words,
    )


def offer(row: Payload, approvals: Sequence[Payload]) -> OfferRecord:
    """Sent when its version was approved, which is the nearest Ashby tells; else when it was made."""
    status = fields.text(row, "offerStatus") or fields.text(row, "acceptanceStatus")
    if status in UNSENT:
        raise Skipped("not sent yet")
    if status not in OFFERS:
        raise Unreadable(f"offerStatus is “{status}”, which is not one of {', '.join(OFFERS)}")
    version = fields.inner(row, "latestVersion")
    decided_at = fields.moment(row, "decidedAt")
    sent_at = approved_at(approvals) or fields.moment(version, "createdAt")
    return OfferRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "applicationId"),
        version=1,
        status=OFFERS[status],
        extended_at=min(sent_at, decided_at) if sent_at and decided_at else sent_at,
        resolved_at=decided_at if OFFERS[status] != "pending" else None,
    )


def approved_at(approvals: Sequence[Payload]) -> datetime | None:
    """When the last of the approvals was complete; one that somebody rejected does not count."""
    times = [fields.moment(row, "completedAt") for row in approvals if not _was_rejected(row)]
    return max((at for at in times if at), default=None)


def _was_rejected(row: Payload) -> bool:
    steps = fields.each(row, "steps")
    return any(who.get("decision") == "reject" for step in steps for who in fields.each(step, "approvers"))


def _outcome(row: Payload) -> str:
    outcome = OUTCOMES.get(str(row.get("status")), "")
    reason = fields.inner(row, "archiveReason")
    if outcome != "rejected":
        return outcome
    by_words = hiring_words.reason(fields.text(reason, "text")) == "withdrew"
    is_theirs = reason.get("reasonType") == "RejectedByCandidate"
    is_unsaid = reason.get("reasonType") not in ("RejectedByCandidate", "RejectedByOrg")
    return "withdrawn" if is_theirs or (is_unsaid and by_words) else "rejected"


def _type(row: Payload, refs: References) -> str:
    known = refs.stages.get(str(row.get("stageId")), {})
    return str(known.get("type") or row.get("title") or "")


def full_name(row: Payload) -> str:
    return f"{fields.text(row, 'firstName')} {fields.text(row, 'lastName')}".strip()


def _member(row: Payload, role: str) -> Payload:
    return next((one for one in fields.each(row, "hiringTeam") if one.get("role") == role), {})


def jobs_of(seat: Payload) -> Sequence[str]:
    return fields.inner(seat, "latestVersion").get("jobIds") or ()


def _place(row: Payload) -> tuple[str, str]:
    name = fields.text(row, "name") or fields.text(row, "externalName")
    address = fields.inner(fields.inner(row, "address"), "postalAddress")
    country = fields.text(address, "addressCountry")
    return name, places.place(country).country or places.place(name).country


def _component(row: Payload, kind: str) -> str:
    parts = fields.each(fields.inner(row, "location"), "locationComponents")
    return next((fields.text(part, "name") for part in parts if part.get("type") == kind), "")


def _values(row: Payload, primary: str, rest: str, kind: str) -> list[Contact]:
    held = [fields.inner(row, primary), *fields.each(row, rest)]
    return [
        one for item in held for one in fields.contact(kind, item.get("value"), fields.text(item, "type"))
    ]
