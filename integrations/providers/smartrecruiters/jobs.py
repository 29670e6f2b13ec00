"""A job with its history, team and positions → our requisition. Pure, like the rest of the mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import Payload, RequisitionRecord
from integrations.providers.rows import Skipped, Unreadable

STATUSES = {
    **dict.fromkeys(("SOURCING", "INTERVIEW", "OFFER"), "open"),
    "FILLED": "filled",
    "CANCELLED": "cancelled",
    "ON_HOLD": "on_hold",
}
ENDS = ("FILLED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class JobParts:
    """What belongs to a job but is asked for on its own. The history is in the order of time."""

    history: Sequence[Payload] = ()
    team: Sequence[Payload] = ()
    positions: Sequence[Payload] = ()
    users: Mapping[str, Payload] = field(default_factory=dict)


def requisition(row: Payload, parts: JobParts) -> RequisitionRecord:
    if row.get("template"):
        raise Skipped("template")
    status = fields.demand_text(row, "status")
    if status == "CREATED":
        raise Skipped("draft")
    if status not in STATUSES:
        raise Unreadable(f"status is “{status}”, which is not one of {', '.join(STATUSES)}")
    department = fields.text(fields.inner(row, "department"), "label")
    home, title = fields.inner(row, "location"), fields.demand_text(row, "title")
    manager, recruiter = _member(parts, "HIRING_MANAGER"), _member(parts, "RECRUITER")
    ended_at = _last(parts.history, status) if status in ENDS else None
    country = fields.text(home, "countryCode").upper() or fields.text(home, "country")
    return RequisitionRecord(
        external_id=fields.identity(row, "id"),
        updated_at=fields.moment(row, "updatedOn") or fields.demand_moment(row, "createdOn"),
        title=title,
        code=fields.text(row, "refNumber"),
        status=STATUSES[status],
        openings=len(parts.positions) or 1,
        department=department,
        location=", ".join(filter(None, (fields.text(home, "city"), fields.text(home, "country")))),
        country=places.place(country).country,
        role_family=hiring_words.family(department, title),
        seniority=hiring_words.seniority(title),
        skills=(),
        hiring_manager_email=fields.text(manager, "email").lower(),
        hiring_manager_name=f"{fields.text(manager, 'firstName')} {fields.text(manager, 'lastName')}".strip(),
        recruiter_email=fields.text(recruiter, "email").lower(),
        opened_at=_opened(row, parts.history),
        # Only webhooks tell of approvals, and only that there was one.
        approved_at=None,
        closed_at=ended_at,
        filled_at=ended_at if status == "FILLED" else None,
        holds=_holds(parts.history),
    )


def _opened(row: Payload, history: Sequence[Payload]) -> datetime | None:
    entries = [entry for entry in history if entry.get("status") != "CREATED"]
    return fields.moment(entries[0], "changedOn") if entries else fields.moment(row, "createdOn")


def _last(history: Sequence[Payload], status: str) -> datetime | None:
    entries = [entry for entry in history if entry.get("status") == status]
    return fields.moment(entries[-1], "changedOn") if entries else None


def _holds(history: Sequence[Payload]) -> tuple[tuple[datetime, datetime | None], ...]:
    found = []
    for entry, following in zip(history, (*history[1:], None), strict=True):
        if entry.get("status") == "ON_HOLD":
            ended = fields.moment(following, "changedOn") if following else None
            found.append((fields.demand_moment(entry, "changedOn"), ended))
    return tuple(found)


def _member(parts: JobParts, role: str) -> Payload:
    number = next((str(one.get("id")) for one in parts.team if one.get("role") == role), "")
    return parts.users.get(number, {})
