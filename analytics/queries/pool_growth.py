"""How pools grow: who came and who left, week by week."""

from datetime import date
from typing import Any

from analytics.policies.questions import Question
from analytics.queries.statements import Relation, rows
from talentpools.queries import pools

STAYS_IN_POOLS = Relation(
    "pool_stays",
    """
    SELECT m.pool_id, m.entered_at, m.left_at FROM talentpools_member m
    WHERE m.workspace_id = %(workspace)s AND m.pool_id = ANY(%(known)s::bigint[])
    UNION ALL
    SELECT g.pool_id, s.entered_at, s.left_at FROM talentpools_segmentmember s
    JOIN talentpools_segment g ON g.workspace_id = %(workspace)s AND g.id = s.segment_id
    WHERE s.workspace_id = %(workspace)s AND s.is_reviewed AND g.pool_id = ANY(%(known)s::bigint[])
    """,
)


def per_pool(question: Question) -> dict[int, tuple[int, int]]:
    """Who entered and who left each pool in the period."""
    found = rows(
        """
        SELECT pool_id, count(*) FILTER (WHERE entered_at >= %(start)s AND entered_at < %(end)s) AS entered,
            count(*) FILTER (WHERE left_at >= %(start)s AND left_at < %(end)s) AS gone
        FROM pool_stays GROUP BY pool_id
        """,
        reads=[STAYS_IN_POOLS],
        question=question,
        extra={"known": _known(question)},
    )
    return {row["pool_id"]: (row["entered"], row["gone"]) for row in found}


def per_week(question: Question) -> list[dict[str, Any]]:
    """Weeks of the period (at most the last 53) with who entered and who left any of the pools."""
    return rows(
        """
        SELECT monday::date AS starts_on, coalesce(came.people, 0) AS entered,
            coalesce(went.people, 0) AS gone
        FROM generate_series(
            date_trunc('week', greatest(%(from_on)s::date, %(earliest)s::date)::timestamp),
            %(to_on)s::timestamp, interval '1 week') AS monday
        LEFT JOIN (
            SELECT date_trunc('week', entered_at AT TIME ZONE %(zone)s) AS week, count(*) AS people
            FROM pool_stays GROUP BY 1) came ON came.week = monday
        LEFT JOIN (
            SELECT date_trunc('week', left_at AT TIME ZONE %(zone)s) AS week, count(*) AS people
            FROM pool_stays WHERE left_at IS NOT NULL GROUP BY 1) went ON went.week = monday
        ORDER BY 1
        """,
        reads=[STAYS_IN_POOLS],
        question=question,
        extra={"known": _known(question), "earliest": _a_year_before(question.period.to_on)},
    )


def _known(question: Question) -> list[int]:
    found = pools.visible_to(question.reader)
    if question.filters.pools:
        found = found.filter(pk__in=question.filters.pools)
    return list(found.values_list("pk", flat=True))


def _a_year_before(day: date) -> date:
    return date.fromordinal(max(1, day.toordinal() - 370))
