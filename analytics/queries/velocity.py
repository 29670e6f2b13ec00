"""How long people stay in each CRM stage. Those still there count as censored (Kaplan–Meier)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.policies.figures import StageFigure, days, rate
from analytics.policies.questions import Question
from analytics.policies.survival import Lengths, lengths, median
from analytics.queries.filters import person_passes
from analytics.queries.statements import ERASED, FOLDED, Relation, before_the_period, counting, rows
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

EARLIER_STAYS = before_the_period(STAYS, "earlier_stays")
EXCLUSIONS = {"archived": "p.is_waiting AND p.archived_at IS NOT NULL", "erased": ERASED.format(of="p")}


@dataclass(frozen=True, slots=True)
class Stages:
    """The figures, every length behind them by stage, and how many EXCLUSIONS holds of, by name."""

    figures: list[StageFigure]
    lengths: dict[str, Lengths]
    exclusions: dict[str, int]


def velocity(question: Question) -> list[StageFigure]:
    """Per CRM stage in order: median days (Kaplan–Meier), entries of the period, advances, waiting."""
    return whole(question).figures


def whole(question: Question) -> Stages:
    """The same, with what is counted with a reservation."""
    found = rows(
        f"""
        SELECT stage, is_waiting, array_agg(days) AS days, coalesce(
            array_position(%(stages)s, next_stage) > array_position(%(stages)s, stage), false) AS is_advance,
            {counting(EXCLUSIONS)}
        FROM stays p GROUP BY stage, is_waiting, next_stage
        """,  # noqa: S608 - conditions of our own
        reads=[STAYS],
        question=question,
        extra={"stages": STAGES},
    )
    parts = {stage: [row for row in found if row["stage"] == stage] for stage in STAGES}
    spans = {stage: _lengths(of) for stage, of in parts.items()}
    figures = [_figure(stage, of, spans[stage]) for stage, of in parts.items()]
    return Stages(figures, spans, {name: sum(row[name] for row in found) for name in EXCLUSIONS})


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


def _lengths(parts: Sequence[dict[str, Any]]) -> Lengths:
    ended = [length for part in parts if not part["is_waiting"] for length in part["days"]]
    return lengths(ended, (length for part in parts if part["is_waiting"] for length in part["days"]))


def _figure(stage: str, parts: Sequence[dict[str, Any]], of: Lengths) -> StageFigure:
    advanced = sum(len(part["days"]) for part in parts if part["is_advance"])
    entered = len(of.ended) + len(of.waiting)
    return StageFigure(stage, days(median(of)), entered, advanced, len(of.waiting))
