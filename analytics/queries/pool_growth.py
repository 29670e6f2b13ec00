"""How pools grow: who came and who left, week by week."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.policies.questions import Question
from analytics.queries import pool_health
from analytics.queries.statements import Relation, rows

MOST_WEEKS = 53
STAYS_IN_POOLS = Relation(
    "pool_stays",
    """
    SELECT m.pool_id, m.candidate_id, m.entered_at, m.left_at FROM talentpools_member m
    WHERE m.workspace_id = %(workspace)s AND m.pool_id = ANY(%(known)s::bigint[])
    UNION ALL
    SELECT g.pool_id, s.candidate_id, s.entered_at, s.left_at FROM talentpools_segmentmember s
    JOIN talentpools_segment g ON g.workspace_id = %(workspace)s AND g.id = s.segment_id
    WHERE s.workspace_id = %(workspace)s AND s.is_reviewed AND g.pool_id = ANY(%(known)s::bigint[])
    UNION ALL
    SELECT t.key::bigint, t.candidate_id, t.began_at, t.ended_at FROM analytics_trace t
    WHERE t.workspace_id = %(workspace)s AND t.kind = 'pool' AND t.key = ANY(%(known)s::text[])
    """,
)


@dataclass(frozen=True, slots=True)
class Week:
    """Who entered and who left any of the pools in one week, as far as it lies in the period."""

    starts_on: date
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Stays begun and ended in the period: (entered, left) by pool, and for the last 53 weeks at most."""

    by_pool: dict[int, tuple[int, int]]
    weeks: list[Week]


def growth(question: Question) -> Growth:
    """How the pools asked about grew. One reading of the stays."""
    found = rows(
        """
        SELECT s.pool_id, date_trunc('week', moved.at AT TIME ZONE %(zone)s)::date AS week, moved.way,
            count(*)::int AS n
        FROM pool_stays s
        CROSS JOIN LATERAL (VALUES ('entered', s.entered_at), ('left', s.left_at)) moved (way, at)
        WHERE moved.at >= %(start)s AND moved.at < %(end)s GROUP BY 1, 2, 3
        """,
        reads=[STAYS_IN_POOLS],
        question=question,
        extra={"known": known(question)},
    )
    by_pool: dict[int, Counter[str]] = defaultdict(Counter)
    by_week: dict[date, Counter[str]] = defaultdict(Counter)
    for row in found:
        by_pool[row["pool_id"]][row["way"]] += row["n"]
        by_week[row["week"]][row["way"]] += row["n"]
    return Growth(
        {pool: (count["entered"], count["left"]) for pool, count in by_pool.items()},
        [Week(monday, by_week[monday]["entered"], by_week[monday]["left"]) for monday in _mondays(question)],
    )


def _mondays(question: Question) -> list[date]:
    """Of the weeks of the period, the last 53."""
    first, last = (
        day - timedelta(days=day.weekday()) for day in (question.period.from_on, question.period.to_on)
    )
    count = min(MOST_WEEKS, (last - first).days // 7 + 1)
    return [last - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def known(question: Question) -> list[int]:
    """The pools asked about: those the reader may know of, that the filters let through."""
    return list(pool_health.pools_of(question).values_list("pk", flat=True))
