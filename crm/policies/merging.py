"""What remains of two records of one person: whose value is taken, and which word about contact holds."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from crm.models import Candidate, ConsentState

CHOOSABLE = (
    "first_name", "last_name", "headline", "current_title", "current_company", "city", "region", "country",
    "time_zone", "locale", "source", "owner_id", "role_family", "seniority", "stage", "availability",
    "years_experience", "notice_days", "relocation", "languages", "preferred_gap_days", "not_before",
)  # fmt: skip
# Facts about contact: the stricter one holds for the person who remains.
SUMMARIES = (
    "consent", "consent_expires_at", "unsubscribed_at", "do_not_contact_at", "last_contacted_at",
    "in_process", "topics_declined", "preferred_gap_days", "not_before",
)  # fmt: skip
_STRICTEST: Mapping[str, Callable[[Collection[Any]], Any]] = {
    "unsubscribed_at": min,
    "do_not_contact_at": min,
    "last_contacted_at": max,
    "preferred_gap_days": max,
    "not_before": max,
}


def summary(keep: Candidate, other: Candidate, *, chosen: Collection[str] = ()) -> dict[str, Any]:
    """The one who remains, as far as contact goes; wishes somebody chose by hand are as they were chosen."""
    found: dict[str, Any] = {}
    found["consent"], found["consent_expires_at"] = _consent(keep, other)
    for name, strictest in _STRICTEST.items():
        known = [value for value in (getattr(keep, name), getattr(other, name)) if value is not None]
        found[name] = strictest(known) if known else None
    found["in_process"] = keep.in_process or other.in_process
    found["topics_declined"] = sorted({*keep.topics_declined, *other.topics_declined})
    if found["topics_declined"] == sorted(keep.topics_declined):
        found["topics_declined"] = keep.topics_declined
    return {name: value for name, value in found.items() if name not in chosen}


def swap(keep: Candidate, other: Candidate, names: Collection[str]) -> None:
    """These values trade places, each with the stamp of when a person edited it. Twice is never."""
    for name in names:
        if name.startswith("custom."):
            _swap_key(keep, other, "custom", name.removeprefix("custom."))
        else:
            theirs = getattr(other, name)
            setattr(other, name, getattr(keep, name))
            setattr(keep, name, theirs)
        stamp = "custom" if name.startswith("custom.") else name.removesuffix("_id")
        if stamp != "custom":
            _swap_key(keep, other, "edited_fields", stamp)


def is_empty(value: Any) -> bool:
    """Whether a record says nothing here."""
    return value is None or value in ("", [])


def plain(value: Any) -> Any:
    """As an event keeps it."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _consent(keep: Candidate, other: Candidate) -> tuple[str, datetime | None]:
    """A withdrawal wins; else what was granted, until the earlier of two ends."""
    states = (keep.consent, other.consent)
    if ConsentState.WITHDRAWN in states:
        return ConsentState.WITHDRAWN, None
    if ConsentState.GRANTED not in states:
        return keep.consent, keep.consent_expires_at
    granted = [one for one in (keep, other) if one.consent == ConsentState.GRANTED]
    ends = [one.consent_expires_at for one in granted if one.consent_expires_at]
    return ConsentState.GRANTED, min(ends) if ends else None


def _swap_key(keep: Candidate, other: Candidate, column: str, key: str) -> None:
    ours, theirs = dict(getattr(keep, column)), dict(getattr(other, column))
    mine, yours = ours.pop(key, None), theirs.pop(key, None)
    if yours is not None:
        ours[key] = yours
    if mine is not None:
        theirs[key] = mine
    setattr(keep, column, ours)
    setattr(other, column, theirs)
