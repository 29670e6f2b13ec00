"""Offers, interviews and assessments of an application → common records. Pure."""

from datetime import datetime

from integrations.providers import fields
from integrations.providers.base import InterviewRecord, OfferRecord, Payload, ScorecardRecord
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.successfactors import odata

# Codes and labels, without anything but letters.
OFFERS = (
    ("pending", ("PENDING", "NOTVIEWED", "SENT", "VIEWED")),
    ("accepted", ("ACCEPT",)),
    ("declined", ("DECLINE", "REJECT")),
    ("withdrawn", ("CANCEL", "WITHDR", "RESCIND")),
    ("expired", ("EXPIRE",)),
)


def letters(row: Payload) -> list[Payload]:
    """Offer letters in the order they were made: each is a version of what the candidate got."""
    held = odata.many(row, "offerLetter")
    return sorted(held, key=lambda one: (str(_made(one)), str(one.get("offerLetterId"))))


def offer(letter: Payload, application_id: str, version: int) -> OfferRecord:
    """The letter tells what the candidate got and said; the approval before it is an inner matter."""
    status = _offer_status(fields.text(letter, "status"))
    sent_at, answered_at = odata.moment(letter, "offerSentDate"), odata.moment(letter, "candResponseDate")
    if sent_at is None and status == "pending":
        raise Skipped("not sent yet")
    is_open = status == "pending"
    ended = odata.moment(letter, "offerExpirationDate") if status == "expired" else None
    changed = odata.moment(letter, "lastModifiedDate")
    return OfferRecord(
        external_id=fields.identity(letter, "offerLetterId"),
        application_id=application_id,
        version=version,
        status=status,
        # What was handed over on paper has no date of sending, and no answer by the candidate's own hand.
        extended_at=sent_at or _made(letter),
        resolved_at=None if is_open else (answered_at or ended or changed),
    )


def approval(row: Payload, application_id: str) -> OfferRecord:
    raise Skipped("approved inside, not sent to the candidate")


def interview(row: Payload, application: Payload) -> InterviewRecord:
    """When it was set up is not told: the status change before it is the best there is."""
    starts_at = odata.moment(row, "startDate")
    names = [
        " ".join(filter(None, (fields.text(one, "firstName"), fields.text(one, "lastName"))))
        for one in odata.many(row, "interviewer")
    ]
    return InterviewRecord(
        external_id=fields.identity(row, "applicationInterviewId"),
        application_id=fields.identity(application, "applicationId"),
        title=fields.text(row, "templateType") or "Interview",
        scheduled_at=_before(application, starts_at),
        starts_at=starts_at,
        interviewers=tuple(filter(None, names)),
    )


def scorecard(row: Payload, application: Payload) -> ScorecardRecord:
    """The overall assessment of an interview; it is dated by the interview, having no date itself."""
    held = odata.first(row, "interviewOverallAssessment")
    rating = fields.text(held, "overallRating") or fields.text(held, "averageRating")
    if not rating or rating in ("0", "0.0", "-1"):
        raise Skipped("not assessed yet")
    people = odata.first(row, "interviewer")
    return ScorecardRecord(
        external_id=fields.identity(held, "interviewOverallAssessmentId"),
        application_id=fields.identity(application, "applicationId"),
        title="Interview assessment",
        submitted_at=odata.demand_moment(row, "endDate", "startDate"),
        rating=rating[:80],
        author=f"{fields.text(people, 'firstName')} {fields.text(people, 'lastName')}".strip(),
    )


def _offer_status(told: str) -> str:
    letters = "".join(sign for sign in told.upper() if sign.isalpha())
    # An electronic signature still to come: “ACCEPTED, PENDING_CANDIDATE”.
    found = next((name for name, signs in OFFERS if any(sign in letters for sign in signs)), "")
    if not found:
        raise Unreadable(f"status is “{told}”, which is no status of an offer")
    return found


def _made(letter: Payload) -> datetime | None:
    return odata.moment(letter, "createDate") or odata.moment(letter, "lastModifiedDate")


def _before(application: Payload, starts_at: datetime | None) -> datetime:
    changes = odata.many(application, "jobApplicationStatusAuditTrail")
    times = [at for one in changes if (at := odata.moment(one, "createdDateTime"))]
    earlier = [at for at in times if starts_at is None or at <= starts_at]
    return (
        max(earlier)
        if earlier
        else odata.demand_moment(application, "applicationDate", "lastModifiedDateTime")
    )
