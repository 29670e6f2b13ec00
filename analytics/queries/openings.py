"""Requisitions one by one: how long open, who applied, how many came from the CRM, how long to fill."""

from typing import Any

from analytics.policies.questions import Question
from analytics.queries.filters import requisition_passes
from analytics.queries.origins import DECIDED, with_origin
from analytics.queries.statements import FOLDED, UNFOLDED, Relation, rows

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
# Applications of people whose facts are read.
_APPLIED = Relation(
    "applied_to",
    f"""
    SELECT a.id AS application_id, a.candidate_id, a.requisition_id, a.applied_at, a.is_pushed,
        (a.outcome = 'hired' AND coalesce(a.hired_at, a.ended_at) IS NOT NULL) OR EXISTS (
            SELECT FROM crm_offer o WHERE o.workspace_id = %(workspace)s AND o.application_id = a.id
            AND o.status = 'accepted' AND o.resolved_at IS NOT NULL AND NOT EXISTS (
                SELECT FROM crm_offer newer WHERE newer.workspace_id = %(workspace)s
                AND newer.application_id = a.id AND newer.version > o.version)) AS is_hired
    FROM crm_application a
    WHERE a.workspace_id = %(workspace)s AND a.requisition_id IN (SELECT requisition_id FROM listed)
      AND {UNFOLDED.format(subject="a")}
    """,  # noqa: S608 - our own statement
    (LISTED,),
)
_DECIDED = with_origin("applied_with_origin", _APPLIED)
APPLICATIONS = Relation(
    "applications",
    f"""
    SELECT s.requisition_id, s.accepted_at IS NOT NULL AS is_hired, s.application_id, s.candidate_id,
        s.applied_at, s.is_pushed, {", ".join(f"s.{name}" for name in DECIDED)}
    FROM analytics_standing s
    WHERE s.workspace_id = %(workspace)s AND s.requisition_id IN (SELECT requisition_id FROM listed)
      AND {FOLDED}
    UNION ALL
    SELECT requisition_id, is_hired, application_id, candidate_id, applied_at, is_pushed, {", ".join(DECIDED)}
    FROM applied_with_origin
    """,  # noqa: S608 - our own statement
    (LISTED, _DECIDED),
)


def openings(question: Question) -> list[dict[str, Any]]:
    """Requisitions open now or ended in the period, the newest first."""
    return rows(
        """
        SELECT l.*, coalesce(a.applied, 0) AS applied, coalesce(a.crm, 0) AS crm,
            coalesce(a.hired, 0) AS hired, date_part('epoch', %(now)s - l.opened_at) / 86400 AS days_open
        FROM listed l
        LEFT JOIN (
            SELECT requisition_id, count(*) AS applied, count(*) FILTER (WHERE origin = 'crm') AS crm,
                count(*) FILTER (WHERE is_hired) AS hired
            FROM applications GROUP BY requisition_id
        ) a ON a.requisition_id = l.requisition_id
        ORDER BY l.opened_at DESC, l.requisition_id DESC
        """,
        reads=[LISTED, APPLICATIONS],
        question=question,
    )
