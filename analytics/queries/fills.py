"""Requisitions filled in the period: from opening to the last opening taken, time on hold removed."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.policies.figures import FillFigure, days
from analytics.policies.intervals import mean, middle
from analytics.policies.questions import Question
from analytics.queries.filters import requisition_passes
from analytics.queries.statements import FOLDED, UNFOLDED, Relation, rows

# The acceptance that decides an application, over all time: an earlier period may hold the first openings.
ACCEPTANCES = Relation(
    "acceptances",
    f"""
    SELECT s.requisition_id, s.application_id, s.candidate_id, s.accepted_at FROM analytics_standing s
    WHERE s.workspace_id = %(workspace)s AND s.accepted_at < %(end)s AND {FOLDED}
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
      AND (a.outcome = 'hired' OR a.id IN (
        SELECT o.application_id FROM crm_offer o
        WHERE o.workspace_id = %(workspace)s AND o.status = 'accepted'))
    """,  # noqa: S608 - our own statement
)
FILLED = Relation(
    "filled",
    f"""
    SELECT r.id AS requisition_id, r.title, r.opened_at, r.openings, last.application_id, last.candidate_id,
        last.accepted_at AS filled_at, held.seconds AS held_seconds,
        (date_part('epoch', last.accepted_at - r.opened_at) - held.seconds) / 86400 AS days_to_fill
    FROM (
        SELECT ac.*, row_number() OVER (
            PARTITION BY ac.requisition_id ORDER BY ac.accepted_at, ac.application_id) AS opening
        FROM acceptances ac WHERE ac.accepted_at < %(end)s
    ) last
    JOIN crm_requisition r ON r.workspace_id = %(workspace)s AND r.id = last.requisition_id
        AND r.openings = last.opening
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(date_part('epoch', upper(span) - lower(span))), 0)::float8 AS seconds
        FROM unnest((
            SELECT range_agg(tstzrange(greatest(h.started_at, r.opened_at),
                                       least(coalesce(h.ended_at, last.accepted_at), last.accepted_at)))
            FROM crm_requisitionhold h
            WHERE h.workspace_id = %(workspace)s AND h.requisition_id = r.id
            AND greatest(h.started_at, r.opened_at)
                < least(coalesce(h.ended_at, last.accepted_at), last.accepted_at)
        )) AS span
    ) held
    WHERE last.accepted_at >= %(start)s AND {requisition_passes()}
    """,  # noqa: S608 - our own statement
    (ACCEPTANCES,),
)

UNFILLED = Relation(
    "unfilled",
    f"""
    SELECT r.id AS requisition_id, NULL::bigint AS candidate_id, r.title, r.status, r.opened_at, r.openings,
        coalesce(r.closed_at, r.filled_at) AS closed_at, NULL::timestamptz AS filled_at,
        date_part('epoch', coalesce(r.closed_at, %(now)s) - r.opened_at) / 86400 AS days_to_fill
    FROM crm_requisition r
    LEFT JOIN (
        SELECT ac.requisition_id, count(ac.accepted_at) AS n FROM acceptances ac
        WHERE ac.accepted_at < %(end)s GROUP BY ac.requisition_id
    ) taken ON taken.requisition_id = r.id
    WHERE r.workspace_id = %(workspace)s AND coalesce(taken.n, 0) < r.openings
      AND (r.opened_at IS NULL OR r.opened_at < %(end)s) AND (r.status IN ('open', 'on_hold')
        OR (coalesce(r.closed_at, r.filled_at) >= %(start)s AND coalesce(r.closed_at, r.filled_at) < %(end)s))
      AND {requisition_passes()}
    """,  # noqa: S608 - our own statement
    (ACCEPTANCES,),
)
"""Requisitions with openings left: open now, on hold now, or closed in the period."""

EXCLUSIONS = {
    "without_opening_date": "p.opened_at IS NULL",
    "hold_removed": "p.held_seconds > 0 AND p.opened_at IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Fills:
    """Days to fill by requisition, and how many EXCLUSIONS holds of, by name."""

    days: dict[int, float]
    exclusions: dict[str, int]


def time_to_fill(question: Question) -> FillFigure:
    """Mean and median days to fill, hold time removed, over the requisitions filled in the period."""
    return figure_of(list(filled(question).values()))


def filled(question: Question) -> dict[int, float]:
    """Every value behind time to fill, by requisition."""
    return whole(question).days


def whole(question: Question) -> Fills:
    """The same, with what is left out of it or was taken out of theirs."""
    columns = ", ".join(f"({sql}) IS TRUE AS {name}" for name, sql in EXCLUSIONS.items())
    found = rows(
        f"SELECT requisition_id, days_to_fill, {columns} FROM filled p",  # noqa: S608 - conditions of our own
        reads=[FILLED],
        question=question,
    )
    days = {row["requisition_id"]: row["days_to_fill"] for row in found if not row["without_opening_date"]}
    return Fills(days, {name: sum(row[name] for row in found) for name in EXCLUSIONS})


def figure_of(values: Sequence[float]) -> FillFigure:
    """The figure of these values."""
    return FillFigure(days(mean(values)), days(middle(values)), len(values))
