"""When a person leaves a journey because of something that happened."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

# What no journey may ignore, whatever its file says.
ALWAYS = frozenset({"unsubscribed", "hard_bounce", "do_not_contact", "erased", "wrong_person"})
_REASONS = {
    "message.replied": "replied",
    "meeting.booked": "meeting_booked",
    "application.created": "applied",
    "application.hired": "hired",
    "candidate.unsubscribed": "unsubscribed",
    "consent.withdrawn": "unsubscribed",
    "message.bounced": "hard_bounce",
    "message.complained": "unsubscribed",
    "candidate.restricted": "do_not_contact",
    "candidate.erased": "erased",
    "segment.left": "left_segment",
    "message.settled": "wrong_person",
}
_SENTENCES = {
    "replied": "Replied to us.",
    "meeting_booked": "Booked a meeting.",
    "applied": "Applied for a job.",
    "in_process": "Is in an active hiring process.",
    "hired": "Was hired.",
    "unsubscribed": "Unsubscribed.",
    "hard_bounce": "The address does not exist.",
    "left_segment": "Left the segment.",
    "do_not_contact": "Is not to be contacted.",
    "erased": "Asked to be erased.",
    "wrong_person": "The address belongs to somebody else.",
    "merged": "Went on as another record of the same person.",
    "goal": "Reached the goal.",
    "manual": "Taken out by hand.",
    "canceled": "The campaign was canceled.",
    "ended": "The journey was ended for everybody inside.",
    "suppressed": "The address may not be written to.",
}
EVENT_KINDS = frozenset(_REASONS)


def reason_for(kind: str, data: Mapping[str, Any]) -> str:
    """The exit reason an event stands for; empty when it is none, such as an automatic reply."""
    if kind == "message.replied" and (data.get("automatic") or data.get("is_automatic")):
        return ""
    if kind == "message.bounced" and not _is_hard(data):
        return ""
    if kind == "message.settled" and data.get("outcome") != "wrong_person":
        return ""
    if kind == "candidate.unsubscribed" and data.get("topic") not in (None, "", "all"):
        return ""
    return _REASONS.get(kind, "")


def leaves(reason: str, exit_on: Set[str]) -> bool:
    """True when a journey with these exits lets the person go for this reason."""
    return bool(reason) and (reason in ALWAYS or reason in exit_on)


def sentence_for(reason: str) -> str:
    """The reason as people read it."""
    return _SENTENCES.get(reason, reason.replace("_", " ").capitalize() + ".")


def _is_hard(data: Mapping[str, Any]) -> bool:
    return bool(data.get("hard", data.get("type", data.get("bounce", "hard")) in ("hard", True)))
