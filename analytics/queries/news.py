"""To whom and on which days something happened since the rollups were folded.

Which events are new is asked of PostgreSQL itself: those written by transactions that had not ended at the
last fold. A late commit is not missed; what is seen twice is folded twice, which changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.models import SHAPE, FoldMark
from analytics.policies.questions import News, Question
from analytics.policies.terms import Terms
from crm.kernel.tenancy import current_workspace_id
from crm.models import Application, Workspace

BEHIND = 20_000
"""A row takes its number a moment before its transaction takes its own: so far below the floor is looked."""

SLOWEST_SYNC = timedelta(minutes=10)
"""How long the transaction of a page of a sync may take."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the facts stand now, to be remembered once they are folded."""

    snapshot: str
    oldest_running: int
    next_transaction: int
    newest_event: int


def news_of(question: Question) -> News | None:
    """What not to trust of the rollups for this question; None when none of them can be."""
    mark = FoldMark.objects.first()
    zone = question.period.zone.key
    if mark is None or not holds(mark, terms=question.terms, zone=zone):
        return None
    return news_since(mark)


def holds(mark: FoldMark, *, terms: Terms, zone: str) -> bool:
    """Whether what was folded was folded by these terms, in days of this zone, with the columns of now."""
    return mark.terms == terms.number and mark.time_zone == zone and mark.shape == SHAPE


def news_since(mark: FoldMark) -> News:
    """People (of a merge: both) and days with events written since the mark."""
    zone = ZoneInfo(mark.time_zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _NEW,
            {"workspace": current_workspace_id(), "floor": mark.floor_event_id, "seen": mark.snapshot},
        )
        found = cursor.fetchall()
    people = {person for row in found for person in (row[0], row[2]) if person}
    return News(tuple(sorted(people)), tuple(sorted({row[1].astimezone(zone).date() for row in found})))


def corrected_since(mark: FoldMark) -> list[int]:
    """People whose applications an ATS corrected since the mark, which makes no event."""
    changed = Application.objects.filter(updated_at__gte=mark.folded_at - SLOWEST_SYNC)
    return sorted(set(changed.values_list("candidate_id", flat=True)))


def position() -> Position:
    """Where the facts stand in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_snapshot()::text, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint, coalesce(max(id), 0)"
            " FROM crm_event WHERE workspace_id = %s",
            [current_workspace_id()],
        )
        return Position(*cursor.fetchone())


def fresh_mark(at: Position, *, terms: Terms, now: datetime) -> FoldMark:
    """The workspace's mark moved to this position, not yet saved.

    Its floor rises to what was the newest event once every transaction has ended that ran then: none of them
    can write an older one any more.
    """
    mark = FoldMark.objects.first() or FoldMark(floor_event_id=max(0, at.newest_event - BEHIND))
    if mark.next_floor_xid is None or mark.next_floor_xid <= at.oldest_running:
        if mark.next_floor_xid is not None:
            mark.floor_event_id = max(mark.floor_event_id, mark.next_floor_id - BEHIND)
        mark.next_floor_id, mark.next_floor_xid = at.newest_event, at.next_transaction
        mark.floor_moved_at = now
    mark.shape = SHAPE
    mark.snapshot, mark.folded_at, mark.terms = at.snapshot, now, terms.number
    mark.time_zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=current_workspace_id())
    return mark


# A row's xmin has 32 bits, which wrap; what is compared is how many transactions ago it was. The sub-select
# is evaluated once, not for each row.
_NEW = """
    SELECT candidate_id, occurred_at,
        CASE kind WHEN 'candidate.merged' THEN (data->>'other')::bigint
                  WHEN 'candidate.split' THEN (data->>'from')::bigint END
    FROM crm_event
    WHERE workspace_id = %(workspace)s AND id > %(floor)s AND kind NOT LIKE 'segment.left%%'
      AND age(xmin) <= (SELECT age((pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
          %% 4294967296)::text::xid))
"""
