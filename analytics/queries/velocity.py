"""How long people stay in each CRM stage. Those still there count as censored (Kaplan–Meier)."""

from typing import Any

from analytics.policies.figures import StageFigure, days, rate
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.statements import Relation, rows
from crm.models import Stage

STAGES = list(Stage.values)

# Every change of stage is an event; the stay ends at the person's next one. Whoever was created in a stage
# entered it then. Two changes at one instant are told apart by the order they were recorded in.
CHANGES = Relation(
    "changes",
    """
    SELECT f.candidate_id, f.stage, f.entered_at, f.ord FROM (
        SELECT e.candidate_id, e.data->>'to' AS stage, e.occurred_at AS entered_at, e.id AS ord
        FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.kind = 'stage.changed' AND e.candidate_id IS NOT NULL
        AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s AND e.occurred_at <= %(now)s
        UNION ALL
        SELECT born.id, CASE WHEN first.id IS NULL THEN born.stage ELSE first.data->>'from' END,
            born.created_at, 0
        FROM crm_candidate born LEFT JOIN LATERAL (
            SELECT e.id, e.data, e.occurred_at FROM crm_event e
            WHERE e.workspace_id = %(workspace)s AND e.candidate_id = born.id AND e.kind = 'stage.changed'
            ORDER BY e.occurred_at, e.id LIMIT 1
        ) first ON true
        WHERE born.workspace_id = %(workspace)s AND born.created_at >= %(start)s AND born.created_at < %(end)s
        AND born.created_at <= %(now)s AND (first.id IS NULL OR first.occurred_at >= born.created_at)
    ) f
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = f.candidate_id
    WHERE f.stage = ANY(%(stages)s) AND [filters]
    """.replace("[filters]", person_passes("f")),
)
STAYS = Relation(
    "stays",
    """
    SELECT s.candidate_id, s.stage, s.entered_at, next.left_at, next.stage AS next_stage,
        array_position(%(stages)s, next.stage) > array_position(%(stages)s, s.stage) AS is_advance,
        next.left_at IS NULL AS is_waiting,
        extract(epoch FROM
            coalesce(next.left_at, c.archived_at, %(now)s) - s.entered_at)::float8 / 86400 AS days
    FROM changes s
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = s.candidate_id
    LEFT JOIN LATERAL (
        SELECT e.occurred_at AS left_at, e.data->>'to' AS stage FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = s.candidate_id AND e.kind = 'stage.changed'
        AND e.occurred_at <= %(now)s AND (e.occurred_at, e.id) > (s.entered_at, s.ord)
        ORDER BY e.occurred_at, e.id LIMIT 1
    ) next ON true
    """,
    (CHANGES,),
)
# Survival at each length of stay: the product over earlier lengths of 1 − left / still there.
SURVIVAL = Relation(
    "survival",
    """
    SELECT stage, days,
        exp(sum(CASE WHEN ended >= at_risk THEN -600 ELSE ln(1 - ended / at_risk) END)
            OVER (PARTITION BY stage ORDER BY days)) AS surviving
    FROM (
        SELECT stage, days, (count(*) FILTER (WHERE NOT is_waiting))::float8 AS ended,
            sum(count(*)) OVER (PARTITION BY stage ORDER BY days DESC)::float8 AS at_risk
        FROM stays GROUP BY stage, days
    ) lengths
    """,
    (STAYS,),
)


def velocity(question: Question) -> list[StageFigure]:
    """Per CRM stage in order: median days (Kaplan–Meier), entries of the period, advances, waiting."""
    found = {row["stage"]: row for row in _counted(question)}
    return [_figure(stage, found.get(stage)) for stage in STAGES]


def advances(question: Question) -> list[dict[str, Any]]:
    """Beside velocity: advances per week of the period, and the share that went on to a later stage."""
    weeks = question.period.days / 7
    return [
        {
            "stage": figure.stage,
            "advances_per_week": round(figure.advanced / weeks, 2),
            "conversion": rate(figure.advanced, figure.entered),
        }
        for figure in velocity(question)
    ]


def _counted(question: Question) -> list[dict[str, Any]]:
    return rows(
        """
        SELECT s.stage, count(*) AS entered, count(*) FILTER (WHERE s.is_advance) AS advanced,
            count(*) FILTER (WHERE s.is_waiting) AS waiting,
            (SELECT min(v.days) FROM survival v
             WHERE v.stage = s.stage AND v.surviving <= 0.5 + 1e-9) AS median
        FROM stays s GROUP BY s.stage
        """,
        reads=[STAYS, SURVIVAL],
        question=question,
        extra={"stages": STAGES},
    )


def _figure(stage: str, row: dict[str, Any] | None) -> StageFigure:
    if row is None:
        return StageFigure(stage, None, 0, 0, 0)
    return StageFigure(stage, days(row["median"]), row["entered"], row["advanced"], row["waiting"])
