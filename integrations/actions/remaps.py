"""Fields mapped again: what was read before is read once more from its payloads, without asking the ATS."""

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count

from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import User
from integrations.actions.records import filling, refilling
from integrations.actions.records.matching import Outcome, refs_of
from integrations.actions.records.pages import Tally
from integrations.models import Connection, ExternalRef, FieldMapping, RawRecord, SyncRun
from integrations.providers.base import Page, Payload, Row

KINDS: tuple[str, ...] = (
    FieldMapping.Record.REQUISITION,
    FieldMapping.Record.CANDIDATE,
    FieldMapping.Record.APPLICATION,
)
BATCH = 200


@transaction.atomic
def begin(*, connection: Connection, by: User | None) -> SyncRun | None:
    """Go over what was read before; None where nothing was, and while a sync runs, after which it begins."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    kept = RawRecord.objects.filter(connection=connection, kind__in=KINDS)
    expected = dict(kept.values_list("kind").annotate(Count("pk")))
    is_syncing = SyncRun.objects.filter(connection=connection, state__in=["waiting", "running"]).exists()
    if not expected and not is_syncing:
        return None
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                connection=connection, mode=SyncRun.Mode.REMAP, started_by=by, expected=expected
            )
    except IntegrityError:
        Connection.objects.filter(pk=connection.pk).update(remap_is_due=True)
        return None
    Connection.objects.filter(pk=connection.pk).update(remap_is_due=False)
    enqueue("integrations.pull", sync_run_id=run.pk)
    return run


def begin_due(connection_id: int) -> None:
    """After a run has ended: what was mapped differently meanwhile is applied."""
    due = Connection.objects.select_for_update().filter(pk=connection_id, remap_is_due=True).first()
    if due:
        begin(connection=due, by=None)


def pages(workspace_id: int, connection: Connection, position: Payload) -> Iterator[Page]:
    """Every kept payload behind the position; opens its own short scopes."""
    after = int(position.get("after") or 0)
    for kind in KINDS[KINDS.index(position.get("kind") or KINDS[0]) :]:
        while True:
            with workspace_scope(workspace_id):
                kept = RawRecord.objects.filter(connection=connection, kind=kind, pk__gt=after)
                batch = list(kept.order_by("pk")[:BATCH])
            if not batch:
                break
            after = batch[-1].pk
            rows = tuple(Row(raw.external_id, raw.read()) for raw in batch)
            yield Page(kind, rows, {"kind": kind, "after": after})
        after = 0


def apply(connection: Connection, page: Page, now: datetime) -> Tally:
    """Fill from these payloads what the mapping says now; twice is once. Freshness stays what it was.

    The next sync compares these records anew: their marks are taken off.
    """
    refs = refs_of(connection, page.kind, [row.external_id for row in page.rows])
    raws = RawRecord.objects.filter(connection=connection, kind=page.kind, external_id__in=list(refs))
    times = dict(raws.values_list("external_id", "read_at"))
    kept = [
        refilling.Kept(refs[row.external_id], row.payload, times[row.external_id])
        for row in page.rows
        if row.external_id in times
    ]
    outcomes = refilling.refill(connection, page.kind, kept, filling.map_of(connection), now)
    tally = Tally()
    tally.counts["read"] = len(page.rows)
    for row in page.rows:
        tally.count(page.kind, row, outcomes.get(row.external_id, Outcome("skipped")))
    refs = {ext: ref for ext, ref in refs.items() if ext in outcomes and outcomes[ext].verdict != "skipped"}
    for ext, ref in refs.items():
        ref.fingerprint, ref.applied = "", dict(outcomes[ext].applied)
    ExternalRef.objects.bulk_update(refs.values(), ["fingerprint", "applied"])
    return tally
