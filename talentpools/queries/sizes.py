"""How a segment or a pool grew and shrank, ready to be drawn."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from talentpools.models import Pool, Segment, SegmentSize

MOST = 200
PAST_WEEKS = 26


def chart(segment: Segment) -> dict[str, Any] | None:
    """The last measurements as a line, oldest first; None before there are two."""
    found = SegmentSize.objects.filter(segment=segment).order_by("-measured_at", "-pk")[:MOST]
    measured = [(one.measured_at, one.size) for one in reversed(found)]
    if len(measured) < 2:
        return None
    return _drawn(measured)


def pool_chart(pool: Pool, *, now: datetime) -> dict[str, Any] | None:
    """How many people the pool held every other week of half a year; None before there are two such days.

    Counted from the stays, each person once: a pool is filled by hand and by its sub-segments.
    """
    moments = [now - timedelta(weeks=weeks) for weeks in range(PAST_WEEKS, -1, -2)]
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"pool": pool.pk, "moments": moments, "since": pool.created_at})
        measured = cursor.fetchall()
    return _drawn(measured) if len(measured) > 1 else None


_HELD = """
    SELECT at, (SELECT count(*) FROM (
        SELECT candidate_id FROM talentpools_member
        WHERE pool_id = %(pool)s AND entered_at <= at AND (left_at IS NULL OR left_at > at)
        UNION
        SELECT m.candidate_id FROM talentpools_segmentmember m
        JOIN talentpools_segment s ON s.id = m.segment_id
        WHERE s.pool_id = %(pool)s AND m.is_reviewed AND m.entered_at <= at
          AND (m.left_at IS NULL OR m.left_at > at)) AS held)
    FROM unnest(%(moments)s::timestamptz[]) AS at
    WHERE at >= least(%(since)s, (SELECT min(entered_at) FROM talentpools_member WHERE pool_id = %(pool)s))
                - interval '2 weeks'
    ORDER BY at
"""


def _drawn(measured: list[tuple[datetime, int]]) -> dict[str, Any]:
    points = [[at.isoformat(timespec="seconds"), size] for at, size in measured]
    line = {"type": "line", "step": "end", "name": "People", "data": points, "areaStyle": {"opacity": 0.08}}
    return {
        "options": {"xAxis": {"type": "time"}, "yAxis": {"type": "value"}, "series": [line]},
        "headers": ["Measured", "People"],
        "rows": [(f"{at:%Y-%m-%d %H:%M}", size) for at, size in reversed(measured)],
    }
