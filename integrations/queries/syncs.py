"""What a sync run has done, how fast, and how long it will take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from integrations.models import Connection, SyncRun

COLUMNS = ("read", "created", "changed", "unchanged", "skipped", "removed", "warnings")
KINDS = {
    "user": "Users",
    "requisition": "Requisitions",
    "candidate": "Candidates",
    "application": "Applications",
    "stage": "Stage history",
    "rejection": "Rejections",
    "offer": "Offers",
    "hire": "Hires",
    "interview": "Interviews",
    "scorecard": "Scorecards",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A run in figures: `done` of `expected`. `eta_seconds` is None while nobody can tell."""

    totals: dict[str, int]
    done: int
    rows: list[tuple[str, dict[str, int]]]
    per_second: float
    percent: int | None
    eta_seconds: int | None
    expected: int
    seconds: int
    # Whether anybody can tell how much there is; else which list of how many is being read (0 = unknown).
    is_foreseen: bool
    step: int = 0
    steps: int = 0
    # Records, why they were not kept, how many.
    skips: tuple[tuple[str, str, int], ...] = ()


def runs_of(connection: Connection) -> QuerySet[SyncRun]:
    """The connection's runs, newest first."""
    return SyncRun.objects.filter(connection=connection).select_related("started_by").order_by("-pk")


def progress(run: SyncRun, *, now: datetime | None = None) -> Progress:
    """Counts, rate, and what is left: by what the ATS says there is, else by the last full run."""
    totals = {name: sum(counts.get(name, 0) for counts in run.counts.values()) for name in COLUMNS}
    end = run.finished_at or now or timezone.now()
    seconds = (end - run.started_at).total_seconds() if run.started_at else 0.0
    per_second = totals["read"] / seconds if seconds > 0 else 0.0
    done, expected = _told(run) or (totals["read"], _expected(run))
    is_open = run.state in (SyncRun.State.WAITING, SyncRun.State.RUNNING)
    percent = min(99, round(100 * done / expected)) if expected and is_open else None
    left = max(0, (expected or 0) - done)
    eta = round(seconds * left / done) if expected and is_open and done else None
    rows = [(KINDS[kind], run.counts[kind]) for kind in KINDS if kind in run.counts]
    percent = 100 if run.state == SyncRun.State.FINISHED else percent
    # Without a run to compare with, the bar shows what was read of what was read.
    most = max(expected or 0, done)
    position = run.cursor.get("position") or {}
    steps = int(position.get("steps") or 0)
    step = min(int(position.get("step") or 0) + 1, steps)
    rate = round(per_second, 1)
    return Progress(
        *(totals, done, rows, rate, percent, eta, most, round(seconds), bool(expected), step, steps),
        skips=tuple(
            (KINDS[kind], why, run.skips[kind][why]) for kind in KINDS for why in run.skips.get(kind, ())
        ),
    )


def summary(run: SyncRun) -> dict[str, Any]:
    """The run as the API and the command line show it."""
    told = progress(run)
    return {
        "id": run.pk,
        "connection": run.connection_id,
        "mode": run.mode,
        "state": run.state,
        "counts": told.totals,
        "by_kind": run.counts,
        "skips": run.skips,
        "per_second": told.per_second,
        "percent": told.percent,
        "eta_seconds": told.eta_seconds,
        "warnings": run.warnings,
        "failure": run.failure,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def _told(run: SyncRun) -> tuple[int, int] | None:
    """How much was read of what the ATS counts, and how much there is; the rest comes along with it."""
    if not run.expected:
        return None
    read = {kind: run.counts.get(kind, {}).get("read", 0) for kind in run.expected}
    most = {kind: max(count, read[kind]) for kind, count in run.expected.items()}
    return sum(read.values()), sum(most.values())


def _expected(run: SyncRun) -> int | None:
    """How much the last finished full run read; an incremental run cannot be foreseen."""
    if run.mode != SyncRun.Mode.FULL:
        return None
    before = SyncRun.objects.filter(
        connection=run.connection_id, mode=SyncRun.Mode.FULL, state=SyncRun.State.FINISHED, pk__lt=run.pk
    )
    last = before.order_by("-pk").first()
    return sum(counts.get("read", 0) for counts in last.counts.values()) if last else None
