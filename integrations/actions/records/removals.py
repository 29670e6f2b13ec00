"""What is gone in the ATS: the link to it is dropped, the fact recorded, the person kept."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from crm.actions import events, hiring
from crm.actions.events import NewEvent
from crm.models import Application, StageEntry
from integrations.actions.records.matching import our_ids
from integrations.models import Connection, ExternalRef, RawRecord
from integrations.providers.base import Page

Kind = ExternalRef.Kind
GONE = "No longer in the ATS"


def forget(connection: Connection, kind: str, external_ids: Collection[str], *, action: str) -> int:
    """Drop the links to these records and say so on the timeline; returns how many there were.

    What the ATS sent us about them is deleted too. An application still under way ends: nobody there decides
    about it any more. Forgetting twice is forgetting once.
    """
    refs = list(
        ExternalRef.objects.filter(connection=connection, kind=kind, external_id__in=list(external_ids))
    )
    people = _people(kind, refs)
    now = timezone.now()
    events.record_many(
        NewEvent(
            f"{kind}.removed_in_ats",
            people.get(ref.object_id),
            None,
            now,
            data={"connection": connection.pk, "kind": kind, "action": action},
        )
        for ref in refs
    )
    if kind == Kind.APPLICATION:
        _end([ref.object_id for ref in refs])
    RawRecord.objects.filter(
        connection=connection, kind=kind, external_id__in=[ref.external_id for ref in refs]
    ).delete()
    ExternalRef.objects.filter(pk__in=[ref.pk for ref in refs]).delete()
    return len(refs)


def drop_stages(connection: Connection, page: Page) -> int:
    """Stays that are no longer in the history the page tells in full; returns how many."""
    ours = our_ids(connection, Kind.APPLICATION, set(page.whole))
    told = [row.external_id for row in page.rows]
    kept = ExternalRef.objects.filter(connection=connection, kind=Kind.STAGE, external_id__in=told)
    stale = StageEntry.objects.filter(application_id__in=ours.values()).exclude(
        pk__in=kept.values("object_id")
    )
    entries = dict(stale.values_list("pk", "application_id"))
    if not entries:
        return 0
    ExternalRef.objects.filter(connection=connection, kind=Kind.STAGE, object_id__in=entries).delete()
    StageEntry.objects.filter(pk__in=entries).delete()
    hiring.settle(set(entries.values()))
    return len(entries)


def _people(kind: str, refs: Collection[ExternalRef]) -> dict[int, int]:
    ids = [ref.object_id for ref in refs]
    if kind == Kind.CANDIDATE:
        return {pk: pk for pk in ids}
    if kind == Kind.APPLICATION:
        return dict(Application.objects.filter(pk__in=ids).values_list("pk", "candidate_id"))
    return {}


def _end(application_ids: Collection[int]) -> None:
    """Only what is still active: an outcome once reached stays true."""
    open_ones = Application.objects.filter(pk__in=application_ids, outcome=Application.Outcome.ACTIVE)
    rows: list[dict[str, Any]] = [
        {
            "id": pk,
            "candidate_id": candidate_id,
            "outcome": Application.Outcome.WITHDRAWN.value,
            "ended_at": timezone.now(),
            "rejection_reason": "other",
            "rejection_reason_text": GONE,
        }
        for pk, candidate_id in open_ones.values_list("pk", "candidate_id")
    ]
    hiring.reject_applications(rows)
    hiring.settle([row["id"] for row in rows])
