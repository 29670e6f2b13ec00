"""One page into the database: compare, apply, remember. Called inside the workspace's transaction."""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction

from crm.actions import hiring, rowsets
from crm.models import Application
from integrations.actions.records import applications, candidates, facts, filling, removals, requisitions
from integrations.actions.records.matching import Fresh, Outcome, fingerprint, our_ids, refs_of
from integrations.models import Connection, ExternalRef, RawRecord
from integrations.providers.base import Page, Row

Kind = ExternalRef.Kind
UNREADABLE = "not readable: see the warnings"
Applier = Callable[[Connection, list[Fresh], datetime], dict[str, Outcome]]
APPLIERS: dict[str, Applier] = {
    "user": requisitions.apply_users,
    "requisition": requisitions.apply_requisitions,
    "candidate": candidates.apply_candidates,
    "application": applications.apply_applications,
    "stage": applications.apply_stages,
    "rejection": applications.apply_rejections,
    "offer": applications.apply_offers,
    "hire": applications.apply_hires,
    "interview": facts.apply_interviews,
    "scorecard": facts.apply_scorecards,
}


@dataclass(slots=True)
class Tally:
    """What a page came to."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("read", "created", "changed", "unchanged", "skipped", "removed", "warnings"), 0
        )
    )
    warnings: list[dict[str, str]] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)

    def count_page(self, page: Page, outcomes: Mapping[str, Outcome], faults: Mapping[str, str]) -> None:
        """Every record of the page once: what became of it, and what of it did not fit."""
        for row in {row.external_id: row for row in page.rows}.values():
            nothing = Outcome("unchanged") if row.record else Outcome("skipped", warning=row.warning)
            outcome = outcomes.get(row.external_id, nothing)
            told = faults.get(row.external_id) if row.external_id in outcomes else ""
            words = "; ".join(filter(None, (outcome.warning, told)))
            self.count(page.kind, row, replace(outcome, warning=words))

    def count(self, kind: str, row: Row, outcome: Outcome) -> None:
        self.counts[outcome.verdict] += 1
        if outcome.verdict == "skipped":
            self.skips[row.skipped or (outcome.warning[:120] if row.record else "") or UNREADABLE] += 1
        if outcome.warning:
            self.counts["warnings"] += 1
            self.warnings.append({"kind": kind, "id": row.external_id, "sentence": outcome.warning[:300]})


def apply(connection: Connection, page: Page, now: datetime) -> Tally:
    """Apply every record of the page that differs from what was read last; twice is once."""
    tally = Tally()
    page, faults = filling.over(connection, page)
    rows = {row.external_id: row for row in page.rows}
    tally.counts["read"] = len([row for row in page.rows if row.external_id])
    refs = refs_of(connection, page.kind, [ext for ext, row in rows.items() if row.record])
    marks = {ext: fingerprint(row.record) for ext, row in rows.items() if row.record}
    fresh = [
        Fresh(row, row.record, refs.get(ext))
        for ext, row in rows.items()
        if row.record and not (ext in refs and refs[ext].fingerprint == marks[ext])
    ]
    same = [refs[ext] for ext in refs.keys() - {item.row.external_id for item in fresh}]
    outcomes = _applied(connection, page.kind, fresh, now)
    tally.count_page(page, outcomes, faults)
    _remember(connection, page.kind, outcomes, marks, now)
    _sign(connection, page.kind, [*(ref.object_id for ref in same), *_ours(outcomes)], now)
    _touch(page.kind, [*same, *_refused(fresh, outcomes)], now)
    _keep_raw(connection, page, _stands(connection, page, refs, outcomes), now)
    if page.whole:
        tally.counts["removed"] += removals.drop_stages(connection, page)
    if page.gone:
        tally.counts["removed"] += removals.forget(connection, page.kind, page.gone, action="deleted")
    return tally


def known_ids(connection: Connection, kind: str, external_ids: set[str]) -> set[str]:
    """Those of the vendor's ids that stand for something here."""
    return set(our_ids(connection, kind, external_ids))


def _applied(connection: Connection, kind: str, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """All at once; when the database refuses, one by one, so that one bad record stops nobody."""
    if not fresh:
        return {}
    try:
        with transaction.atomic():
            return APPLIERS[kind](connection, fresh, now)
    except (DataError, IntegrityError) as refusal:
        if len(fresh) == 1:
            return {fresh[0].row.external_id: Outcome("skipped", warning=_first_line(refusal))}
    outcomes: dict[str, Outcome] = {}
    for item in fresh:
        outcomes |= _applied(connection, kind, [item], now)
    return outcomes


def _refused(fresh: list[Fresh], outcomes: dict[str, Outcome]) -> list[ExternalRef]:
    """Known records that were read and not taken over: they are still there."""
    return [i.ref for i in fresh if i.ref and outcomes[i.row.external_id].verdict == "skipped"]


def _first_line(refusal: Exception) -> str:
    # The second line of PostgreSQL's message repeats the value, which may be personal.
    return f"the database refused it: {str(refusal).splitlines()[0][:200]}"


def _remember(
    connection: Connection, kind: str, outcomes: dict[str, Outcome], marks: dict[str, str], now: datetime
) -> None:
    rows = [
        {
            "connection_id": connection.pk,
            "kind": kind,
            "external_id": ext,
            "object_id": outcome.object_id,
            "url": "",
            "fingerprint": marks[ext],
            "applied": dict(outcome.applied),
            "read_at": now,
        }
        for ext, outcome in outcomes.items()
        if outcome.object_id is not None
    ]
    rowsets.insert(
        ExternalRef,
        rows,
        on_conflict="ON CONFLICT (workspace_id, connection_id, kind, external_id) DO UPDATE SET "
        "object_id = CASE WHEN excluded.kind = 'candidate' THEN integrations_externalref.object_id "
        "ELSE excluded.object_id END, fingerprint = excluded.fingerprint, "
        "applied = excluded.applied, read_at = excluded.read_at",
    )


def _touch(kind: str, same: list[ExternalRef], now: datetime) -> None:
    """What was read again and had not changed was still read."""
    ExternalRef.objects.filter(pk__in=[ref.pk for ref in same]).update(read_at=now)
    if kind == ExternalRef.Kind.APPLICATION:
        Application.objects.filter(pk__in=[ref.object_id for ref in same]).update(read_at=now)


def _ours(outcomes: dict[str, Outcome]) -> list[int]:
    return [outcome.object_id for outcome in outcomes.values() if outcome.object_id]


def _sign(connection: Connection, kind: str, object_ids: list[int], now: datetime) -> None:
    """Requisitions say whose they are: one workspace may have several ATSs."""
    if kind == ExternalRef.Kind.REQUISITION:
        hiring.requisitions_read(object_ids, source=connection.name, now=now)


def _stands(
    connection: Connection, page: Page, refs: Mapping[str, ExternalRef], outcomes: Mapping[str, Outcome]
) -> set[str]:
    """Records whose payloads are kept: what stands for something here, of nobody who was erased.

    And what cannot be read and is not known here, for whoever mends that.
    """
    unread = {row.external_id for row in page.rows if row.warning and row.external_id}
    unread -= set(our_ids(connection, page.kind, unread)) if unread else set()
    taken = {ext for ext, outcome in outcomes.items() if outcome.verdict != "skipped"}
    known = taken | (refs.keys() - outcomes.keys())
    numbers = {
        row.external_id: getattr(row.record, "application_id", row.external_id)
        for row in page.rows
        if row.record and row.payload and page.kind not in (Kind.USER, Kind.REQUISITION, Kind.CANDIDATE)
    }
    ours = our_ids(connection, Kind.APPLICATION, set(numbers.values())) if numbers else {}
    erased = Application.objects.filter(pk__in=ours.values(), candidate__anonymized_at__isnull=False)
    gone = set(erased.values_list("pk", flat=True)) if ours else set()
    return {ext for ext in known | unread if ours.get(numbers.get(ext, "")) not in gone}


def _keep_raw(connection: Connection, page: Page, stands: set[str], now: datetime) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for row in page.rows:
        if row.external_id not in stands or not row.payload:
            continue
        text = json.dumps(row.payload, sort_keys=True).encode()
        rows[row.external_id] = {
            "connection_id": connection.pk,
            "kind": page.kind,
            "external_id": row.external_id[:120],
            "payload": "\\x" + zlib.compress(text).hex(),
            "digest": hashlib.sha256(text).hexdigest(),
            "read_at": now,
        }
    rowsets.insert(
        RawRecord,
        list(rows.values()),
        on_conflict="ON CONFLICT (workspace_id, connection_id, kind, external_id) DO UPDATE SET "
        "payload = excluded.payload, digest = excluded.digest, read_at = excluded.read_at "
        "WHERE integrations_rawrecord.digest <> excluded.digest",
    )
