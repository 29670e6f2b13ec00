"""Exports too large to wait for: written in the background, kept for a day, for whoever asked."""

import csv
import io
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import ListRun, SearchCandidate, User
from crm.policies import candidate_export, csv_files, xlsx_files
from crm.queries.people import custom_fields

State = ListRun.State
BATCH = 2_000
MOST_IN_WORKBOOK = 100_000
FORMATS = ("csv", "xlsx")
_LEASE = timedelta(minutes=2)


class CannotExport(DomainError):
    """This cannot be exported so."""

    code = "cannot_export"


@transaction.atomic
def start(*, kind: str, candidate_ids: Sequence[int], query: str, by: User) -> ListRun:
    """Write a file of these people in the background. Refuses more rows than a workbook opens with."""
    if kind not in FORMATS:
        raise CannotExport(f"One of {', '.join(FORMATS)}.")
    if kind == "xlsx" and len(candidate_ids) > MOST_IN_WORKBOOK:
        raise CannotExport(f"A workbook takes {MOST_IN_WORKBOOK:,} rows; choose CSV or narrow the list.")
    run = ListRun.objects.create(
        kind=ListRun.Kind.EXPORT, action=kind, query=query[:8_000], ids=list(candidate_ids),
        total=len(candidate_ids), created_by=by,
    )  # fmt: skip
    enqueue("crm.carry_export", list_run_id=run.pk)
    return run


def carry_on(*, workspace_id: int, run_id: int) -> None:
    """Write the file from its beginning and keep it. A second worker at the same run stops."""
    with workspace_scope(workspace_id):
        run = _claim(run_id)
        own = list(custom_fields())
    if run is None:
        return
    with tempfile.TemporaryFile() as file:
        _write(_rows(workspace_id, run, own), run.action, file)
        file.seek(0)
        with workspace_scope(workspace_id):
            _keep(workspace_id, run, file)


def wake_waiting() -> int:
    """Hint exports whose hint was lost or whose worker died; returns how many."""
    now = timezone.now()
    waiting = ListRun.objects.filter(
        kind=ListRun.Kind.EXPORT, state__in=(State.WAITING, State.RUNNING)
    ).exclude(lease_until__gte=now)
    ids = list(waiting.values_list("pk", flat=True)[:100])
    for run_id in ids:
        enqueue("crm.carry_export", list_run_id=run_id)
    return len(ids)


def _claim(run_id: int) -> ListRun | None:
    waiting = ListRun.objects.filter(kind=ListRun.Kind.EXPORT, state__in=(State.WAITING, State.RUNNING))
    run = (
        waiting.exclude(lease_until__gte=timezone.now())
        .select_for_update(skip_locked=True)
        .filter(pk=run_id)
        .first()
    )
    if run is not None:
        run.state, run.done, run.started_at = State.RUNNING, 0, timezone.now()
        run.lease_until = timezone.now() + _LEASE
        run.save(update_fields=["state", "done", "started_at", "lease_until"])
    return run


def _rows(workspace_id: int, run: ListRun, own: Sequence[str]) -> Iterator[list[object]]:
    yield candidate_export.head(own)
    for start in range(0, len(run.ids), BATCH):
        ids = run.ids[start : start + BATCH]
        with workspace_scope(workspace_id):
            going = ListRun.objects.filter(pk=run.pk, state=State.RUNNING)
            if not going.update(done=start, lease_until=timezone.now() + _LEASE):
                return
            people = list(SearchCandidate.objects.filter(pk__in=ids).order_by("pk"))
        for person in people:
            yield candidate_export.row(person, own)


def _write(rows: Iterator[list[object]], kind: str, file: IO[bytes]) -> None:
    if kind == "xlsx":
        xlsx_files.written(rows, file)
        return
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerows([csv_files.safe(cell) for cell in row] for row in rows)
    text.detach()


def _keep(workspace_id: int, run: ListRun, file: IO[bytes]) -> None:
    name = f"{workspace_id}/{secrets.token_hex(20)}"
    finished = ListRun.objects.filter(pk=run.pk, state=State.RUNNING)
    if not finished.update(
        state=State.FINISHED, done=run.total, storage_name=name, finished_at=timezone.now(), ids=[]
    ):
        return
    default_storage.save(name, File(file))
    events.record("candidates.exported", by=run.created_by, data={"run": run.pk, "people": run.total})
