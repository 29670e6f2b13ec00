"""Requisitions filled in the period: from opening to the last opening taken, time on hold removed."""

from analytics.policies.figures import FillFigure, days
from analytics.policies.questions import Question
from analytics.queries.filters import requisition_passes
from analytics.queries.hires import ACCEPTED
from analytics.queries.statements import FOLDED, UNFOLDED, Relation, rows

TOUCHED = Relation(
    "touched_requisitions",
    f"""
    SELECT r.id, r.title, r.opened_at, r.openings FROM crm_requisition r
    WHERE r.workspace_id = %(workspace)s AND r.opened_at IS NOT NULL AND r.openings > 0
      AND r.id IN (
        SELECT s.requisition_id FROM analytics_standing s
        WHERE s.workspace_id = %(workspace)s AND s.accepted_at >= %(start)s AND s.accepted_at < %(end)s
          AND {FOLDED}
        UNION
        SELECT requisition_id FROM accepted)
      AND {requisition_passes()}
    """,  # noqa: S608 - our own statement
    (ACCEPTED,),
)
# The acceptance that decides an application, over all time: an earlier period may hold the first openings.
ACCEPTANCES = Relation(
    "acceptances",
    f"""
    SELECT s.requisition_id, s.application_id, s.candidate_id, s.accepted_at FROM analytics_standing s
    WHERE s.workspace_id = %(workspace)s AND s.accepted_at IS NOT NULL AND {FOLDED}
    UNION ALL
    SELECT a.requisition_id, a.id, a.candidate_id,
        CASE WHEN latest.status = 'accepted' AND latest.resolved_at IS NOT NULL THEN latest.resolved_at
             WHEN a.outcome = 'hired' THEN coalesce(a.hired_at, a.ended_at) END
    FROM crm_application a
    LEFT JOIN LATERAL (
        SELECT o.status, o.resolved_at FROM crm_offer o
        WHERE o.workspace_id = %(workspace)s AND o.application_id = a.id ORDER BY o.version DESC LIMIT 1
    ) latest ON true
    WHERE a.workspace_id = %(workspace)s AND {UNFOLDED.format(subject="a")}
      AND a.requisition_id IN (SELECT id FROM touched_requisitions)
    """,  # noqa: S608 - our own statement
    (TOUCHED,),
)
FILLED = Relation(
    "filled",
    """
    SELECT t.id AS requisition_id, t.title, t.opened_at, t.openings, last.application_id, last.candidate_id,
        last.accepted_at AS filled_at, held.seconds AS held_seconds,
        (date_part('epoch', last.accepted_at - t.opened_at) - held.seconds) / 86400 AS days_to_fill
    FROM touched_requisitions t
    JOIN (
        SELECT ac.*, row_number() OVER (
            PARTITION BY ac.requisition_id ORDER BY ac.accepted_at, ac.application_id) AS opening
        FROM acceptances ac WHERE ac.accepted_at IS NOT NULL
    ) last ON last.requisition_id = t.id AND last.opening = t.openings
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(date_part('epoch', upper(span) - lower(span))), 0)::float8 AS seconds
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
    (TOUCHED, ACCEPTANCES),
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
