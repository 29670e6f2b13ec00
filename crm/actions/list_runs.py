"""Changes to everybody in a list, batch by batch in the background, with progress, a safe stop and undo."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import bulk_changes, events
from crm.actions.bulk_changes import UnknownChange
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import ListRun, User

State = ListRun.State
BATCH = 5_000
_TURN = timedelta(seconds=60)
_UNFINISHED = (State.WAITING, State.RUNNING)


class NothingToUndo(DomainError):
    """This cannot be undone now."""

    code = "nothing_to_undo"
    status = 409


@transaction.atomic
def start(
    *, change: str, params: Mapping[str, Any], candidate_ids: Sequence[int], query: str, by: User
) -> ListRun:
    """Let the change be made to these people in the background. Refuses a change there is none of."""
    if change not in bulk_changes.changes():
        raise UnknownChange
    run = ListRun.objects.create(
        kind=ListRun.Kind.BULK, action=change, params=dict(params), query=query[:8_000],
        ids=list(candidate_ids), total=len(candidate_ids), created_by=by,
    )  # fmt: skip
    enqueue("crm.carry_list_run", list_run_id=run.pk)
    return run


@transaction.atomic
def stop(*, run: ListRun) -> None:
    """Stop after the batch that is being written; what was changed stays and can be undone. Twice is once."""
    ListRun.objects.filter(pk=run.pk, state__in=_UNFINISHED).update(
        state=State.CANCELED, finished_at=timezone.now()
    )


@transaction.atomic
def undo(*, run: ListRun) -> None:
    """Take back what was changed, in the background, last batch first. Refused while it runs, and twice."""
    over = (State.FINISHED, State.CANCELED, State.FAILED)
    undone = ListRun.objects.filter(pk=run.pk, kind=ListRun.Kind.BULK, state__in=over).exclude(receipts=[])
    if not undone.update(state=State.UNDOING, finished_at=None):
        raise NothingToUndo
    enqueue("crm.carry_list_run", list_run_id=run.pk)


def carry_on(*, workspace_id: int, run_id: int) -> None:
    """Batch after batch, each in a transaction of its own with its receipt, for at most a minute.

    Killed anywhere, it goes on after the last batch written.
    """
    until = timezone.now() + _TURN
    while True:
        with workspace_scope(workspace_id):
            moving = (*_UNFINISHED, State.UNDOING)
            run = (
                ListRun.objects.select_for_update(skip_locked=True)
                .filter(pk=run_id, kind=ListRun.Kind.BULK, state__in=moving)
                .first()
            )
            if run is None or _step(run):
                return
            if timezone.now() > until:
                enqueue("crm.carry_list_run", list_run_id=run_id)
                return


def wake_waiting() -> int:
    """Hint runs whose hint was lost or whose worker died; returns how many."""
    waiting = ListRun.objects.filter(state__in=(*_UNFINISHED, State.UNDOING))
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:100])
    for run_id in ids:
        enqueue("crm.carry_list_run", list_run_id=run_id)
    return len(ids)


def _step(run: ListRun) -> bool:
    """One batch forward or back; whether that was the last."""
    is_over = _step_back(run) if run.state == State.UNDOING else _step_forward(run)
    if is_over:
        run.finished_at = timezone.now()
    run.save(update_fields=["state", "done", "receipts", "failure", "started_at", "finished_at"])
    return is_over


def _step_forward(run: ListRun) -> bool:
    run.started_at = run.started_at or timezone.now()
    run.state = State.RUNNING
    batch = run.ids[run.done : run.done + BATCH]
    try:
        with transaction.atomic():
            receipt = bulk_changes.make(run.action, candidate_ids=batch, params=run.params, by=run.created_by)
    except DomainError as refusal:
        run.state, run.failure = State.FAILED, refusal.sentence[:300]
        return True
    run.receipts.append(receipt)
    run.done += len(batch)
    if run.done >= run.total:
        run.state = State.FINISHED
        data = {"run": run.pk, "change": run.action, "people": run.total}
        events.record("candidates.bulk_changed", by=run.created_by, data=data)
    return run.state == State.FINISHED


def _step_back(run: ListRun) -> bool:
    try:
        with transaction.atomic():
            bulk_changes.undo(receipt=run.receipts[-1], by=run.created_by)
    except events.AlreadyUndone:
        pass  # taken back one by one before
    run.receipts.pop()
    run.done = max(0, run.done - BATCH)
    if not run.receipts:
        run.state = State.UNDONE
    return run.state == State.UNDONE
