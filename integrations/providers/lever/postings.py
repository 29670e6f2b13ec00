"""A posting with the requisition behind it → our requisition. Pure, like the rest of the mapping."""

from collections.abc import Sequence
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import Payload, RequisitionRecord
from integrations.providers.lever.mapping import References, touched
from integrations.providers.rows import Skipped, Unreadable

POSTING = {"published": "open", "internal": "open", "closed": "closed", "rejected": "cancelled"}


def requisition(row: Payload, refs: References) -> RequisitionRecord:
    state = fields.demand_text(row, "state")
    if state in ("draft", "pending"):
        raise Skipped("draft")
    if state not in POSTING:
        raise Unreadable(f"state is “{state}”, which is not one of {', '.join(POSTING)}")
    behind = _behind(row, refs)
    place = fields.inner(row, "categories")
    department = fields.text(place, "department") or fields.text(place, "team")
    manager = refs.users.get(_first(behind, "hiringManager") or str(row.get("hiringManager") or ""), {})
    owner = refs.users.get(_first(behind, "owner") or str(row.get("owner") or row.get("user") or ""), {})
    location, title = fields.text(place, "location"), fields.demand_text(row, "text")
    status, ended_at = _status(row, behind)
    return RequisitionRecord(
        external_id=fields.identity(row, "id"),
        updated_at=touched(row),
        title=title,
        code=_first(behind, "requisitionCode") or fields.text(row, "reqCode"),
        status=status,
        openings=sum(_openings(parent) for parent in behind) or 1,
        department=department,
        location=location,
        country=fields.text(row, "country").upper()[:2] or places.place(location).country,
        role_family=hiring_words.family(department, title),
        seniority=hiring_words.seniority(title),
        skills=(),
        hiring_manager_email=fields.text(manager, "email").lower(),
        hiring_manager_name=fields.text(manager, "name"),
        recruiter_email=fields.text(owner, "email").lower(),
        opened_at=_opened(row, behind),
        approved_at=_approved(behind),
        closed_at=ended_at,
        filled_at=ended_at if status == "filled" else None,
    )


def _behind(row: Payload, refs: References) -> list[Payload]:
    """The requisitions a posting hires for: by its codes, or because they name it."""
    codes = (*fields.texts(row, "requisitionCodes"), fields.text(row, "reqCode"), fields.text(row, "id"))
    found = {str(held["id"]): held for code in codes if code and (held := refs.requisitions.get(code))}
    return list(found.values())


def _first(rows: Sequence[Payload], name: str) -> str:
    return next((str(row[name]) for row in rows if row.get(name)), "")


def _openings(row: Payload) -> int:
    total = row.get("headcountTotal")
    return total if isinstance(total, int) and not isinstance(total, bool) else 1


def _status(row: Payload, behind: Sequence[Payload]) -> tuple[str, datetime | None]:
    """The requisition's word counts more than the advertisement's."""
    words = {str(parent.get("status")) for parent in behind} - {"draft"}
    if not words:
        status = POSTING[str(row["state"])]
        return status, None if status == "open" else touched(row)
    if "open" in words:
        return "open", None
    if "onHold" in words:
        return "on_hold", None
    times = (
        fields.moment(parent, "timeToFillEndAt") or fields.moment(parent, "closedAt") for parent in behind
    )
    ended_at = max((time for time in times if time), default=None)
    is_filled = all(int(parent.get("headcountHired") or 0) >= _openings(parent) for parent in behind)
    return "filled" if is_filled else "closed", ended_at


def _opened(row: Payload, behind: Sequence[Payload]) -> datetime | None:
    times = [_approval(parent) or fields.moment(parent, "createdAt") for parent in behind]
    return min((time for time in times if time), default=None) or fields.moment(row, "createdAt")


def _approved(behind: Sequence[Payload]) -> datetime | None:
    return min((time for parent in behind if (time := _approval(parent))), default=None)


def _approval(row: Payload) -> datetime | None:
    approval = fields.inner(row, "approval")
    return fields.moment(approval, "approvedAt") if approval.get("status") == "approved" else None
