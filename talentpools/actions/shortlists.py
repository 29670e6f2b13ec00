"""Picking people for a requisition."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import event_sets
from crm.models import Requisition, SearchCandidate, User
from crm.queries.merged import merged_into
from talentpools.actions.members import AlreadyUndone
from talentpools.models import Receipt, ShortlistEntry

BATCH = 5_000
_ONE_CHANGE = timedelta(minutes=1)
_KEPT = ("candidate_id", "note", "added_by_id", "verdict", "verdict_note")


@transaction.atomic
def add(
    *, requisition: Requisition, candidate_ids: Sequence[int], by: User | None, note: str = ""
) -> Receipt:
    """Shortlist the people. Those on the list already, archived or unknown are counted as unchanged."""
    wanted = set(candidate_ids)
    living = set(SearchCandidate.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate_id__in=wanted)
    new = sorted(living - set(listed.values_list("candidate_id", flat=True)))
    _write(
        requisition, [{"candidate_id": pk, "note": note, "added_by_id": by.pk if by else None} for pk in new]
    )
    _record(requisition, new, "shortlist.added", by)
    undo = {"entries": [{"candidate_id": pk} for pk in new]}
    return _receipt(Receipt.Kind.SHORTLIST_ADD, requisition, undo, len(wanted) - len(new), by)


@transaction.atomic
def remove(*, requisition: Requisition, candidate_ids: Sequence[int], by: User | None) -> Receipt:
    """Take the people off the list; the receipt keeps their notes and verdicts for an undo."""
    wanted = set(candidate_ids)
    entries = _take_off(requisition, sorted(wanted), by)
    undo = {"entries": entries}
    return _receipt(Receipt.Kind.SHORTLIST_REMOVE, requisition, undo, len(wanted) - len(entries), by)


@transaction.atomic
def note(*, entry: ShortlistEntry, text: str) -> ShortlistEntry:
    """Say why the person is on the list."""
    entry.note = text.strip()
    entry.save(update_fields=["note"])
    return entry


@transaction.atomic
def undo(*, receipt: Receipt, by: User | None) -> Receipt:
    """Take an addition or removal back. Refuses the second time."""
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.undone_at is not None:
        raise AlreadyUndone
    requisition = Requisition.objects.get(pk=receipt.target_id)
    entries: list[dict[str, Any]] = receipt.undo["entries"]
    ids = [entry["candidate_id"] for entry in entries]
    called = merged_into(ids)
    if receipt.kind == Receipt.Kind.SHORTLIST_ADD:
        # Somebody merged since left their place to whoever they are now.
        theirs = ShortlistEntry.objects.filter(
            requisition=requisition,
            candidate_id__in=called.values(),
            added_at__range=(receipt.made_at - _ONE_CHANGE, receipt.made_at),
        )
        _take_off(requisition, [*ids, *theirs.values_list("candidate_id", flat=True)], by)
    else:
        entries = [
            entry | {"candidate_id": called.get(pk, pk)} for entry, pk in zip(entries, ids, strict=True)
        ]
        ids = [entry["candidate_id"] for entry in entries]
        living = set(SearchCandidate.objects.filter(pk__in=ids).values_list("pk", flat=True))
        _write(requisition, [entry for entry in entries if entry["candidate_id"] in living])
        _record(requisition, sorted(living), "shortlist.added", by)
    receipt.undone_at = timezone.now()
    receipt.save(update_fields=["undone_at"])
    return receipt


def _write(requisition: Requisition, entries: Sequence[dict[str, Any]]) -> None:
    rows = [ShortlistEntry(requisition=requisition, **entry) for entry in entries]
    ShortlistEntry.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _take_off(
    requisition: Requisition, candidate_ids: Sequence[int], by: User | None
) -> list[dict[str, Any]]:
    listed = ShortlistEntry.objects.filter(requisition=requisition, candidate_id__in=candidate_ids)
    entries = [dict(entry) for entry in listed.select_for_update(of=("self",)).values(*_KEPT)]
    listed.delete()
    _record(requisition, sorted(entry["candidate_id"] for entry in entries), "shortlist.removed", by)
    return entries


def _record(requisition: Requisition, ids: Sequence[int], kind: str, by: User | None) -> None:
    event_sets.record_for(ids, kind, by=by, at=timezone.now(), data={"requisition": requisition.pk})


def _receipt(
    kind: str, requisition: Requisition, undo: dict[str, Any], unchanged: int, by: User | None
) -> Receipt:
    return Receipt.objects.create(
        kind=kind,
        target_id=requisition.pk,
        changed=len(undo["entries"]),
        unchanged=unchanged,
        undo=undo,
        made_by=by,
        made_at=timezone.now(),
    )
