"""Taking in what changed: people with new events are looked at again, by every segment of the workspace.

Which events are new is asked of PostgreSQL itself: those written by transactions that had not ended when it
was asked last. So an event is not missed when its transaction commits late; seeing one twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from crm.kernel.tenancy import workspace_scope
from talentpools.actions import refreshes
from talentpools.actions.refreshes import MANY, Refreshed
from talentpools.models import Segment, SegmentWatch
from talentpools.policies import timeliness
from talentpools.queries import segments

SWEEP_EVERY = timedelta(minutes=30)
"""Rules that depend on the time change their answer without any event."""
SWEEP_TIMELESS_EVERY = timedelta(days=1)
"""The others do not; a look at everybody now and then is a safety net."""
WIDE = ("company", "companies", "workspace", "engagement", "custom_field", "skill", "skills", "tag", "tags")
"""What events without a candidate are about when they may change anybody's answer."""
AFTERMATH = timedelta(minutes=2)
"""What follows from an event, such as the engagement it adds to, may be written a little later."""
FLOOR_EVERY = timedelta(hours=1)
"""No transaction may stay open longer than this, or its events wait for the next sweep."""
FIRST_FLOOR = 500_000
"""How far back the first look goes for events of transactions that were open then."""


@dataclass(frozen=True, slots=True)
class Changes:
    """People with new events, and the watch to keep once they have been looked at."""

    people: frozenset[int]
    is_everybody: bool
    watch: SegmentWatch


def take_in(*, workspace_id: int, now: datetime) -> list[Refreshed]:
    """Refresh what changed since the last time, each segment in a transaction of its own.

    Stopped half-way it starts again from the same changes; twice is once.
    """
    with workspace_scope(workspace_id):
        changes = _since_last_time(now)
        plan = [
            (segment.pk, _is_due(segment, changes, now))
            for segment in segments.in_order(Segment.objects.all())
        ]
    done: list[Refreshed] = []
    people = set(changes.people)
    for pk, is_full in plan:
        if not is_full and not people:
            continue
        with workspace_scope(workspace_id):
            segment = Segment.objects.filter(pk=pk).first()
            if segment is None:
                continue
            only = None if is_full or len(people) > MANY else sorted(people)
            done.append(refreshes.refresh(segment=segment, now=now, only=only))
        # Segments that name this one come later in the plan and see its news.
        people.update(done[-1].touched)
    with workspace_scope(workspace_id):
        changes.watch.save()
    return done


def _is_due(segment: Segment, changes: Changes, now: datetime) -> bool:
    """Whether the whole segment has to be computed again."""
    return (
        changes.is_everybody
        or segment.swept_at is None
        or segment.swept_at < now - _sweep_every(segment)
        or segment.refreshed_version != segment.rules_version
    )


def _sweep_every(segment: Segment) -> timedelta:
    return SWEEP_EVERY if timeliness.depends_on_time(segment.rules) else SWEEP_TIMELESS_EVERY


def _since_last_time(now: datetime) -> Changes:
    watch = SegmentWatch.objects.first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot = cursor.fetchone()[0]
        people: list[int] = []
        is_everybody = watch is None
        if watch is not None:
            cursor.execute(_NEW, _parameters(watch))
            people, is_everybody = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(id), 0) FROM crm_event")
        newest = cursor.fetchone()[0]
    if watch is None:
        watch = SegmentWatch(
            floor_event_id=max(0, newest - FIRST_FLOOR), next_floor_id=newest, floor_moved_at=now
        )
    if watch.floor_moved_at < now - FLOOR_EVERY:
        watch.floor_event_id, watch.next_floor_id, watch.floor_moved_at = watch.next_floor_id, newest, now
    watch.snapshot, watch.checked_at = snapshot, now
    return Changes(frozenset(people), is_everybody, watch)


def _parameters(watch: SegmentWatch) -> dict[str, Any]:
    recent = watch.checked_at - AFTERMATH
    return {"floor": watch.floor_event_id, "seen": watch.snapshot, "recent": recent, "wide": list(WIDE)}


# A row's xmin has 32 bits; the epoch of the running transaction completes it. What is said of a requisition
# concerns whoever applied there; what a merge carried, both it was about; what is said of a company, a word
# or a field may concern anybody.
_NEW = """
    WITH news AS MATERIALIZED (
        SELECT candidate_id, kind, data FROM crm_event
        WHERE id > %(floor)s AND kind NOT LIKE 'segment.%%'
          AND (recorded_at > %(recent)s
               OR (pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32 << 32) + xmin::text::bigint
                  >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint)
    )
    SELECT ARRAY(
        SELECT candidate_id FROM news WHERE candidate_id IS NOT NULL
        UNION
        SELECT a.candidate_id FROM news n
        JOIN crm_application a ON a.requisition_id = (n.data ->> 'requisition')::bigint
        WHERE n.kind LIKE 'requisition.%%' AND jsonb_typeof(n.data -> 'requisition') = 'number'
        UNION
        SELECT unnest(ARRAY[m.candidate_id, (m.data ->> 'other')::bigint]) FROM news n
        JOIN crm_event m ON m.id = (n.data ->> 'merge')::bigint
        WHERE n.kind IN ('candidate.carried', 'candidate.returned')
    ), EXISTS (
        SELECT FROM news WHERE candidate_id IS NULL AND split_part(kind, '.', 1) = ANY(%(wide)s)
    )
"""
