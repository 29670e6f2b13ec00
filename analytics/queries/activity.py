"""What happened in the period, day by day, whoever it happened to: the activity view of the funnel."""

from typing import Any

from analytics.policies.periods import Period
from analytics.policies.questions import Question
from analytics.queries.rollups import DAYS
from analytics.queries.statements import Relation, rows

HAPPENED = Relation(
    "happened",
    """
    SELECT e.id, e.kind, e.candidate_id, e.occurred_at FROM crm_event e
    WHERE e.workspace_id = %(workspace)s AND e.kind = ANY(%(activities)s)
      AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
    """,
)

# Days with news are read from the events; the oldest of them bounds the index.
_FRESH = """AND (NOT %(trusts)s OR (e.occurred_at >= %(new_since)s
    AND (e.occurred_at AT TIME ZONE %(zone)s)::date = ANY(%(new_days)s::date[])))"""


def day_counts(question: Question) -> list[dict[str, Any]]:
    """Per day of the workspace's zone and kind of event: how many, and people of that day. No filters."""
    new_days = list(question.news.days) if question.news else []
    oldest = Period(new_days[0], new_days[0], question.period.zone).start if new_days else question.now
    return rows(
        f"""
        SELECT day, kind, events, people FROM analytics_daycount
        WHERE workspace_id = %(workspace)s AND day >= %(from_on)s AND day <= %(to_on)s
          AND %(trusts)s AND day <> ALL(%(new_days)s::date[])
        UNION ALL
        SELECT fresh.* FROM ({DAYS.replace("[only]", _FRESH)}) fresh
        ORDER BY day, kind
        """,  # noqa: S608 - our own statement
        reads=[],
        question=question,
        extra={"new_days": new_days, "new_since": oldest},
    )


def totals(question: Question) -> dict[str, int]:
    """Events of each kind in the period."""
    counted: dict[str, int] = {}
    for row in day_counts(question):
        counted[row["kind"]] = counted.get(row["kind"], 0) + row["events"]
    return counted
