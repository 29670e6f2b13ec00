"""What is decided about a message at the last moment before it goes, and after the server has answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from crm.models import Candidate, Message, Suppression

MOST_ATTEMPTS = 8
_PAUSES = (1, 5, 15, 60, 180, 360, 720)  # minutes before the next attempt


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    RETRY = "retry"  # certainly not taken; later may be better
    REJECTED = "rejected"  # certainly not taken; never will be
    UNKNOWN = "unknown"  # the server may or may not have it


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one mail. `code` is the server's number, 0 when it gave none."""

    verdict: Verdict
    code: int = 0
    text: str = ""
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Go, wait until a day, or never go, with the code of why."""

    goes: bool
    code: str = ""
    wait_until: date | datetime | None = None


GO = Decision(True)


def decide(message: Message, person: Candidate | None, found: Collection[str], *, today: date) -> Decision:
    """Whether a claimed message goes. `found`: the codes of crm.policies.reachability for this person."""
    is_service = message.kind == Message.Kind.SERVICE
    if person is None and not (is_service and message.candidate_id is None):
        return Decision(False, "not_found")
    if person and (person.anonymized_at or person.merged_into_id):
        return Decision(False, "not_found")
    blocking = [code for code in found if code != "no_basis" or not answers_them(message)]
    if not message.to_address:
        blocking.insert(0, "no_address")
    if blocking:
        return Decision(False, blocking[0])
    if person is None or is_service or message.kind == Message.Kind.ONE_TO_ONE:
        return GO
    return _as_they_wish(message, person, today)


def service_codes(suppressed_because: str) -> list[str]:
    """What keeps back a mail that answers what somebody just did: only an address mail must not go to.

    Consent and topics are about hearing from us; who unsubscribed still gets the ticket they asked for.
    """
    is_their_own_wish = suppressed_because in ("", Suppression.Reason.UNSUBSCRIBED)
    return [] if is_their_own_wish else ["suppressed"]


def answers_them(message: Message) -> bool:
    """Whether the mail answers one the person wrote: then they asked to hear from us."""
    parent = message.in_reply_to
    return parent is not None and parent.direction == Message.Direction.IN


def state_after(answer: Answer, *, attempt: int) -> str:
    """Where a message stands after this answer."""
    if answer.verdict == Verdict.ACCEPTED:
        return Message.State.SENT
    if answer.verdict == Verdict.UNKNOWN:
        return Message.State.UNKNOWN
    if answer.verdict == Verdict.RETRY and attempt < MOST_ATTEMPTS:
        return Message.State.QUEUED
    return Message.State.FAILED


def pause_after(attempt: int) -> timedelta:
    """How long to wait after this attempt before the next one."""
    return timedelta(minutes=_PAUSES[min(max(attempt, 1), len(_PAUSES)) - 1])


def is_missing_mailbox(answer: Answer) -> bool:
    """Whether a refusal means that the address does not exist, and not that our mail displeased."""
    words = answer.text.lower()
    if answer.verdict != Verdict.REJECTED or "5.7." in words:
        return False
    return any(mark in words for mark in ("5.1.", "user unknown", "no such user", "does not exist"))


def _as_they_wish(message: Message, person: Candidate, today: date) -> Decision:
    if message.topic and message.topic in person.topics_declined:
        return Decision(False, "unsubscribed")
    if person.not_before and person.not_before > today:
        return Decision(False, "gap", person.not_before)
    return GO
