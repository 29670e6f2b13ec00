"""People, applications and their history as SuccessFactors tells them → common records. Pure.

Statuses of the customer's own sets are both stages and reasons: what ended an application names its reason.
"""

from dataclasses import dataclass
from datetime import datetime

from integrations.policies import hiring_words
from integrations.providers import fields
from integrations.providers.base import (
    ApplicationRecord,
    CandidateRecord,
    HireRecord,
    Payload,
    RejectionRecord,
    StageRecord,
    UserRecord,
)
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.successfactors import odata, requisitions

# Read as text, filtered by number; either may come.
STATUSES = {
    **dict.fromkeys(("0", "open"), "active"),
    **dict.fromkeys(("1", "disqualified"), "rejected"),
    **dict.fromkeys(("2", "closed"), "rejected"),
    **dict.fromkeys(("3", "withdraw", "withdrawn"), "withdrawn"),
}
UNSENT = {
    **dict.fromkeys(("4", "saved", "saved application"), "saved, not sent"),
    **dict.fromkeys(("5", "non applied", "non-applied", "not applied"), "forwarded, not applied"),
    **dict.fromkeys(("6", "draft", "draft application"), "draft"),
}
CLOSED = ("2", "closed")
HIRED = ("hired",)
# Ends SuccessFactors makes itself; a customer's own are told by being the last status of what has ended.
ENDS = (
    *("auto disqualified", "automatically disqualified", "disqualified", "requisition closed", "rejected"),
    *("hired on other requisition", "withdrawn by candidate", "withdrawn", "declined dpcs"),
    *("deleted on demand by admin", "deleted on demand by candidate", *HIRED),
)
SILENT = ("disqualified", "auto disqualified", "automatically disqualified", "rejected", "withdrawn")
SOURCES = {
    "0": "Internal career site",
    "1": "Career site",
    "2": "Job board",
    "3": "Forwarded",
    "4": "Agency",
    "5": "Referral",
    "6": "Internal referral",
    "8": "Recruiting marketing",
    "9": "Forwarded as applicant",
}


@dataclass(frozen=True, slots=True)
class Trail:
    """What the status audit tells of an application: its stays, and when and as what it ended."""

    stays: tuple[StageRecord, ...]
    ended_at: datetime | None
    is_told: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the audit."""

    number: str
    at: datetime
    name: str
    is_end: bool


def user(row: Payload) -> UserRecord:
    names = f"{fields.text(row, 'firstName')} {fields.text(row, 'lastName')}".strip()
    status = str(row.get("status") or "").casefold()
    return UserRecord(
        external_id=fields.identity(row, "userId"),
        name=names or fields.text(row, "username"),
        email=fields.text(row, "email").lower(),
        is_active=not status.startswith(("f", "inactive", "i")),
    )


def is_anonymized(row: Payload) -> bool:
    return (
        any(odata.truth(row.get(name)) for name in ("anonymized", "anonymizedFlag"))
        or row.get("anonymizedDateTime") is not None
    )


def candidate(row: Payload, links: tuple[str, ...] = (), skills: tuple[str, ...] = ()) -> CandidateRecord:
    """`links` and `skills` are names of custom fields of the customer's template."""
    if is_anonymized(row):
        raise Skipped("anonymized")
    job = _present_job(row)
    title = fields.text(row, "currentTitle") or fields.text(job, "startTitle")
    emails = dict.fromkeys(fields.text(row, name).lower() for name in ("primaryEmail", "contactEmail"))
    phones = dict.fromkeys(fields.text(row, name) for name in ("cellPhone", "homePhone", "businessPhone"))
    webs = dict.fromkeys(word for name in links for word in odata.words(row, name))
    contacts = (
        *(one for email in emails for one in fields.contact("email", email)),
        *(one for phone in phones for one in fields.contact("phone", phone)),
        *(one for web in webs for one in fields.contact("link", web)),
    )
    tags = [fields.text(tag, "label")[:80] for tag in odata.many(row, "tags")]
    made = odata.moment(row, "creationDateTime")
    return CandidateRecord(
        external_id=fields.identity(row, "candidateId"),
        updated_at=odata.demand_moment(row, "lastModifiedDateTime", "creationDateTime"),
        created_at=made or odata.demand_moment(row, "lastModifiedDateTime"),
        first_name=fields.text(row, "firstName"),
        last_name=fields.text(row, "lastName"),
        contacts=contacts,
        current_title=title,
        current_company=fields.text(row, "currentCompany") or fields.text(job, "employer"),
        city=fields.text(row, "city"),
        region=next(iter(odata.words(row, "stateProvince")), ""),
        country=requisitions.country(row),
        time_zone="",
        role_family=hiring_words.family(title),
        seniority=hiring_words.seniority(title),
        tags=tuple(dict.fromkeys(filter(None, (*tags, *_internal(row))))),
        skills=requisitions.listed(row, skills),
    )


def application(row: Payload) -> ApplicationRecord:
    outcome, told = outcome_of(row), trail(row)
    applied = odata.moment(row, "applicationDate") or (told.stays[0].entered_at if told.stays else None)
    number = fields.identity(row, "applicationId")
    return ApplicationRecord(
        external_id=number,
        updated_at=odata.demand_moment(row, "lastModifiedDateTime", "applicationDate"),
        candidate_id=fields.identity(row, "candidateId"),
        requisition_id=fields.identity(row, "jobReqId"),
        applied_at=applied or odata.demand_moment(row, "applicationDate"),
        source=_source(row),
        outcome=outcome,
        ended_at=ended_at(row, outcome, told) if outcome in ("rejected", "withdrawn") else None,
        stage_name=told.stays[-1].name if told.stays else ("" if outcome != "active" else _current(row)),
    )


def outcome_of(row: Payload) -> str:
    """Active, rejected, withdrawn or hired. Raises Skipped for what never became an application."""
    if is_anonymized(row):
        raise Skipped("anonymized")
    status = fields.demand_text(row, "status").casefold()
    if status in UNSENT:
        raise Skipped(UNSENT[status])
    if status not in STATUSES:
        raise Unreadable(f"status is “{status}”, which is no status of an application in English")
    is_hired = row.get("hiredOn") is not None or _current(row).casefold() in HIRED
    return "hired" if is_hired and (STATUSES[status] == "active" or status in CLOSED) else STATUSES[status]


def trail(row: Payload) -> Trail:
    """Stays in a status last until the next one. Skipped statuses are no stays."""
    outcome, number = outcome_of(row), fields.identity(row, "applicationId")
    changes = _changes(row, outcome)
    stays: list[StageRecord] = []
    for change, following in zip(changes, (*changes[1:], None), strict=True):
        if not change.is_end:
            left = following.at if following else None
            stays.append(StageRecord(change.number, number, change.name, change.at, left))
    ended = changes[-1].at if changes and changes[-1].is_end else None
    if ended is None and outcome != "active" and stays:
        # What is closed from outside has no status of its own for that: the stay ends with it.
        at = ended_at(row, outcome, Trail((), None, is_told=True))
        stays[-1] = StageRecord(stays[-1].external_id, number, stays[-1].name, stays[-1].entered_at, at)
    is_told = not odata.is_deferred(row, "jobApplicationStatusAuditTrail")
    return Trail(tuple(stays), ended, is_told)


def rejection(row: Payload) -> RejectionRecord | None:
    """The status it ended in is the reason; where that says nothing, the comment."""
    outcome = outcome_of(row)
    if outcome not in ("rejected", "withdrawn"):
        return None
    name, comment = _current(row), fields.text(row, "statusComments")
    words = comment if comment and name.casefold() in (*SILENT, "") else name
    number = fields.identity(row, "applicationId")
    return RejectionRecord(
        external_id=number,
        application_id=number,
        outcome=outcome,
        ended_at=ended_at(row, outcome, trail(row)),
        reason="withdrew" if outcome == "withdrawn" else hiring_words.reason(words),
        reason_text=words,
    )


def hire(row: Payload) -> HireRecord | None:
    """The date it gives, else when the status became so."""
    if outcome_of(row) != "hired":
        return None
    at = odata.moment(row, "hiredOn") or trail(row).ended_at
    number = fields.identity(row, "applicationId")
    return HireRecord(number, number, at or odata.demand_moment(row, "lastModifiedDateTime"))


def ended_at(row: Payload, outcome: str, told: Trail) -> datetime | None:
    if told.ended_at:
        return told.ended_at
    return odata.moment(row, "hiredOn" if outcome == "hired" else "lastModifiedDateTime")


def _changes(row: Payload, outcome: str) -> list[Change]:
    """The audit in the order of time, one row per change of status."""
    held = [one for one in odata.many(row, "jobApplicationStatusAuditTrail") if not _is_skipped(one)]
    ordered = sorted(
        held,
        key=lambda one: (odata.demand_moment(one, "createdDateTime"), int(fields.identity(one, "revNumber"))),
    )
    found: list[Change] = []
    for position, one in enumerate(ordered, start=1):
        is_last = position == len(ordered)
        name = _status_name(one) or (_current(row) if is_last else "")
        if not name or (found and found[-1].name == name):
            continue  # the audit also tells of comments: the status stayed what it was
        is_ours = is_last and outcome != "active" and name == _current(row) and not _is_closed(row)
        at = odata.demand_moment(one, "createdDateTime")
        found.append(Change(fields.identity(one, "revNumber"), at, name, is_ours or name.casefold() in ENDS))
    return found


def _is_skipped(change: Payload) -> bool:
    return str(change.get("skippedStatus") or "0") in ("1", "2")


def _is_closed(row: Payload) -> bool:
    """Closed with its requisition: its last status may well be a stage."""
    return str(row.get("status") or "").casefold() in CLOSED and row.get("hiredOn") is None


def _status_name(holder: Payload) -> str:
    held = odata.first(holder, "jobAppStatus")
    labels = [fields.text(one, "statusLabel") for one in odata.many(held, "jobAppStatusLabel")]
    return fields.text(held, "appStatusName") or next(iter(labels), "")


def _current(row: Payload) -> str:
    return _status_name(row)[:120]


def _source(row: Payload) -> str:
    told = fields.text(row, "sourceLabel") or fields.text(row, "source")
    return SOURCES.get(told, told)


def _present_job(row: Payload) -> Payload:
    jobs = odata.many(row, "outsideWorkExperience")
    return next((job for job in jobs if odata.truth(next(iter(odata.words(job, "presentEmployer")), ""))), {})


def _internal(row: Payload) -> tuple[str, ...]:
    """A colleague who applied is told apart."""
    return ("internal",) if row.get("externalCandidate") is False else ()
