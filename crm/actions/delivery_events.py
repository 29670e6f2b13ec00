"""What providers and bounce mails tell about messages that left: late, twice, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from crm.actions import consents, events, sender_health, unsubscribes
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, ContactPoint, Event, Message, Suppression
from crm.policies.automatic_mail import is_hard_status
from crm.policies.reply_matching import key_of

State = Message.State
_SOFT_FOR = timedelta(days=7)
_UNSURE = (State.SENDING, State.UNKNOWN, State.FAILED)
Kind = Literal["delivered", "bounced", "complained", "deferred"]


@dataclass(frozen=True, slots=True)
class Report:
    """One thing a provider says about one message. `is_hard` None: to be read out of the reason."""

    key: str
    kind: Kind
    at: datetime | None = None
    reason: str = ""
    is_hard: bool | None = None


def apply_many(reports: Sequence[Report]) -> int:
    """Apply reports of any workspaces, each in its own; returns how many named a message of ours."""
    applied = 0
    for report in reports:
        named = key_of(report.key)
        if named is None:
            continue
        key, workspace_id = named
        with workspace_scope(workspace_id):
            message = Message.objects.filter(key=key, direction=Message.Direction.OUT).first()
            if message:
                apply(message=message, report=report)
                applied += 1
    return applied


@transaction.atomic
def apply(*, message: Message, report: Report) -> None:
    """Move the message on, once. A delivery settles an unknown outcome; a bounce ends the address if hard."""
    at = min(report.at or timezone.now(), timezone.now())
    # The candidate first, as crm.actions.claims and everybody who stops mail.
    Candidate.objects.select_for_update(no_key=True).filter(pk=message.candidate_id or 0).first()
    current = Message.objects.select_for_update().get(pk=message.pk)
    if report.kind == "delivered":
        _delivered(current, at)
    elif report.kind == "bounced":
        _bounced(current, at, report)
    elif report.kind == "complained":
        _complained(current, at)
    if report.kind in ("bounced", "complained"):
        sender_health.look(now=timezone.now())


def _delivered(message: Message, at: datetime) -> None:
    if message.state not in (*_UNSURE, State.SENT):
        return
    _was_sent(message, at)
    message.state, message.delivered_at, message.failure = State.DELIVERED, at, ""
    message.lease_until = None
    message.save(update_fields=["state", "delivered_at", "failure", "sent_at", "lease_until"])
    _record(message, "message.delivered", at)


def _bounced(message: Message, at: datetime, report: Report) -> None:
    if message.state not in (*_UNSURE, State.SENT, State.DELIVERED):
        return
    is_hard = _is_hard(report.reason) if report.is_hard is None else report.is_hard
    _was_sent(message, at)
    message.state, message.failure, message.lease_until = State.BOUNCED, report.reason[:300], None
    message.save(update_fields=["state", "failure", "sent_at", "lease_until"])
    if is_hard or _keeps_bouncing(message, at, report.reason):
        end_address(message=message, at=at)
    _record(message, "message.bounced", at, hard=is_hard)


def _keeps_bouncing(message: Message, at: datetime, reason: str) -> bool:
    """The third soft bounce over a week or more. What displeased a filter says nothing about the address."""
    if message.candidate_id is None or any(mark in reason.lower() for mark in ("block", "spam", "policy")):
        return False
    before = Event.objects.filter(
        kind="message.bounced", candidate_id=message.candidate_id, data__hard=False
    ).order_by("occurred_at")
    moments = list(before.values_list("occurred_at", flat=True)[:2])
    return len(moments) == 2 and at - moments[0] >= _SOFT_FOR


def end_address(*, message: Message, at: datetime) -> None:
    """The message's address does not exist: nobody here writes to it again, and what waits is canceled."""
    address = message.to_address.lower()
    consents.suppress(address=address, reason=Suppression.Reason.BOUNCED)
    ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, normalized=address, bounced_at=None).update(
        bounced_at=at
    )
    if message.candidate and message.candidate.email == address:
        unsubscribes.cancel_queued(candidate=message.candidate, code="suppressed")


def _complained(message: Message, at: datetime) -> None:
    recorded = events.record(
        "message.complained",
        candidate=message.candidate,
        at=at,
        ref=f"message:{message.pk}",
        data=_data(message),
    )
    if recorded is None:
        return
    consents.suppress(address=message.to_address, reason=Suppression.Reason.COMPLAINED)
    if message.candidate:
        unsubscribes.stop_everything(candidate=message.candidate, channel="complaint")


def _was_sent(message: Message, at: datetime) -> None:
    """The report overtook our own record of the sending, or settles an unknown one."""
    if message.sent_at is None:
        message.sent_at = at
        _record(message, "message.sent", at)
        Candidate.objects.filter(pk=message.candidate_id or 0).update(last_contacted_at=at)


def _record(message: Message, kind: str, at: datetime, **more: object) -> None:
    events.record(kind, candidate=message.candidate, at=at, data=_data(message) | more)


def _data(message: Message) -> dict[str, object]:
    return {"message": message.pk, "kind": message.kind, "topic": message.topic}


def _is_hard(reason: str) -> bool:
    words = reason.lower()
    statuses = [word.strip("()[],;:") for word in words.split() if word.count(".") == 2]
    coded = [status for status in statuses if status.replace(".", "").isdigit()]
    if coded:
        return is_hard_status(coded[0])
    return not any(
        mark in words for mark in ("soft", "block", "spam", "policy", "full", "quota", "timed", "temp")
    )
