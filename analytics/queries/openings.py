"""Requisitions one by one: how long open, who applied, how many came from the CRM, how long to fill."""

from dataclasses import dataclass
from typing import Any

from analytics.policies.questions import Question
from analytics.queries.filters import requisition_passes
from analytics.queries.origins import DECIDED, with_origin
from analytics.queries.statements import FOLDED, UNFOLDED, Relation, rows

MOST = 200
EVERY = Relation(
    "every_opening",
    """
    SELECT r.id AS requisition_id, NULL::bigint AS candidate_id, r.title, r.status, r.openings, r.opened_at,
        r.filled_at, r.department, u.name AS recruiter, r.status IN ('open', 'on_hold') AS is_open,
        date_part('epoch', %(now)s - r.opened_at) / 86400 AS days_open
    FROM crm_requisition r LEFT JOIN crm_user u ON u.id = r.recruiter_id
    WHERE r.workspace_id = %(workspace)s AND r.opened_at < %(end)s
      AND (r.status IN ('open', 'on_hold') OR coalesce(r.filled_at, r.closed_at, r.opened_at) >= %(start)s)
      AND [filters]
    """.replace("[filters]", requisition_passes()),
)
"""Requisitions open now or ended in the period."""
LISTED = Relation(
    "listed",
    f"SELECT * FROM every_opening ORDER BY opened_at DESC, requisition_id DESC LIMIT {MOST}",  # noqa: S608 - ours
    (EVERY,),
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


@dataclass(frozen=True, slots=True)
class Open:
    """How many requisitions there are, how many of them are open now, and half of those for how long."""

    total: int
    is_open: int
    half_open_days: float | None


def counted(question: Question) -> Open:
    """All of them, however many are listed."""
    [row] = rows(
        """
        SELECT count(*) AS total, count(*) FILTER (WHERE is_open) AS is_open,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY days_open) FILTER (WHERE is_open) AS half
        FROM every_opening
        """,
        reads=[EVERY],
        question=question,
    )
    return Open(row["total"], row["is_open"], row["half"])


def openings(question: Question) -> list[dict[str, Any]]:
    """Requisitions open now or ended in the period, the newest first; no more than MOST."""
    return rows(
        """
        SELECT l.*, coalesce(a.applied, 0) AS applied, coalesce(a.crm, 0) AS crm,
            coalesce(a.hired, 0) AS hired
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
