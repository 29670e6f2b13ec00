"""Requisitions filled in the period: from opening to the last opening taken, time on hold removed."""

from analytics.policies.figures import FillFigure, days
from analytics.policies.questions import Question
from analytics.queries.filters import requisition_passes
from analytics.queries.statements import Relation, rows

CANDIDATES_FOR_FILLING = Relation(
    "touched_requisitions",
    """
    SELECT r.id, r.title, r.opened_at, r.openings, r.role_family, r.department
    FROM crm_requisition r
    WHERE r.workspace_id = %(workspace)s AND r.opened_at IS NOT NULL AND r.openings > 0
      AND r.id IN (
        SELECT a.requisition_id FROM crm_application a
        JOIN crm_offer o ON o.workspace_id = a.workspace_id AND o.application_id = a.id
        WHERE a.workspace_id = %(workspace)s AND o.workspace_id = %(workspace)s AND o.status = 'accepted'
        AND o.resolved_at >= %(start)s AND o.resolved_at < %(end)s
        UNION ALL
        SELECT a.requisition_id FROM crm_application a
        WHERE a.workspace_id = %(workspace)s AND a.outcome = 'hired'
        AND coalesce(a.hired_at, a.ended_at) >= %(start)s AND coalesce(a.hired_at, a.ended_at) < %(end)s)
      AND [filters]
    """.replace("[filters]", requisition_passes()),
)
# The acceptance that decides an application, over all time: an earlier period may hold the first openings.
ACCEPTANCES = Relation(
    "acceptances",
    """
    SELECT t.id AS requisition_id, a.id AS application_id, a.candidate_id,
        CASE WHEN latest.status = 'accepted' AND latest.resolved_at IS NOT NULL THEN latest.resolved_at
             WHEN a.outcome = 'hired' THEN coalesce(a.hired_at, a.ended_at) END AS accepted_at
    FROM touched_requisitions t
    JOIN crm_application a ON a.workspace_id = %(workspace)s AND a.requisition_id = t.id
    LEFT JOIN LATERAL (
        SELECT o.status, o.resolved_at FROM crm_offer o
        WHERE o.workspace_id = %(workspace)s AND o.application_id = a.id ORDER BY o.version DESC LIMIT 1
    ) latest ON true
    """,
    (CANDIDATES_FOR_FILLING,),
)
FILLED = Relation(
    "filled",
    """
    SELECT t.id AS requisition_id, t.title, t.opened_at, t.openings, last.application_id, last.candidate_id,
        last.accepted_at AS filled_at, held.seconds AS held_seconds,
        (extract(epoch FROM last.accepted_at - t.opened_at)::float8 - held.seconds) / 86400 AS days_to_fill
    FROM touched_requisitions t
    JOIN LATERAL (
        SELECT ac.application_id, ac.candidate_id, ac.accepted_at FROM acceptances ac
        WHERE ac.requisition_id = t.id AND ac.accepted_at IS NOT NULL
        ORDER BY ac.accepted_at, ac.application_id OFFSET t.openings - 1 LIMIT 1
    ) last ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span))), 0)::float8 AS seconds
        FROM unnest((
            SELECT range_agg(tstzrange(greatest(h.started_at, t.opened_at),
                                       least(coalesce(h.ended_at, last.accepted_at), last.accepted_at)))
            FROM crm_requisitionhold h
            WHERE h.workspace_id = %(workspace)s AND h.requisition_id = t.id
            AND greatest(h.started_at, t.opened_at)
                < least(coalesce(h.ended_at, last.accepted_at), last.accepted_at)
        )) AS span
    ) held
    WHERE last.accepted_at >= %(start)s AND last.accepted_at < %(end)s
    """,
    (CANDIDATES_FOR_FILLING, ACCEPTANCES),
)


def time_to_fill(question: Question) -> FillFigure:
    """Mean and median days to fill, hold time removed, over the requisitions filled in the period."""
    found = rows(
        """
        SELECT count(*) AS n, avg(days_to_fill) AS mean,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_fill) AS median FROM filled
        """,
        reads=[FILLED],
        question=question,
    )[0]
    return FillFigure(days(found["mean"]), days(found["median"]), found["n"])


def fill_days(question: Question) -> list[float]:
    """Every value behind time to fill."""
    return [
        row["days_to_fill"]
        for row in rows("SELECT days_to_fill FROM filled", reads=[FILLED], question=question)
    ]
