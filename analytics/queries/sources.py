"""Where applications and hires came from in the words of the ATS, and what was spent on what."""

from typing import Any

from django.db.models import Sum

from analytics.policies.questions import Question
from analytics.queries.costs import costs_in
from analytics.queries.filters import application_passes
from analytics.queries.hires import TIMED
from analytics.queries.origins import SOURCE_THEN
from analytics.queries.statements import FOLDED, UNFOLDED, Relation, rows

NAMED = "coalesce(nullif({of}.source, ''), 'Unknown')"
MOST = 200
PAST_SCREENING = "p.furthest_rank >= 2"
# LEFT, because then a requisition nobody filters by is not looked up.
APPLIED = Relation(
    "applied",
    f"""
    SELECT a.* FROM (
        SELECT s.application_id, s.candidate_id, s.requisition_id, s.applied_at, s.source, s.furthest_rank
        FROM analytics_standing s
        WHERE s.workspace_id = %(workspace)s AND s.applied_at >= %(start)s AND s.applied_at < %(end)s
          AND {FOLDED}
        UNION ALL
        SELECT f.application_id, f.candidate_id, f.requisition_id, f.applied_at, {SOURCE_THEN},
            f.furthest_rank
        FROM (SELECT id AS application_id, * FROM crm_application) f
        WHERE f.workspace_id = %(workspace)s AND f.applied_at >= %(start)s AND f.applied_at < %(end)s
          AND {UNFOLDED.format(subject="f")}
    ) a
    LEFT JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = a.requisition_id
    WHERE {application_passes("a")}
    """,  # noqa: S608 - our own statement
)


def by_source(question: Question) -> list[dict[str, Any]]:
    """Per source: applications of the period, how many passed screening, hires accepted in it, their days.

    No more than MOST of `total` sources, those with most hires.
    """
    return rows(
        f"""
        SELECT {NAMED.format(of="both_sides")} AS source, sum(applied)::int AS applied,
            sum(screened)::int AS screened, sum(hired)::int AS hired,
            sum(crm)::int AS crm, max(days) AS days, count(*) OVER () AS total
        FROM (
            SELECT source, count(*) AS applied, count(*) FILTER (WHERE {PAST_SCREENING}) AS screened,
                0 AS hired, 0 AS crm, NULL::float8 AS days FROM applied p GROUP BY source
            UNION ALL
            SELECT source, 0, 0, count(*), count(*) FILTER (WHERE origin = 'crm'), avg(days_to_hire)
            FROM timed GROUP BY source
        ) both_sides GROUP BY 1 ORDER BY hired DESC, applied DESC, 1 LIMIT %(most)s
        """,  # noqa: S608 - our own statement
        reads=[APPLIED, TIMED],
        question=question,
        extra={"most": MOST},
    )


def spent_by_category(question: Question) -> list[dict[str, Any]]:
    """What the costs of the period were for, the dearest first."""
    found = costs_in(question).order_by().values("origin", "category").annotate(cents=Sum("amount_cents"))
    return [dict(row) for row in found.order_by("-cents", "category")]
