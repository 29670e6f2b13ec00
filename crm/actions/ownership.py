"""Taking over a relation, handing it to a colleague, letting go of it, and renewing it."""

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, User
from crm.policies.ownership import sentence
from crm.queries.ownership import held_by_others, is_strict


class OwnedBySomebodyElse(DomainError):
    """A colleague is in touch with this person; ask them first."""

    code = "owned"
    status = 409


class NotYours(DomainError):
    """Only the owner can do this."""

    code = "not_yours"
    status = 409


@transaction.atomic
def take(*, candidate: Candidate, by: User) -> None:
    """The relation is theirs from now on. Refuses while a colleague's ownership lasts; twice is once."""
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if locked.owner_id == by.pk:
        return
    if held := held_by_others([locked.pk], by_id=by.pk, now=timezone.now()):
        raise OwnedBySomebodyElse(sentence(held[locked.pk]))
    _give(locked, by, "owner.taken", by)


@transaction.atomic
def hand_over(*, candidate: Candidate, to: User, by: User) -> None:
    """The relation is a colleague's from now on. Nobody hands over what a third one still holds."""
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if held := held_by_others([locked.pk], by_id=by.pk, now=timezone.now()):
        raise NotYours(sentence(held[locked.pk]))
    _give(locked, to, "owner.handed_over", by)


@transaction.atomic
def release(*, candidate: Candidate, by: User) -> None:
    """The relation is nobody's: free to take."""
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if locked.owner_id is None:
        return
    if held := held_by_others([locked.pk], by_id=by.pk, now=timezone.now()):
        raise NotYours(sentence(held[locked.pk]))
    _give(locked, None, "owner.released", by)


@transaction.atomic
def extend(*, candidate: Candidate, by: User) -> None:
    """The owner is still at it: the time begins anew."""
    if candidate.owner_id != by.pk:
        raise NotYours
    events.record("owner.extended", candidate=candidate, by=by)


def check(*, candidate: Candidate, by: User | None) -> None:
    """Refuse what a colleague's ownership stands against, where the workspace is strict about it."""
    held = held_by_others([candidate.pk], by_id=by.pk if by else None, now=timezone.now())
    if held and is_strict():
        raise OwnedBySomebodyElse(sentence(held[candidate.pk]))


def _give(candidate: Candidate, to: User | None, kind: str, by: User) -> None:
    now = timezone.now()
    stamp = candidate.edited_fields | {"owner": now.isoformat()}
    data = {"from": candidate.owner_id, "to": to.pk if to else None}
    Candidate.objects.filter(pk=candidate.pk).update(owner=to, edited_fields=stamp, updated_at=now)
    events.record(kind, candidate=candidate, by=by, data=data)
