"""Lever payloads → common records. Pure: no network, no database, no clock.

Our requisition is the posting, because that is what people apply to and are pushed to; the requisition
behind it gives it code, dates, openings and manager. Our application is the opportunity, our candidate
the contact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import (
    ApplicationRecord,
    CandidateRecord,
    Contact,
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

Table = Mapping[str, Payload]
OFFERS = dict.fromkeys(("sent", "sent-manually", "opened"), "pending") | {
    "signed": "accepted",
    "denied": "declined",
}


@dataclass(frozen=True, slots=True)
class References:
    """Rows of the account's reference lists by id; requisitions by id and by code."""

    users: Table = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    reasons: Table = field(default_factory=dict)
    requisitions: Table = field(default_factory=dict)


def user(row: Payload) -> UserRecord:
    return UserRecord(
        external_id=fields.identity(row, "id"),
        name=fields.text(row, "name"),
        email=fields.text(row, "email").lower(),
        is_active=not row.get("deactivatedAt"),
    )


def candidate(opportunities: Sequence[Payload]) -> CandidateRecord:
    """One person from all their opportunities at hand; what can be told from one is told from the contact."""
    newest = opportunities[0]
    person = fields.inner(newest, "contact") or newest
    if person.get("isAnonymized") or newest.get("isAnonymized"):
        raise Skipped("anonymized")
    first, last = fields.names(fields.text(person, "name"))
    company, title = _headline(fields.text(person, "headline"))
    home = places.place(
        fields.text(person.get("location") or {}, "name")
        if isinstance(person.get("location"), dict)
        else fields.text(person, "location")
    )
    links = [link for row in opportunities for link in fields.texts(row, "links")]
    contacts = (
        *(one for value in person.get("emails") or () for one in fields.contact("email", value)),
        *(
            one
            for phone in fields.each(person, "phones")
            for one in fields.contact("phone", phone.get("value"), fields.text(phone, "type"))
        ),
        *(Contact("link", link) for link in dict.fromkeys(links)),
    )
    return CandidateRecord(
        external_id=contact_id(newest),
        updated_at=max(touched(row) for row in opportunities),
        created_at=min(fields.demand_moment(row, "createdAt") for row in opportunities),
        first_name=first,
        last_name=last,
        contacts=contacts,
        current_title=title,
        current_company=company,
        city=home.city,
        region=home.region,
        country=home.country,
        time_zone="",
        role_family=hiring_words.family(title),
        seniority=hiring_words.seniority(title),
        # Lever adds the posting's own words as tags, so they say nothing a recruiter meant.
        tags=(),
        skills=(),
    )


def application(row: Payload, refs: References) -> ApplicationRecord:
    if row.get("isAnonymized") or fields.inner(row, "contact").get("isAnonymized"):
        raise Skipped("anonymized")
    form = next(iter(fields.each(row, "applications")), {})
    if not form and row.get("applications"):
        raise Unreadable("its application was not expanded")
    if not form.get("posting"):
        raise Skipped("lead without a posting")
    end = _end(row)
    return ApplicationRecord(
        external_id=fields.identity(row, "id"),
        updated_at=touched(row),
        candidate_id=contact_id(row),
        requisition_id=_identity(form["posting"]),
        applied_at=fields.moment(form, "createdAt") or fields.demand_moment(row, "createdAt"),
        source=", ".join(fields.texts(row, "sources")) or fields.text(row, "origin"),
        outcome=_outcome(end, refs),
        ended_at=end[1] if end and _outcome(end, refs) != "hired" else None,
        stage_name=_stage(row.get("stage"), refs),
    )


def stages(row: Payload, refs: References) -> list[StageRecord]:
    """The history: each stay ends where the next begins, the last one with the opportunity."""
    changes = sorted(fields.each(row, "stageChanges"), key=lambda change: change.get("updatedAt") or 0)
    times = [fields.demand_moment(change, "updatedAt") for change in changes]
    end = _end(row)
    ends: list[datetime | None] = [*times[1:], end[1] if end else None]
    found: dict[str, StageRecord] = {}
    for change, entered, left in zip(changes, times, ends, strict=True):
        stage = _identity(change.get("toStageId"))
        number = f"{row['id']}:{stage}:{change['updatedAt']}"[:120]
        found[number] = StageRecord(
            number, str(row["id"]), _stage(stage, refs), entered, max(entered, left) if left else None
        )
    return list(found.values())


def rejection(row: Payload, refs: References) -> RejectionRecord | None:
    end = _end(row)
    outcome = _outcome(end, refs)
    if end is None or outcome not in ("rejected", "withdrawn"):
        return None
    words = fields.text(refs.reasons.get(end[0], {}), "text")
    return RejectionRecord(
        external_id=str(row["id"]),
        application_id=str(row["id"]),
        outcome=outcome,
        ended_at=end[1],
        reason=hiring_words.reason(words),
        reason_text=words,
    )


def hire(row: Payload, refs: References) -> HireRecord | None:
    end = _end(row)
    if end is None or end[1] is None or _outcome(end, refs) != "hired":
        return None
    return HireRecord(str(row["id"]), str(row["id"]), end[1])


def offer(row: Payload, opportunity: Payload, version: int) -> OfferRecord:
    status = fields.demand_text(row, "status")
    if status in ("draft", "approval-sent", "approved"):
        raise Skipped("not sent yet")
    if status not in OFFERS:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(OFFERS)}")
    signed = fields.inner(fields.inner(row, "signatures"), "candidate")
    sent_at = fields.moment(row, "sentAt")
    if OFFERS[status] == "declined" and sent_at is None:
        raise Skipped("refused before it was sent")
    end = _end(opportunity)
    resolved = {"accepted": fields.moment(signed, "signedAt"), "declined": end[1] if end else None}
    return OfferRecord(
        external_id=fields.identity(row, "id"),
        application_id=str(opportunity["id"]),
        version=version,
        status=OFFERS[status],
        extended_at=sent_at or fields.moment(row, "createdAt"),
        resolved_at=resolved.get(OFFERS[status]),
    )


def interview(row: Payload, opportunity: Payload) -> InterviewRecord:
    if row.get("canceledAt"):
        raise Skipped("canceled")
    return InterviewRecord(
        external_id=fields.identity(row, "id"),
        application_id=str(opportunity["id"]),
        title=fields.text(row, "subject"),
        scheduled_at=fields.demand_moment(row, "createdAt"),
        starts_at=fields.moment(row, "date"),
        interviewers=tuple(fields.text(person, "name") for person in fields.each(row, "interviewers")),
    )


def scorecard(row: Payload, opportunity: Payload, refs: References) -> ScorecardRecord:
    if row.get("deletedAt") or not row.get("completedAt"):
        raise Skipped("not handed in")
    scores = [part for part in fields.each(row, "fields") if part.get("type") == "score-system"]
    rating = scores[0].get("value") if scores else ""
    return ScorecardRecord(
        external_id=fields.identity(row, "id"),
        application_id=str(opportunity["id"]),
        title=fields.text(row, "text"),
        submitted_at=fields.demand_moment(row, "completedAt"),
        rating=str(rating) if isinstance(rating, str | int) else "",
        author=fields.text(refs.users.get(str(row.get("user") or ""), {}), "name"),
    )


def contact_id(row: Payload) -> str:
    held = row.get("contact")
    return _identity(held) if held else fields.identity(row, "id")


def _identity(value: Any) -> str:
    """An id, given as itself or as the object it names."""
    return fields.identity(value, "id") if isinstance(value, dict) else fields.identity({"id": value}, "id")


def touched(row: Payload) -> datetime:
    """Old rows have no time of their last change."""
    times = (fields.moment(row, name) for name in ("updatedAt", "lastInteractionAt", "createdAt"))
    found = next((time for time in times if time), None)
    if found is None:
        raise Unreadable("updatedAt and createdAt are missing")
    return found


def _end(row: Payload) -> tuple[str, datetime | None] | None:
    """Reason and time of the archiving, in either shape."""
    held = row.get("archived")
    archived = held if isinstance(held, dict) else {}
    at = fields.moment(archived, "archivedAt") or fields.moment(row, "archivedAt")
    reason = str(archived.get("reason") or row.get("archiveReason") or "")
    return (reason, at) if at or reason else None


def _outcome(end: tuple[str, datetime | None] | None, refs: References) -> str:
    if end is None:
        return "active"
    reason = refs.reasons.get(end[0], {})
    if reason.get("type") == "hired":
        return "hired"
    return "withdrawn" if hiring_words.reason(fields.text(reason, "text")) == "withdrew" else "rejected"


def _stage(value: Any, refs: References) -> str:
    number = _identity(value) if value else ""
    return refs.stages.get(number, number)


def _headline(text: str) -> tuple[str, str]:
    """“Nordwind GmbH, Staff Engineer” as company and title; a single phrase is the title."""
    company, comma, title = text.partition(", ")
    return (company, title) if comma else ("", text)
