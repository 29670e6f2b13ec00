"""One worker's turn on a sync run."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from crm.actions import events
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from integrations.actions import comparisons, connections, remaps
from integrations.actions.records import pages
from integrations.actions.records.pages import Tally
from integrations.models import Connection, SyncRun
from integrations.providers import registry
from integrations.providers.base import Access, Connector, Page, Payload, Retryable, Revoked, VendorFault

LEASE = timedelta(minutes=3)
OVERLAP = timedelta(minutes=5)
MOST_WARNINGS = 200
MOST_ATTEMPTS = 12
PARENTS = {
    "application": (("candidate", "candidate_id"), ("requisition", "requisition_id")),
    "stage": (("application", "application_id"),),
    "rejection": (("application", "application_id"),),
    "offer": (("application", "application_id"),),
    "hire": (("application", "application_id"),),
    "interview": (("application", "application_id"),),
    "scorecard": (("application", "application_id"),),
}


class LostRun(Exception):
    """Another worker has taken the run over, or somebody ended it."""


@dataclass(slots=True)
class Pull:
    """One worker's turn on a run. `attempt` fences: a worker that lost its lease cannot commit."""

    workspace_id: int
    sync_run_id: int
    until: datetime
    patience: float
    attempt: int = 0
    run_row: SyncRun = field(init=False)
    connection: Connection = field(init=False)
    connector: Connector = field(init=False)

    def run(self) -> str:
        with workspace_scope(self.workspace_id):
            access = self._claim()
        if access is None:
            return self._state()
        with closing(registry.connector(self.connection.kind, access, patience=self.patience)) as connector:
            self.connector = connector
            try:
                return self._walk()
            except LostRun:
                return self._state()
            except Retryable as fault:
                return self._later(fault)
            except VendorFault as fault:
                return self._fail(fault)

    def _claim(self) -> Access | None:
        now = timezone.now()
        claimed = SyncRun.objects.filter(claimable(now), pk=self.sync_run_id)
        run = claimed.select_for_update(skip_locked=True).select_related("connection").first()
        if run is None:
            return None
        run.attempt += 1
        run.state, run.lease_until = SyncRun.State.RUNNING, now + LEASE
        run.started_at = run.started_at or now
        if run.stop_requested_at:
            self.run_row, self.attempt = run, run.attempt
            self._end(run, SyncRun.State.STOPPED)
            return None
        if "since" not in run.cursor:
            run.cursor = run.cursor | {"position": {}} | _start(run)
        run.save()
        self.run_row, self.connection, self.attempt = run, run.connection, run.attempt
        return connections.access_of(run.connection)

    def _walk(self) -> str:
        cursor = self.run_row.cursor
        since = datetime.fromisoformat(cursor["since"]) if cursor["since"] else None
        marks = cursor.get("marks") or {}
        reached = cursor["position"]
        for page in self._pages(since, marks, reached):
            if not self._is_remap:
                for lacking in parents(self.workspace_id, self.connection, self.connector, page):
                    self._commit(lacking, moves=False)
            if self._commit(page, moves=True):
                return SyncRun.State.STOPPED
            # Only where it moved: a request that takes longer than a turn would begin anew for ever.
            if page.position != reached and timezone.now() >= self.until:
                return self._hand_on()
            reached = page.position
        if self.run_row.mode == SyncRun.Mode.FULL:
            self._compare()
        return self._finish()

    @property
    def _is_remap(self) -> bool:
        return self.run_row.mode == SyncRun.Mode.REMAP

    def _pages(self, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        if self._is_remap:
            return remaps.pages(self.workspace_id, self.connection, position)
        return self.connector.pages(since=since, marks=marks, position=position)

    def _compare(self) -> None:
        """What this full run did not meet is asked for by name; what is gone there converges here."""
        started_at = self.run_row.started_at or timezone.now()
        for kind in comparisons.KINDS:
            with workspace_scope(self.workspace_id):
                missed = comparisons.unseen(self.connection, kind, started_at)
                numbers = list(missed.order_by("pk").values_list("external_id", flat=True))
            gone: list[str] = []
            for start in range(0, len(numbers), comparisons.BATCH):
                ids = numbers[start : start + comparisons.BATCH]
                found, lost = comparisons.ask(self.connector, kind, ids)
                for page in found:
                    for lacking in parents(self.workspace_id, self.connection, self.connector, page):
                        self._commit(lacking, moves=False)
                    self._commit(page, moves=False)
                gone += lost
            if gone:
                self._say_gone(kind, gone)

    def _say_gone(self, kind: str, gone: list[str]) -> None:
        is_confirmed = bool(self.run_row.cursor.get("removals_confirmed"))
        verdict = comparisons.judge(self.workspace_id, self.connection, kind, gone, is_confirmed=is_confirmed)
        with workspace_scope(self.workspace_id):
            run = self._held()
            held = run.counts.get(kind, {})
            dropped = 0 if verdict.is_held_back else len(verdict.gone)
            run.counts = run.counts | {kind: held | {"removed": held.get("removed", 0) + dropped}}
            told = {"kind": kind, "id": ", ".join(verdict.gone[:20]), "sentence": verdict.sentence}
            run.warnings = [*run.warnings, told]
            run.cursor = run.cursor | ({"removals_held": True} if verdict.is_held_back else {})
            run.save(update_fields=["counts", "warnings", "cursor"])

    def _commit(self, page: Page, *, moves: bool) -> bool:
        """Apply one page and remember where it ended, in one transaction; whether a stop was asked for."""
        with workspace_scope(self.workspace_id):
            run = self._held()
            now = timezone.now()
            tally = (remaps if self._is_remap else pages).apply(self.connection, page, now)
            _add(run, page, tally)
            if moves:
                run.cursor = run.cursor | {"position": page.position}
            run.lease_until = now + LEASE
            if run.stop_requested_at and moves:
                self._end(run, SyncRun.State.STOPPED)
                return True
            run.save(update_fields=["cursor", "counts", "expected", "skips", "warnings", "lease_until"])
        return False

    def _held(self) -> SyncRun:
        run = SyncRun.objects.select_for_update().get(pk=self.sync_run_id)
        if run.attempt != self.attempt or run.state != SyncRun.State.RUNNING:
            raise LostRun
        return run

    def _hand_on(self) -> str:
        """Leave the rest to the next turn, so that no task holds a worker for long."""
        with workspace_scope(self.workspace_id):
            run = self._held()
            run.state, run.lease_until, run.attempt = SyncRun.State.WAITING, None, 0
            run.save(update_fields=["state", "lease_until", "attempt"])
            enqueue("integrations.pull", sync_run_id=run.pk)
        return SyncRun.State.WAITING

    def _finish(self) -> str:
        with workspace_scope(self.workspace_id):
            run = self._held()
            self._end(run, SyncRun.State.FINISHED)
        return SyncRun.State.FINISHED

    def _later(self, fault: Retryable) -> str:
        """Put the run back; after many tries in a row it fails and says so."""
        with workspace_scope(self.workspace_id):
            try:
                run = self._held()
            except LostRun:
                return self._state()
            if run.attempt >= MOST_ATTEMPTS:
                run.failure = fault.sentence[:400]
                return self._end(run, SyncRun.State.FAILED)
            delay = max(fault.retry_after or 0.0, min(600.0, 5.0 * 2**run.attempt))
            run.lease_until, run.failure = timezone.now() + timedelta(seconds=delay), fault.sentence[:400]
            run.save(update_fields=["lease_until", "failure"])
        return SyncRun.State.RUNNING

    def _fail(self, fault: VendorFault) -> str:
        with workspace_scope(self.workspace_id):
            try:
                run = self._held()
            except LostRun:
                return self._state()
            run.failure = fault.sentence[:400]
            if isinstance(fault, Revoked):
                connections.need_attention(connection_id=run.connection_id, sentence=fault.sentence)
            return self._end(run, SyncRun.State.FAILED)

    def _end(self, run: SyncRun, state: SyncRun.State) -> str:
        now = timezone.now()
        run.state, run.finished_at, run.lease_until = state, now, None
        if state == SyncRun.State.FINISHED:
            run.failure = ""
            if run.mode != SyncRun.Mode.REMAP:
                Connection.objects.filter(pk=run.connection_id).update(synced_at=now)
        run.save()
        remaps.begin_due(run.connection_id)
        data: dict[str, Any] = {"connection": run.connection_id, "sync": run.pk, "mode": run.mode}
        events.record(f"sync.{state}", data=data | {"counts": run.counts}, ref=f"{run.pk}:{now.isoformat()}")
        return state

    def _state(self) -> str:
        with workspace_scope(self.workspace_id):
            return SyncRun.objects.values_list("state", flat=True).get(pk=self.sync_run_id)


def parents(workspace_id: int, connection: Connection, connector: Connector, page: Page) -> Iterator[Page]:
    """What the page refers to and is not here yet, read now: lists move while they are walked."""
    for kind, column in PARENTS.get(page.kind, ()):
        wanted = {getattr(row.record, column) for row in page.rows if row.record}
        with workspace_scope(workspace_id):
            known = pages.known_ids(connection, kind, wanted)
        if lacking := sorted(wanted - known):
            for found in connector.reread(kind, lacking):
                if found.kind == kind:  # upwards only: what hangs on it would ask for it again
                    yield from parents(workspace_id, connection, connector, found)
                yield found


def apply_with_parents(workspace_id: int, connection: Connection, connector: Connector, page: Page) -> None:
    """Apply a page outside any run, after what it refers to."""
    for found in (*parents(workspace_id, connection, connector, page), page):
        with workspace_scope(workspace_id):
            pages.apply(connection, found, timezone.now())


def claimable(now: datetime) -> Q:
    return Q(state=SyncRun.State.WAITING) | Q(state=SyncRun.State.RUNNING, lease_until__lte=now)


def _start(run: SyncRun) -> dict[str, Any]:
    """Where the last finished run began by the vendor's clock, with an overlap, and the marks it left.

    Blank = everything.
    """
    everything: dict[str, Any] = {"since": "", "marks": {}}
    if run.mode != SyncRun.Mode.INCREMENTAL:
        return everything
    finished = SyncRun.objects.filter(connection=run.connection_id, state=SyncRun.State.FINISHED)
    last = finished.exclude(mode=SyncRun.Mode.REMAP).order_by("-pk").first()
    position = (last.cursor.get("position") or {}) if last else {}
    if not position.get("server_time"):
        return everything
    since = datetime.fromisoformat(position["server_time"]) - OVERLAP
    return {"since": since.isoformat(), "marks": position.get("marks") or {}}


def _add(run: SyncRun, page: Page, tally: Tally) -> None:
    held = run.counts.get(page.kind, {})
    if page.expected is not None:
        run.expected = run.expected | {page.kind: page.expected}
    run.counts = run.counts | {page.kind: {name: held.get(name, 0) + n for name, n in tally.counts.items()}}
    if tally.skips:
        run.skips = run.skips | {page.kind: tally.skips + Counter(run.skips.get(page.kind, {}))}
    run.warnings = [*run.warnings, *tally.warnings][:MOST_WARNINGS]
