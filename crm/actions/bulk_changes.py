"""What can be done to many candidates at once: each change gives a receipt, and each receipt undoes it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.actions import candidates, events, tags
from crm.actions.events import NewEvent
from crm.kernel.errors import DomainError
from crm.models import Candidate, Event, User
from crm.queries.people import member_ids


class UnknownChange(DomainError):
    """There is no such change."""

    code = "unknown_change"
    status = 400


class NoColleague(DomainError):
    """Nobody here has this id."""

    code = "no_colleague"


@dataclass(frozen=True, slots=True)
class Change:
    """A change by name: doing it gives a receipt of this kind, which `undo` takes.

    `said` is what is said when it is done ({n} people, {word} the first of what it takes); `told` makes a
    better sentence of what its receipts hold.
    """

    do: Callable[..., int]
    undo: Callable[..., int]
    receipt: str
    label: str
    said: str
    takes: str = ""
    permission: str = "candidates.edit"
    told: Callable[[Sequence[Mapping[str, Any]]], str] | None = None


@transaction.atomic
def set_owner(*, candidate_ids: Collection[int], owner: str, by: User | None = None) -> int:
    """Give people to a colleague (an id as text; empty: to nobody); those who have them keep them."""
    owner_id = member_ids().get(owner) if owner else None
    if owner and owner_id is None:
        raise NoColleague
    people = Candidate.objects.select_for_update().filter(pk__in=candidate_ids, anonymized_at=None)
    before = {pk: old for pk, old in people.order_by("pk").values_list("pk", "owner_id") if old != owner_id}
    _give(before.keys(), owner_id, by)
    grouped: dict[str, list[int]] = {}
    for pk, old in before.items():
        grouped.setdefault(str(old or ""), []).append(pk)
    return _receipt("candidates.owner_set", {"owner": owner_id, "before": grouped}, by)


@transaction.atomic
def undo_owner(*, receipt: int, by: User | None = None) -> int:
    """Give people back to whoever had them, but for those given on since; returns how many."""
    given = events.taken_back(receipt=receipt, kind="candidates.owner_set", by=by)
    count = 0
    for old, ids in given["before"].items():
        people = Candidate.objects.select_for_update().filter(pk__in=ids, owner_id=given["owner"])
        still = list(people.values_list("pk", flat=True))
        _give(still, int(old) if old else None, by)
        count += len(still)
    return count


@transaction.atomic
def archive(*, candidate_ids: Collection[int], by: User | None = None) -> int:
    """Take people out of lists and searches; returns the receipt."""
    there = Candidate.objects.filter(pk__in=candidate_ids, archived_at=None, anonymized_at=None)
    ids = list(there.order_by("pk").values_list("pk", flat=True))
    candidates.archive(candidate_ids=ids, by=by)
    return _receipt("candidates.archived", {"candidates": ids}, by)


@transaction.atomic
def undo_archive(*, receipt: int, by: User | None = None) -> int:
    """Bring them back; returns how many."""
    given = events.taken_back(receipt=receipt, kind="candidates.archived", by=by)
    return candidates.restore(candidate_ids=given["candidates"], by=by)


_OWN: Mapping[str, Change] = {
    "stage": Change(
        candidates.set_stage, candidates.undo_stages, "candidates.stage_set",
        "Set the stage", "{n} moved to {word}.", "stage",
    ),
    "tag": Change(tags.add, tags.undo, "candidates.tagged", "Tag", "Tagged {n} with “{word}”.", "name"),
    "owner": Change(
        set_owner, undo_owner, "candidates.owner_set",
        "Give to a colleague", "{n} have another owner.", "owner",
    ),
    "archive": Change(archive, undo_archive, "candidates.archived", "Archive", "{n} archived."),
}  # fmt: skip


def changes() -> dict[str, Change]:
    """Every change by name: those of the core, and those apps above add (settings.BULK_CHANGES)."""
    return {**_OWN, **{name: import_string(path) for name, path in settings.BULK_CHANGES.items()}}


def make(change: str, *, candidate_ids: Collection[int], params: Mapping[str, Any], by: User) -> int:
    """Make the change of this name; returns the receipt. Raises UnknownChange."""
    known = changes()
    if change not in known:
        raise UnknownChange
    return known[change].do(candidate_ids=candidate_ids, by=by, **params)


def told(change: str, receipts: Collection[int]) -> str:
    """What the receipts of one change say together; empty where its counts say all there is."""
    tell = changes()[change].told if change in changes() else None
    return tell([row.data for row in Event.objects.filter(pk__in=receipts).order_by("pk")]) if tell else ""


def undo(*, receipt: int, by: User) -> int:
    """Take back what the receipt is of; returns for how many. Raises UnknownReceipt, AlreadyUndone."""
    kind = events.kind_of(receipt)
    found = next((change for change in changes().values() if change.receipt == kind), _OWN["stage"])
    return found.undo(receipt=receipt, by=by)


def _give(ids: Collection[int], owner_id: int | None, by: User | None) -> None:
    now, actor = timezone.now(), by.pk if by else None
    Candidate.objects.filter(pk__in=ids).update(owner_id=owner_id, updated_at=now)
    events.record_many(
        NewEvent("candidate.changed", pk, actor, now, data={"fields": ["owner"]}) for pk in ids
    )


def _receipt(kind: str, data: dict[str, Any], by: User | None) -> int:
    receipt = events.record(kind, by=by, data=data)
    assert receipt is not None
    return receipt.pk
