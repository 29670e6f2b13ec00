"""Requisitions one by one: how long open, who applied, how many came from the CRM, how long to fill."""

from typing import Any

from analytics.policies.questions import Question
from analytics.queries.fills import FILLED
from analytics.queries.filters import requisition_passes
from analytics.queries.origins import with_origin
from analytics.queries.statements import Relation, rows

MOST = 200
LISTED = Relation(
    "listed",
    """
    SELECT r.id AS requisition_id, r.title, r.status, r.openings, r.opened_at, r.department,
        u.name AS recruiter
    FROM crm_requisition r LEFT JOIN crm_user u ON u.id = r.recruiter_id
    WHERE r.workspace_id = %(workspace)s AND r.opened_at < %(end)s
      AND (r.status IN ('open', 'on_hold') OR coalesce(r.filled_at, r.closed_at, r.opened_at) >= %(start)s)
      AND [filters]
    ORDER BY r.opened_at DESC, r.id DESC LIMIT 200
    """.replace("[filters]", requisition_passes()),
)
_APPLIED = Relation(
    "applied_to",
    """
    SELECT a.id AS application_id, a.candidate_id, a.requisition_id, a.applied_at, a.is_pushed, a.outcome
    FROM crm_application a
    WHERE a.workspace_id = %(workspace)s AND a.requisition_id IN (SELECT requisition_id FROM listed)
    """,
    (LISTED,),
)
_WITH_ORIGIN = with_origin("applied_with_origin", _APPLIED)


def openings(question: Question) -> list[dict[str, Any]]:
    """Requisitions open now or ended in the period, the newest first."""
    return rows(
        """
        SELECT l.*, coalesce(a.applied, 0) AS applied, coalesce(a.crm, 0) AS crm,
            coalesce(a.hired, 0) AS hired,
            f.days_to_fill, extract(epoch FROM %(now)s - l.opened_at)::float8 / 86400 AS days_open
        FROM listed l
        LEFT JOIN (
            SELECT requisition_id, count(*) AS applied, count(*) FILTER (WHERE origin = 'crm') AS crm,
                count(*) FILTER (WHERE outcome = 'hired') AS hired
            FROM applied_with_origin GROUP BY requisition_id
        ) a ON a.requisition_id = l.requisition_id
        LEFT JOIN filled f ON f.requisition_id = l.requisition_id
        ORDER BY l.opened_at DESC, l.requisition_id DESC
        """,
        reads=[LISTED, _WITH_ORIGIN, FILLED],
        question=question,
    )
