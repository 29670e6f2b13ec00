"""Greenhouse payloads → common records. Pure: no network, no database, no clock.

`References` holds what a payload only names by number. A payload that cannot be read raises
`Unreadable`; one that is not ours to keep raises `Skipped`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import (
    ApplicationRecord,
    CandidateRecord,
    HireRecord,
    OfferRecord,
    Payload,
    RejectionRecord,
    RequisitionRecord,
    StageRecord,
    UserRecord,
)
from integrations.providers.rows import Skipped, Unreadable

Table = Mapping[int, Payload]
OFFER_STATUS = {"Created": "pending", "Accepted": "accepted", "Rejected": "declined"}
OUTCOMES = {"in_process": "active", "rejected": "rejected", "hired": "hired"}


@dataclass(frozen=True, slots=True)
class References:
    """Rows of the account's reference lists by id."""

    departments: Table = field(default_factory=dict)
    offices: Table = field(default_factory=dict)
    sources: Table = field(default_factory=dict)
    reasons: Table = field(default_factory=dict)
    users: Table = field(default_factory=dict)
    stages: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobParts:
    """What belongs to a page of jobs but is listed on its own."""

    openings: Sequence[Payload] = ()
    owners: Sequence[Payload] = ()
    managers: Sequence[Payload] = ()
    flows: Sequence[Payload] = ()
    groups: Sequence[Payload] = ()

    def of(self, job_id: int) -> "JobParts":
        flows = [flow for flow in self.flows if flow.get("job_id") == job_id]
        numbers = {flow["id"] for flow in flows}
        return JobParts(
            openings=[row for row in self.openings if row.get("job_id") == job_id],
            owners=[row for row in self.owners if row.get("job_id") == job_id],
            managers=[row for row in self.managers if row.get("job_id") == job_id],
            flows=flows,
            groups=[row for row in self.groups if row.get("approval_flow_id") in numbers],
        )


def user(row: Payload) -> UserRecord:
    return UserRecord(
        external_id=fields.identity(row, "id"),
        name=fields.text(row, "name")
        or f"{fields.text(row, 'first_name')} {fields.text(row, 'last_name')}".strip(),
        email=fields.text(row, "primary_email").lower(),
        is_active=not row.get("deactivated"),
    )


def requisition(row: Payload, parts: JobParts, refs: References) -> RequisitionRecord:
    if row.get("is_template"):
        raise Skipped("template")
    if fields.text(row, "status") == "draft":
        raise Skipped("draft")
    own = parts.of(int(fields.identity(row, "id")))
    department = fields.named(refs.departments, row.get("department_id"))
    office = refs.offices.get((row.get("office_ids") or [0])[0], {})
    manager = refs.users.get(own.managers[0]["user_id"], {}) if own.managers else {}
    hires = [
        fields.moment(o, "closed_at") for o in own.openings if o.get("application_id") and not o.get("open")
    ]
    is_filled = bool(hires) and not any(opening.get("open") for opening in own.openings)
    location = str(office.get("location") or office.get("name") or "")
    return RequisitionRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.demand_moment(row, "updated_at"),
        title=fields.demand_text(row, "name"),
        code=fields.text(row, "requisition_id"),
        status=_status(row, is_filled=is_filled),
        openings=max(1, len(own.openings)),
        department=department,
        location=location,
        country=places.place(location).country,
        role_family=hiring_words.family(department, fields.text(row, "name")),
        seniority=hiring_words.seniority(fields.text(row, "name")),
        skills=fields.list_field(row, "skills"),
        hiring_manager_email=fields.text(manager, "primary_email").lower(),
        hiring_manager_name=fields.text(manager, "name"),
        recruiter_email=_recruiter(own.owners, refs.users),
        opened_at=fields.moment(row, "opened_at"),
        approved_at=_approved_at(own),
        closed_at=fields.moment(row, "closed_at"),
        filled_at=max((hire for hire in hires if hire), default=None) if is_filled else None,
    )


def candidate(row: Payload) -> CandidateRecord:
    title = fields.text(row, "title")
    home = places.place(next(iter(fields.values(row, "addresses")), ""))
    contacts = (
        *fields.contacts(row, "email_addresses", "email"),
        *fields.contacts(row, "phone_numbers", "phone"),
        *fields.contacts(row, "social_media_addresses", "link"),
        *fields.contacts(row, "website_addresses", "link"),
    )
    return CandidateRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.demand_moment(row, "updated_at"),
        created_at=fields.demand_moment(row, "created_at"),
        first_name=fields.text(row, "preferred_name") or fields.text(row, "first_name"),
        last_name=fields.text(row, "last_name"),
        contacts=contacts,
        current_title=title,
        current_company=fields.text(row, "company"),
        city=home.city,
        region=home.region,
        country=home.country,
        time_zone=places.zone(fields.text(row, "time_zone")),
        role_family=hiring_words.family(title),
        seniority=hiring_words.seniority(title),
        tags=tuple(fields.clean(tag)[:80] for tag in row.get("tags") or () if fields.clean(tag)),
        skills=fields.list_field(row, "skills"),
    )


def application(row: Payload, refs: References) -> ApplicationRecord:
    if row.get("prospect"):
        raise Skipped("prospect")
    if fields.text(row, "status") == "converted":
        raise Skipped("converted prospect")
    status = fields.demand_text(row, "status")
    if status not in OUTCOMES:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(OUTCOMES)}")
    source = refs.sources.get(row.get("source_id") or 0, {})
    return ApplicationRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.demand_moment(row, "updated_at"),
        candidate_id=fields.identity(row, "candidate_id"),
        requisition_id=fields.identity(row, "job_id"),
        applied_at=fields.demand_moment(row, "created_at"),
        source=fields.text(source, "name"),
        outcome=OUTCOMES[status],
        ended_at=fields.moment(row, "rejected_at") if status == "rejected" else None,
        stage_name=fields.text(row, "stage_name"),
    )


def stage(row: Payload, refs: References) -> StageRecord:
    name = fields.named(refs.stages, row.get("job_interview_stage_id"))
    if not name:
        raise Unreadable(f"stage {row.get('job_interview_stage_id')} is not in the account's list of stages")
    # Back-filled rows have no entry time; their creation is the best there is.
    entered_at = fields.moment(row, "entered_at") or fields.demand_moment(row, "created_at")
    return StageRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "application_id"),
        name=name,
        entered_at=entered_at,
        left_at=fields.moment(row, "exited_at"),
    )


def rejection(row: Payload, refs: References) -> RejectionRecord:
    reason = refs.reasons.get(row.get("rejection_reason_id") or 0, {})
    kind = reason.get("type") or {}
    withdrew = kind.get("key") == "THEY_REJECTED_US"
    words = fields.text(reason, "name")
    return RejectionRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "application_id"),
        outcome="withdrawn" if withdrew else "rejected",
        ended_at=fields.moment(row, "rejected_at"),
        reason="withdrew" if withdrew else hiring_words.reason(words),
        reason_text=words,
    )


def offer(row: Payload) -> OfferRecord:
    status = fields.demand_text(row, "status")
    if status == "Deprecated":
        raise Skipped("superseded version")
    if status not in OFFER_STATUS:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(OFFER_STATUS)}")
    resolved_at = fields.moment(row, "resolved_at")
    sent_at = fields.day(row, "sent_on")
    if status != "Created" and sent_at is None:
        sent_at = resolved_at
    if sent_at and resolved_at and sent_at > resolved_at:
        # sent_on is a date: the noon we give it may lie after an answer of the same morning.
        sent_at = resolved_at
    return OfferRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "application_id"),
        version=int(row.get("version") or 1),
        status=OFFER_STATUS[status],
        extended_at=sent_at,
        resolved_at=resolved_at,
    )


def hire(row: Payload) -> HireRecord:
    """A closed opening names the application that was hired into it."""
    if not row.get("application_id") or row.get("open"):
        raise Skipped("opening without a hire")
    return HireRecord(
        external_id=fields.identity(row, "id"),
        application_id=fields.identity(row, "application_id"),
        hired_at=fields.demand_moment(row, "closed_at"),
    )


def by_id(rows: Iterable[Payload]) -> dict[int, Payload]:
    return {int(row["id"]): row for row in rows}


def _status(row: Payload, *, is_filled: bool) -> str:
    status = fields.demand_text(row, "status")
    if status == "closed":
        return "filled" if is_filled else "closed"
    if status != "open":
        raise Unreadable(f"status is “{status}”, which is not open, closed or draft")
    return status


def _approved_at(parts: JobParts) -> datetime | None:
    """The flow has no time of its own: the last group of an approved job flow to decide."""
    approved = {
        flow["id"]
        for flow in parts.flows
        if flow.get("approval_type") == "open_job" and flow.get("approval_status") == "approved"
    }
    times = [
        fields.moment(group, "resolved_at")
        for group in parts.groups
        if group.get("approval_flow_id") in approved
    ]
    return max((time for time in times if time), default=None)


def _recruiter(owners: Sequence[Payload], users: Table) -> str:
    recruiters = [owner for owner in owners if owner.get("type") == "recruiter"]
    recruiters.sort(key=lambda owner: not owner.get("responsible"))
    found = users.get(recruiters[0].get("user_id") or 0, {}) if recruiters else {}
    return fields.text(found, "primary_email").lower()
