"""Why a message does not go, or not yet: each code with what becomes of the step, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What a refusal means for the step."""

    SLIDE = "slide"  # later, by itself
    HOLD = "hold"  # a person decides
    SKIP = "skip"  # this message never goes, the journey goes on
    EXIT = "exit"  # the journey ends for this person


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code with its fate and its sentence."""

    code: str
    fate: Fate
    sentence: str


_FATES = {
    "unsubscribed": (Fate.EXIT, "Unsubscribed from everything."),
    "topic_declined": (Fate.SKIP, "Does not want mail about this topic."),
    "suppressed": (Fate.EXIT, "The address bounced, complained or was erased; nobody may write to it."),
    "no_basis": (Fate.HOLD, "There is no lawful basis to write to this person."),
    "do_not_contact": (Fate.EXIT, "This person or company is not to be contacted."),
    "topic_closed": (Fate.SKIP, "This person or company is not to be contacted about this topic."),
    "in_process": (Fate.EXIT, "Is in an active hiring process."),
    "missing_value": (Fate.HOLD, "A value the message needs is missing."),
    "cap": (Fate.SLIDE, "Has had as many messages as the cap allows."),
    "gap": (Fate.SLIDE, "Heard from us too recently."),
    "window": (Fate.SLIDE, "Outside the hours mail may leave."),
    "holiday": (Fate.SLIDE, "A holiday where this person lives."),
    "pace": (Fate.SLIDE, "The sender's mailbox has reached its pace."),
    "sender_stopped": (Fate.SLIDE, "Automated mail is stopped: too many mails bounced or were called spam."),
    "overdue": (Fate.HOLD, "Overdue by more than 72 hours; decide whether it still makes sense."),
    "no_address": (Fate.HOLD, "There is no address to write to."),
    "paused": (Fate.SLIDE, "The journey is paused."),
    "holdout": (Fate.EXIT, "Is in the group that is left out so that the lift can be measured."),
    "owned": (Fate.SKIP, "A colleague is in touch with this person."),
    "already_inside": (Fate.SKIP, "Is already in this journey."),
    "too_soon": (Fate.SKIP, "Was in this journey too recently to enter again."),
    "archived": (Fate.EXIT, "Is archived or was merged into somebody else."),
    "not_found": (Fate.SKIP, "There is no such person here."),
}
_PUBLIC = {"topic_declined": "unsubscribed", "topic_closed": "do_not_contact"}
CODES = frozenset(_FATES)


def told(codes: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """How many by which rule, the most first: the sentence, the code, the number."""
    most = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(refusal(code).sentence, code, people) for code, people in most]


def refusal(code: str, sentence: str = "") -> Refusal:
    """The refusal of that code; a sentence of its own says more than the general one."""
    fate, general = _FATES[code]
    # A topic alone is one of two ways to be unsubscribed, or not to be contacted; only its fate differs.
    public = _PUBLIC.get(code, code)
    return Refusal(public, fate, sentence or general)
