"""Rows of the reports → stays, offers, hires, interviews and scorecards. Pure, as the rest."""

from collections.abc import Iterable
from datetime import datetime

from integrations.providers.base import (
    HireRecord,
    InterviewRecord,
    OfferRecord,
    Payload,
    ScorecardRecord,
    StageRecord,
)
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.workday import mapping, reports
from integrations.providers.workday.mapping import Held

_RESOLVED = (
    ("Offer_Accepted", "accepted"),
    ("Offer_Declined", "declined"),
    ("Offer_Withdrawn", "withdrawn"),
    ("Offer_Expired", "expired"),
)


def stages(held: Held) -> list[StageRecord]:
    """The history of the report; without one, the present stage as far as it can be told.

    Each stay ends where the report says, where the next begins, or with the application.
    """
    if not held.history:
        return _observed(held)
    entered = sorted(
        ((at, row) for row in held.history if (at := _at(row, "Stage_Entered"))), key=lambda pair: pair[0]
    )
    end = mapping.hired_at(held) or (mapping.ended_at(held) if _has_ended(held) else None)
    following: list[datetime | None] = [*(at for at, _ in entered[1:]), end]
    found: dict[str, StageRecord] = {}
    for (at, row), after in zip(entered, following, strict=True):
        left = _at(row, "Stage_Left") or after
        name = mapping.stage_name(
            reports.value(row, "Stage_ID"), reports.value(row, "Stage"), reports.value(row, "Step")
        )
        number = f"{held.number}:{at:%Y%m%d%H%M%S}:{name}"[:120]
        found[number] = StageRecord(number, held.number, name, at, max(at, left) if left else None)
    return list(found.values())


def offers(held: Held) -> list[OfferRecord]:
    """One per version, or per day it was sent; every row of the application repeats them."""
    versions: dict[str, Payload] = {}
    for row in held.history:
        if sent := reports.value(row, "Offer_Sent"):
            versions.setdefault(reports.value(row, "Offer_Version") or sent, row)
    ordered = sorted(versions.values(), key=lambda row: str(_at(row, "Offer_Sent")))
    return [_offer(held, row, number) for number, row in enumerate(ordered, start=1)]


def hire(held: Held) -> HireRecord | None:
    at = mapping.hired_at(held) if mapping.outcome(held) == "hired" else None
    return HireRecord(held.number, held.number, at) if at else None


def interview(row: Payload, application_id: str) -> InterviewRecord:
    scheduled, starts = _at(row, "Scheduled_On"), _at(row, "Starts")
    if not scheduled and not starts:
        raise Skipped("not scheduled")
    return InterviewRecord(
        external_id=_number(row, "Interview_ID"),
        application_id=application_id,
        title=reports.value(row, "Interview") or "Interview",
        scheduled_at=scheduled or starts,  # type: ignore[arg-type] # one of them is there
        starts_at=starts,
        interviewers=reports.texts(row, "Interviewers"),
    )


def scorecard(row: Payload, application_id: str) -> ScorecardRecord:
    submitted = _at(row, "Feedback_Submitted")
    if not submitted:
        raise Skipped("not handed in")
    return ScorecardRecord(
        external_id=_number(row, "Feedback_ID"),
        application_id=application_id,
        title=reports.value(row, "Interview"),
        submitted_at=submitted,
        rating=reports.value(row, "Rating"),
        author=reports.value(row, "Feedback_By"),
    )


def once(rows: Iterable[Payload], name: str) -> list[Payload]:
    """The rows by that id: an interview with two interviewers is two rows."""
    return list({number: row for row in rows if (number := reports.value(row, name))}.values())


def _observed(held: Held) -> list[StageRecord]:
    """The web service tells since when the status holds: an ended application tells its last stage only."""
    name = mapping.stage(held.applied)
    applied = mapping.when(held.applied, "Job_Application_Date")
    end = mapping.ended_at(held) if _has_ended(held) else None
    entered = applied if end else mapping.status_at(held) or applied
    if not name or not entered:
        return []
    number = f"{held.number}:{name}"[:120]
    return [StageRecord(number, held.number, name, entered, max(entered, end) if end else None)]


def _offer(held: Held, row: Payload, version: int) -> OfferRecord:
    ends = ((status, at) for name, status in _RESOLVED if (at := _at(row, name)))
    status, resolved = next(ends, ("pending", None))
    return OfferRecord(
        external_id=f"{held.number}:offer:{version}",
        application_id=held.number,
        version=version,
        status=status,
        extended_at=_at(row, "Offer_Sent"),
        resolved_at=resolved,
    )


def _has_ended(held: Held) -> bool:
    return mapping.outcome(held) in ("rejected", "withdrawn")


def _at(row: Payload, name: str) -> datetime | None:
    text = reports.value(row, name)
    return mapping.moment(text, name) if text else None


def _number(row: Payload, name: str) -> str:
    found = reports.value(row, name)
    if not found:
        raise Unreadable(f"{name} is missing")
    return found[:120]
