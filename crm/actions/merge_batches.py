"""Many pairs merged at once, in the background, with one receipt that undoes them all."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.actions import duplicates, events, merges
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import DuplicatePair, MergeBatch, User
from crm.queries.duplicates import queue

TASK = "crm.merge_duplicates"
BATCH = 25
_UNFINISHED = (MergeBatch.State.RUNNING, MergeBatch.State.UNDOING)


class NothingToMerge(DomainError):
    """Select pairs to merge first."""

    code = "nothing_to_merge"


class NotUndoable(DomainError):
    """This was undone before, or is still being merged."""

    code = "already_undone"
    status = 409


@transaction.atomic
def start(*, pair_ids: Collection[int], by: User | None = None) -> MergeBatch:
    """Let these open pairs be merged in the background, the older record of each being kept."""
    open_ = queue().filter(pk__in=pair_ids)
    ids = list(open_.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise NothingToMerge
    batch = MergeBatch.objects.create(made_by=by, made_at=timezone.now())
    DuplicatePair.objects.filter(pk__in=ids).update(
        batch=batch, state=DuplicatePair.State.WAITING, failure=""
    )
    duplicates.recount()
    enqueue(TASK, batch_id=batch.pk)
    return batch


@transaction.atomic
def undo(*, batch: MergeBatch) -> MergeBatch:
    """Let every merge of the batch be undone in the background, the last one first."""
    finished = MergeBatch.objects.filter(pk=batch.pk, state=MergeBatch.State.FINISHED)
    if not finished.update(state=MergeBatch.State.UNDOING, finished_at=None):
        raise NotUndoable
    enqueue(TASK, batch_id=batch.pk)
    return MergeBatch.objects.get(pk=batch.pk)


def carry_on(*, workspace_id: int, batch_id: int) -> None:
    """Merge, or undo, a few pairs a transaction until none is left. Killed anywhere, it goes on."""
    while True:
        with workspace_scope(workspace_id):
            unfinished = MergeBatch.objects.select_for_update(skip_locked=True, of=("self",))
            batch = unfinished.filter(pk=batch_id, state__in=_UNFINISHED).first()
            if batch is None or not _do_some(batch, timezone.now()):
                return


def wake() -> int:
    """Hint at batches that a lost worker left unfinished; returns how many."""
    ids = list(MergeBatch.objects.filter(state__in=_UNFINISHED).values_list("pk", flat=True))
    for batch_id in ids:
        enqueue(TASK, batch_id=batch_id)
    return len(ids)


def _do_some(batch: MergeBatch, now: datetime) -> bool:
    """A few more pairs; False when the batch is over."""
    is_undoing = batch.state == MergeBatch.State.UNDOING
    wanted = DuplicatePair.State.MERGED if is_undoing else DuplicatePair.State.WAITING
    pairs = batch.pairs.filter(state=wanted, failure="").select_related("first", "second")
    some = list(pairs.order_by("-receipt_id" if is_undoing else "pk")[:BATCH])
    for pair in some:
        _undo(pair, batch) if is_undoing else _merge(pair, batch)
    if some:
        return True
    batch.state = MergeBatch.State.UNDONE if is_undoing else MergeBatch.State.FINISHED
    batch.finished_at = now
    batch.save(update_fields=["state", "finished_at"])
    duplicates.recount()
    events.record(f"merges.{batch.state}", by=batch.made_by, data={"batch": batch.pk})
    return False


def _merge(pair: DuplicatePair, batch: MergeBatch) -> None:
    try:
        merges.Merge(pair.first, pair.second, (), batch.made_by).run()
    except DomainError as refusal:
        # It waits for a person again, with the reason.
        _note(pair, refusal, state=DuplicatePair.State.OPEN)


def _undo(pair: DuplicatePair, batch: MergeBatch) -> None:
    try:
        merges.undo(receipt=pair.receipt_id or 0, by=batch.made_by)
    except DomainError as refusal:
        _note(pair, refusal, state=DuplicatePair.State.MERGED)


def _note(pair: DuplicatePair, refusal: DomainError, *, state: str) -> None:
    DuplicatePair.objects.filter(pk=pair.pk).update(state=state, failure=refusal.sentence[:200])
