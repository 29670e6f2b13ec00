"""Where applications and hires came from in the words of the ATS, and what was spent on what."""

from typing import Any

from django.db.models import Sum

from analytics.policies.questions import Question
from analytics.queries.costs import costs_in
from analytics.queries.filters import application_passes
from analytics.queries.hires import TIMED
from analytics.queries.statements import Relation, rows

APPLIED = Relation(
    "applied",
    """
    SELECT a.id AS application_id, a.candidate_id, coalesce(nullif(a.source, ''), 'Unknown') AS source,
        a.applied_at, a.furthest_rank
    FROM crm_application a
    JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = a.requisition_id
    WHERE a.workspace_id = %(workspace)s AND a.applied_at >= %(start)s AND a.applied_at < %(end)s
      AND [filters]
    """.replace("[filters]", application_passes("a")),
)


def by_source(question: Question) -> list[dict[str, Any]]:
    """Per source: applications of the period, how many passed screening, hires accepted in it, their days."""
    return rows(
        """
        SELECT source, sum(applied)::int AS applied, sum(screened)::int AS screened, sum(hired)::int AS hired,
            sum(crm)::int AS crm, max(days) AS days
        FROM (
            SELECT source, count(*) AS applied, count(*) FILTER (WHERE furthest_rank >= 2) AS screened,
                0 AS hired, 0 AS crm, NULL::float8 AS days FROM applied GROUP BY source
            UNION ALL
            SELECT coalesce(nullif(source, ''), 'Unknown'), 0, 0, count(*),
                count(*) FILTER (WHERE origin = 'crm'), avg(days_to_hire) FROM timed GROUP BY 1
        ) both_sides GROUP BY source ORDER BY hired DESC, applied DESC, source LIMIT 40
        """,
        reads=[APPLIED, TIMED],
        question=question,
    )


def spent_by_category(question: Question) -> list[dict[str, Any]]:
    """What the costs of the period were for, the dearest first."""
    found = costs_in(question).order_by().values("origin", "category").annotate(cents=Sum("amount_cents"))
    return [dict(row) for row in found.order_by("-cents", "category")]
