"""SmartRecruiters payloads → common records. Pure: no network, no database, no clock.

An application is a person assigned to a job: its id is both ids. Times live in status histories.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import (
    ApplicationRecord,
    CandidateRecord,
    HireRecord,
    InterviewRecord,
    OfferRecord,
    Payload,
    RejectionRecord,
    ScorecardRecord,
    StageRecord,
    UserRecord,
)
from integrations.providers.rows import Skipped, Unreadable

STAGES = {
    "LEAD": "Lead",
    "NEW": "New",
    "IN_REVIEW": "In review",
    "INTERVIEW": "Interview",
    **dict.fromkeys(("OFFERED", "OFFER"), "Offered"),
}
ENDS = {
    **dict.fromkeys(("HIRED", "HIRE"), "hired"),
    "REJECTED": "rejected",
    "WITHDRAWN": "withdrawn",
    "TRANSFERRED": "withdrawn",
}
MOVED = "Moved to another requisition"
OFFERS = {
    "PENDING_ACCEPTANCE": "pending",
    "ACCEPTED": "accepted",
    "NOT_ACCEPTED": "declined",
    "ABANDONED": "withdrawn",
}
UNSENT = ("CREATED", "PENDING_APPROVAL", "APPROVED", "NOT_APPROVED")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person's process for one job, with its history in the order of time."""

    candidate: Payload
    assigned: Payload
    history: tuple[Payload, ...]

    @property
    def job_id(self) -> str:
        return fields.identity(fields.inner(self.assigned, "job"), "id")

    @property
    def number(self) -> str:
        return application_id(fields.identity(self.candidate, "id"), self.job_id)

    @property
    def status(self) -> str:
        return fields.demand_text(self.assigned, "status")


def application_id(candidate: str, job: str) -> str:
    return f"{candidate}:{job}"


def in_order(history: Sequence[Payload]) -> tuple[Payload, ...]:
    """By time: the order of the entries is not promised."""
    return tuple(sorted(history, key=lambda entry: fields.demand_moment(entry, "changedOn")))


def user(row: Payload) -> UserRecord:
    return UserRecord(
        external_id=fields.identity(row, "id"),
        name=f"{fields.text(row, 'firstName')} {fields.text(row, 'lastName')}".strip(),
        email=fields.text(row, "email").lower(),
        is_active=row.get("active") is not False,
    )


def candidate(row: Payload) -> CandidateRecord:
    home, web = fields.inner(row, "location"), fields.inner(row, "web")
    jobs = fields.each(row, "experience")
    current = next((job for job in jobs if job.get("current")), {})
    title = fields.text(current, "title")
    contacts = (
        *fields.contact("email", row.get("email")),
        *fields.contact("phone", row.get("phoneNumber")),
        *(one for name in ("linkedIn", "website") for one in fields.contact("link", web.get(name))),
    )
    country = fields.text(home, "countryCode").upper() or fields.text(home, "country")
    return CandidateRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.moment(row, "updatedOn") or fields.demand_moment(row, "createdOn"),
        created_at=fields.demand_moment(row, "createdOn"),
        first_name=fields.text(row, "firstName"),
        last_name=fields.text(row, "lastName"),
        contacts=contacts,
        current_title=title,
        current_company=fields.text(current, "company"),
        city=fields.text(home, "city"),
        region=fields.text(home, "region"),
        country=places.place(country).country,
        time_zone="",
        role_family=hiring_words.family(title),
        seniority=hiring_words.seniority(title),
        tags=tuple(tag[:80] for tag in fields.texts(row, "tags")),
        skills=(),
    )


def application(held: Assignment) -> ApplicationRecord:
    status = held.status
    if status not in STAGES and status not in ENDS:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join((*STAGES, *ENDS))}")
    times = [fields.demand_moment(entry, "changedOn") for entry in held.history]
    outcome = ENDS.get(status, "active")
    stays = stages(held)
    return ApplicationRecord(
        external_id=held.number,
        updated_at=max([*times, fields.demand_moment(held.candidate, "createdOn")]),
        candidate_id=fields.identity(held.candidate, "id"),
        requisition_id=held.job_id,
        applied_at=times[0] if times else fields.demand_moment(held.candidate, "createdOn"),
        source=fields.text(held.assigned, "source"),
        outcome=outcome,
        ended_at=_last(held, status) if outcome in ("rejected", "withdrawn") else None,
        stage_name=stays[-1].name if stays else _name(held.assigned),
    )


def stages(held: Assignment) -> list[StageRecord]:
    """Stays: every entry that is not an end lasts until the next entry."""
    found: dict[str, StageRecord] = {}
    for entry, following in zip(held.history, (*held.history[1:], None), strict=True):
        if entry.get("status") in ENDS:
            continue
        entered, name = fields.demand_moment(entry, "changedOn"), _name(entry)
        number = f"{held.number}:{int(entered.timestamp() * 1000)}:{entry.get('status')}"[:120]
        left = fields.moment(following, "changedOn") if following else None
        found[number] = StageRecord(number, held.number, name, entered, left)
    return list(found.values())


def rejection(held: Assignment) -> RejectionRecord | None:
    outcome = ENDS.get(held.status, "")
    if outcome not in ("rejected", "withdrawn"):
        return None
    name = "reasonOfRejection" if outcome == "rejected" else "reasonOfWithdrawal"
    words = MOVED if held.status == "TRANSFERRED" else fields.text(fields.inner(held.assigned, name), "label")
    is_theirs = held.status == "WITHDRAWN"
    return RejectionRecord(
        external_id=held.number,
        application_id=held.number,
        outcome=outcome,
        ended_at=_last(held, held.status),
        reason="withdrew" if is_theirs else hiring_words.reason(words),
        reason_text=words,
    )


def hire(held: Assignment) -> HireRecord | None:
    """The first entry as hired of those since they were last in the process."""
    if ENDS.get(held.status) != "hired":
        return None
    hired = [entry for entry in held.history if ENDS.get(str(entry.get("status"))) == "hired"]
    if not hired:
        return None
    return HireRecord(held.number, held.number, fields.demand_moment(hired[0], "changedOn"))


def offer(row: Payload, held: Assignment, version: int) -> OfferRecord:
    """No time of sending or answering is told: the last change is the answer, before that the sending."""
    status = fields.demand_text(row, "status")
    if status in UNSENT:
        raise Skipped("not sent yet")
    if status not in OFFERS:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(OFFERS)}")
    is_pending = OFFERS[status] == "pending"
    changed_at = fields.moment(row, "updatedOn")
    made_at = fields.demand_moment(row, "createdOn")
    return OfferRecord(
        external_id=fields.identity(row, "id"),
        application_id=held.number,
        version=version,
        status=OFFERS[status],
        extended_at=(changed_at or made_at) if is_pending else made_at,
        resolved_at=None if is_pending else changed_at,
    )


def interviews(row: Payload, number: str) -> list[InterviewRecord]:
    """Each timeslot is an appointment."""
    made_at = fields.moment(row, "createdOn")
    found = []
    for slot in fields.each(row, "timeslots"):
        starts_at = fields.moment(slot, "startsOn")
        found.append(
            InterviewRecord(
                external_id=str(slot.get("id") or f"{fields.identity(row, 'id')}:{slot.get('startsOn')}")[
                    :120
                ],
                application_id=number,
                title=fields.text(slot, "title") or fields.text(slot, "interviewType"),
                scheduled_at=made_at or starts_at or fields.demand_moment(row, "createdOn"),
                starts_at=starts_at,
            )
        )
    return found


def scorecard(row: Payload, number: str) -> ScorecardRecord:
    """Reviews: their fields are not confirmed, so the names seen are all tried."""
    author = fields.inner(row, "reviewer") or fields.inner(row, "author")
    at = next(
        (at for name in ("submittedOn", "createdOn", "updatedOn") if (at := fields.moment(row, name))), None
    )
    if at is None:
        raise Unreadable("createdOn is missing")
    rating = next((row[name] for name in ("rating", "score") if row.get(name) is not None), "")
    return ScorecardRecord(
        external_id=fields.identity(row, "id"),
        application_id=number,
        title=fields.text(row, "title") or "Review",
        submitted_at=at,
        rating=str(rating)[:80],
        author=f"{fields.text(author, 'firstName')} {fields.text(author, 'lastName')}".strip(),
    )


def assignments(row: Payload) -> list[Payload]:
    """The primary one and the others, each once; a prospect has none with a job."""
    held = [fields.inner(row, "primaryAssignment"), *fields.each(row, "secondaryAssignments")]
    by_job = {fields.inner(one, "job").get("id"): one for one in held}
    return [one for job, one in by_job.items() if job]


def _name(entry: Payload) -> str:
    """“Interview: Phone screen”, or only the status where there is no sub-status."""
    status = fields.text(entry, "status")
    word, detail = STAGES.get(status, status.replace("_", " ").capitalize()), fields.text(entry, "subStatus")
    return f"{word}: {detail}"[:120] if detail else word


def _last(held: Assignment, status: str) -> datetime | None:
    ends = [entry for entry in held.history if entry.get("status") == status]
    return fields.moment(ends[-1], "changedOn") if ends else None
