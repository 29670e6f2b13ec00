"""The one way a fact is written down: an Event, and a handoff to each subscriber, in the same transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Event, EventHandoff, User
from crm.queries.subscribers import subscribers_of

BATCH = 2_000


class UnknownReceipt(DomainError):
    """There is nothing to undo here."""

    code = "not_found"
    status = 404


class AlreadyUndone(DomainError):
    """This was undone before."""

    code = "already_undone"
    status = 409


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact to record. `ref`, when given, makes it unique per kind: recording it again does nothing."""

    kind: str
    candidate_id: int | None = None
    actor_id: int | None = None
    occurred_at: datetime | None = None
    ref: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def record(
    kind: str,
    *,
    candidate: Candidate | None = None,
    by: User | None = None,
    at: datetime | None = None,
    ref: str = "",
    data: dict[str, Any] | None = None,
) -> Event | None:
    """Record one fact; None when the same (kind, ref) was recorded before."""
    new = NewEvent(kind, candidate.pk if candidate else None, by.pk if by else None, at, ref, data or {})
    recorded = record_many([new])
    return recorded[0] if recorded else None


def record_many(facts: Iterable[NewEvent]) -> list[Event]:
    """Record facts in batches; those whose (kind, ref) is known are left out. Returns what was recorded."""
    now = timezone.now()
    recorded: list[Event] = []
    rows = [
        Event(
            kind=fact.kind,
            candidate_id=fact.candidate_id,
            actor_id=fact.actor_id,
            occurred_at=fact.occurred_at or now,
            ref=fact.ref,
            data=fact.data,
        )
        for fact in facts
    ]
    for start in range(0, len(rows), BATCH):
        recorded += _insert(rows[start : start + BATCH])
    _hand_off(recorded)
    return recorded


def take(subscriber: str, *, limit: int = 1_000) -> list[Event]:
    """Take events handed to this subscriber, oldest first; they are gone when the transaction commits.

    Two workers never take the same one; a rollback gives them back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH ours AS MATERIALIZED (
                SELECT workspace_id, id FROM crm_eventhandoff
                WHERE workspace_id = %s AND subscriber = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
            DELETE FROM crm_eventhandoff h USING ours
            WHERE h.workspace_id = ours.workspace_id AND h.id = ours.id RETURNING h.event_id
            """,
            [current_workspace_id(), subscriber, limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(Event.objects.filter(pk__in=ids).order_by("occurred_at", "pk"))


def taken_back(*, receipt: int, kind: str, by: User | None = None) -> dict[str, Any]:
    """What the receipt (an event's id) holds, for the action that undoes it. A receipt works once."""
    done = Event.objects.filter(pk=receipt, kind=kind).first()
    if done is None:
        raise UnknownReceipt
    if record(f"{kind}_undone", candidate=done.candidate, by=by, ref=str(receipt)) is None:
        raise AlreadyUndone
    return dict(done.data)


def kind_of(receipt: int) -> str:
    """What the receipt is of; empty when it is none of this workspace's."""
    return Event.objects.filter(pk=receipt).values_list("kind", flat=True).first() or ""


def hint_waiting() -> int:
    """Wake the subscribers that have handoffs waiting here; returns how many were woken."""
    waiting = EventHandoff.objects.values_list("subscriber", flat=True).distinct()
    for subscriber in waiting:
        enqueue(subscriber)
    return len(waiting)


def _insert(rows: Sequence[Event]) -> list[Event]:
    known = _known_refs(rows)
    fresh: dict[tuple[str, str], Event] = {}
    plain: list[Event] = []
    for row in rows:
        if not row.ref:
            plain.append(row)
        elif (row.kind, row.ref) not in known:
            fresh.setdefault((row.kind, row.ref), row)
    inserted = Event.objects.bulk_create(plain)
    if not fresh:
        return inserted
    # A concurrent writer may have recorded one of these since; the unique index decides.
    Event.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    refs = [ref for _, ref in fresh]
    mine = {(e.kind, e.ref): e for e in Event.objects.filter(ref__in=refs, kind__in={k for k, _ in fresh})}
    return inserted + [mine[key] for key in fresh if key in mine]


def _known_refs(rows: Sequence[Event]) -> set[tuple[str, str]]:
    refs = [row.ref for row in rows if row.ref]
    if not refs:
        return set()
    kinds = {row.kind for row in rows if row.ref}
    return set(Event.objects.filter(kind__in=kinds, ref__in=refs).values_list("kind", "ref"))


def _hand_off(events: Sequence[Event]) -> None:
    if not events:
        return
    subscribers = subscribers_of({event.kind for event in events})
    handoffs = [
        EventHandoff(event_id=event.pk, subscriber=task)
        for event in events
        for task in subscribers.get(event.kind, ())
    ]
    if not handoffs:
        return
    EventHandoff.objects.bulk_create(handoffs, batch_size=BATCH)
    for task in {handoff.subscriber for handoff in handoffs}:
        enqueue(task)
