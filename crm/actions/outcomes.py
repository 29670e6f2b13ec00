"""What a recruiter makes of a reply: one click, with its effect on the person, and back again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import candidates, consents, events, tasks, unsubscribes
from crm.kernel.errors import DomainError
from crm.models import Candidate, ContactPoint, Event, Message, Stage, Suppression, User

Outcome = Message.Outcome
# Taking these back would put words into the person's mouth.
FINAL = (Outcome.WRONG_PERSON, Outcome.STOP)


class NoDate(DomainError):
    """Say from when the person may be written to again."""


class CannotUndo(DomainError):
    """This cannot be taken back; change the person instead."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An outcome with what it needs: a day for “not now”, a reason for “not interested”."""

    outcome: str
    not_before: date | None = None
    reason: str = ""


@transaction.atomic
def settle(*, message: Message, choice: Choice, by: User) -> Message:
    """Mark a reply as dealt with and do what its outcome means. None only takes it off the list."""
    if choice.outcome == Outcome.NOT_NOW and (
        not choice.not_before or choice.not_before <= timezone.localdate()
    ):
        raise NoDate(fields={"not_before": str(NoDate.__doc__)})
    locked = Message.objects.select_for_update().get(pk=message.pk)
    before = _carry_out(locked, choice, by)
    locked.outcome, locked.settled_at, locked.settled_by = choice.outcome, timezone.now(), by
    locked.save(update_fields=["outcome", "settled_at", "settled_by"])
    data: dict[str, Any] = {"message": locked.pk, "outcome": choice.outcome, "reason": choice.reason[:200]}
    data["before"] = before
    if choice.outcome == Outcome.NOT_NOW:
        data["not_before"] = str(choice.not_before)
    events.record("message.settled", candidate=locked.candidate, by=by, data=data)
    return locked


@transaction.atomic
def undo(*, message: Message, by: User) -> Message:
    """Put the reply back on the list, and the person back where they were."""
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.settled_at is None:
        return locked
    if locked.outcome in FINAL:
        raise CannotUndo
    settled = Event.objects.filter(kind="message.settled", candidate_id=locked.candidate_id or 0)
    latest = settled.filter(data__message=locked.pk).order_by("-pk").first()
    _take_back(locked, latest.data["before"] if latest else {}, by)
    locked.outcome, locked.settled_at, locked.settled_by = "", None, None
    locked.save(update_fields=["outcome", "settled_at", "settled_by"])
    events.record("message.unsettled", candidate=locked.candidate, by=by, data={"message": locked.pk})
    return locked


def _carry_out(message: Message, choice: Choice, by: User) -> dict[str, Any]:
    """Do it; returns what it was before, as undo() needs it."""
    person = message.candidate
    if person is None:
        return {}
    if choice.outcome == Outcome.INTERESTED and person.stage in ("", Stage.INITIAL_INTEREST):
        moved = [person.pk]
        receipt = candidates.set_stage(candidate_ids=moved, stage=Stage.SCREENING, by=by, means="reply")
        return {"stage_receipt": receipt}
    if choice.outcome == Outcome.NOT_NOW:
        Candidate.objects.filter(pk=person.pk).update(not_before=choice.not_before, updated_at=timezone.now())
        return {"not_before": str(person.not_before) if person.not_before else None}
    if choice.outcome == Outcome.WRONG_PERSON:
        _mark_wrong(person, person.email or message.from_address, by)
    elif choice.outcome == Outcome.STOP:
        unsubscribes.stop_everything(candidate=person, channel="reply", by=by)
    return {}


def _mark_wrong(person: Candidate, address: str, by: User) -> None:
    """The address is somebody else's: nobody writes there again. The person stays, and asked for nothing."""
    consents.suppress(address=address, reason=Suppression.Reason.WRONG_PERSON, by=by)
    points = ContactPoint.objects.filter(candidate=person, kind=ContactPoint.Kind.EMAIL)
    points.filter(normalized=address.lower()).update(label="wrong person")
    unsubscribes.cancel_queued(candidate=person, code="suppressed")
    title = f"Find the right address of {person.full_name or address}: {address} is somebody else's"
    tasks.add(candidate=person, title=title, assignee=person.owner or by, by=by)


def _take_back(message: Message, before: dict[str, Any], by: User) -> None:
    if "stage_receipt" in before:
        candidates.undo_stages(receipt=before["stage_receipt"], by=by)
    if "not_before" in before and message.candidate_id:
        day = date.fromisoformat(before["not_before"]) if before["not_before"] else None
        Candidate.objects.filter(pk=message.candidate_id).update(not_before=day, updated_at=timezone.now())
