"""How long people stay in each CRM stage. Those still there count as censored (Kaplan–Meier)."""

from collections.abc import Sequence
from typing import Any

from analytics.policies.figures import StageFigure, days, rate
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.statements import FOLDED, Relation, rows
from crm.models import Stage

STAGES = list(Stage.values)

# Every change of stage is an event; the stay ends at the person's next one. Whoever was created in a stage
# entered it then. Two changes at one instant are told apart by the order they were recorded in.
_STAYS = """
    SELECT f.candidate_id, f.ordinal, f.stage, f.entered_at, following.left_at,
        coalesce(following.stage, '') AS next_stage, c.archived_at
    FROM (
        SELECT e.candidate_id, e.data->>'to' AS stage, e.occurred_at AS entered_at, e.id AS ordinal
        FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.kind = 'stage.changed' AND [e of]
        AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
        UNION ALL
        SELECT born.id, CASE WHEN first.id IS NULL THEN born.stage ELSE first.data->>'from' END,
            born.created_at, 0
        FROM crm_candidate born LEFT JOIN LATERAL (
            SELECT e.id, e.data, e.occurred_at FROM crm_event e
            WHERE e.workspace_id = %(workspace)s AND e.candidate_id = born.id AND e.kind = 'stage.changed'
            ORDER BY e.occurred_at, e.id LIMIT 1
        ) first ON true
        WHERE born.workspace_id = %(workspace)s AND [born of]
        AND born.created_at >= %(start)s AND born.created_at < %(end)s
        AND (first.id IS NULL OR first.occurred_at >= born.created_at)
    ) f
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = f.candidate_id
    LEFT JOIN LATERAL (
        SELECT e.occurred_at AS left_at, e.data->>'to' AS stage FROM crm_event e
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = f.candidate_id AND e.kind = 'stage.changed'
        AND (e.occurred_at, e.id) > (f.entered_at, f.ordinal)
        ORDER BY e.occurred_at, e.id LIMIT 1
    ) following ON true
    WHERE f.stage IN ([stages])
""".replace("[stages]", ", ".join(f"'{stage}'" for stage in STAGES))


def stays_of(whose: str) -> str:
    """The stays of whom the condition lets through, `{id}` being a candidate's id."""
    told, born = whose.replace("{id}", "e.candidate_id"), whose.replace("{id}", "born.id")
    return _STAYS.replace("[e of]", told).replace("[born of]", born)


_NAMES = "candidate_id, stage, entered_at, left_at, next_stage, archived_at"
STAYS = Relation(
    "stays",
    f"""
    SELECT s.candidate_id, s.stage, s.entered_at, s.left_at, s.next_stage, s.archived_at,
        s.left_at IS NULL AS is_waiting,
        date_part('epoch',
            coalesce(s.left_at, s.archived_at, %(now)s) - s.entered_at) / 86400 AS days
    FROM (
        SELECT o.candidate_id, o.stage, o.entered_at, o.archived_at,
            CASE WHEN o.left_at <= %(now)s THEN o.left_at END AS left_at,
            CASE WHEN o.left_at <= %(now)s THEN o.next_stage END AS next_stage
        FROM (
            SELECT {_NAMES} FROM analytics_stay s
            WHERE s.workspace_id = %(workspace)s AND s.entered_at >= %(start)s AND s.entered_at < %(end)s
              AND {FOLDED}
            UNION ALL
            SELECT {_NAMES} FROM ({stays_of("(NOT %(trusts)s OR {id} = ANY(%(news)s::bigint[]))")}) facts
        ) o
        LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = o.candidate_id
        WHERE o.entered_at <= %(now)s AND {person_passes("o")}
    ) s
    """,  # noqa: S608 - our own statement
)
# Survival after each stay, shortest first: the product over those that ended of 1 − 1 / still there. Stays of
# one length that ended come before those still going on, so together they take 1 − left / still there.
SURVIVAL = Relation(
    "survival",
    """
    SELECT stage, days, is_waiting,
        exp(sum(CASE WHEN is_waiting THEN 0 WHEN at_risk = 1 THEN -600 ELSE ln(1 - 1.0::float8 / at_risk) END)
            OVER (PARTITION BY place ORDER BY days, is_waiting ROWS UNBOUNDED PRECEDING)) AS surviving
    FROM (
        SELECT s.stage, s.days, s.is_waiting, entered.place, entered.n + 1 - row_number()
            OVER (PARTITION BY entered.place ORDER BY s.days, s.is_waiting) AS at_risk
        FROM stays s JOIN unnest(%(entered)s::int[]) WITH ORDINALITY AS entered (n, place)
            ON entered.place = array_position(%(stages)s, s.stage)
    ) ranked
    """,
    (STAYS,),
)


def velocity(question: Question) -> list[StageFigure]:
    """Per CRM stage in order: median days (Kaplan–Meier), entries of the period, advances, waiting."""
    found = {row["stage"]: row for row in _counted(question)}
    entered = [found[stage]["entered"] if stage in found else 0 for stage in STAGES]
    medians = _medians(question, entered) if found else {}
    return [_figure(stage, found.get(stage), medians.get(stage)) for stage in STAGES]


def advances(question: Question, figures: Sequence[StageFigure] | None = None) -> list[dict[str, Any]]:
    """Beside velocity: advances per week of the period, and the share that went on to a later stage."""
    weeks = question.period.days / 7
    return [
        {
            "stage": figure.stage,
            "advances_per_week": round(figure.advanced / weeks, 2),
            "conversion": rate(figure.advanced, figure.entered),
        }
        for figure in (velocity(question) if figures is None else figures)
    ]


def _counted(question: Question) -> list[dict[str, Any]]:
    """Groups are few, stays are many: what is asked per row is asked of the groups."""
    return rows(
        """
        SELECT stage, sum(n)::int AS entered,
            coalesce(sum(n) FILTER (WHERE array_position(%(stages)s, next_stage)
                > array_position(%(stages)s, stage)), 0)::int AS advanced,
            coalesce(sum(n) FILTER (WHERE is_waiting), 0)::int AS waiting
        FROM (SELECT stage, next_stage, is_waiting, count(*) AS n FROM stays GROUP BY 1, 2, 3) groups
        GROUP BY stage
        """,
        reads=[STAYS],
        question=question,
        extra={"stages": STAGES},
    )


def _medians(question: Question, entered: Sequence[int]) -> dict[str, float]:
    found = rows(
        """
        SELECT stage, min(days) AS median FROM survival
        WHERE surviving <= 0.5 + 1e-9 AND NOT is_waiting GROUP BY stage
        """,
        reads=[SURVIVAL],
        question=question,
        extra={"stages": STAGES, "entered": entered},
    )
    return {row["stage"]: row["median"] for row in found}


def _figure(stage: str, row: dict[str, Any] | None, median: float | None) -> StageFigure:
    if row is None:
        return StageFigure(stage, None, 0, 0, 0)
    return StageFigure(stage, days(median), row["entered"], row["advanced"], row["waiting"])
