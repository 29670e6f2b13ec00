"""Hold-out lift: people a journey wrote to, beside those drawn by lot to be left alone."""

from dataclasses import dataclass
from typing import Any

from analytics.policies.figures import rate
from analytics.policies.intervals import Interval, rate_difference
from analytics.policies.questions import Question
from analytics.queries.filters import person_passes
from analytics.queries.statements import Relation, rows

ENTERED = Relation(
    "entered",
    """
    SELECT n.candidate_id, n.journey_id, n.enrolled_at, n.state = 'holdout' AS is_held_out,
        coalesce(after.applied, false) AS has_applied, coalesce(after.screened, false) AS is_screened
    FROM (
        SELECT here.candidate_id, here.journey_id, here.enrolled_at, here.state FROM journeys_enrollment here
        WHERE here.workspace_id = %(workspace)s
        UNION ALL
        SELECT t.candidate_id, t.key::bigint, t.began_at, t.kind FROM analytics_trace t
        WHERE t.workspace_id = %(workspace)s AND t.kind IN ('journey', 'holdout')
    ) n
    LEFT JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = n.candidate_id
    CROSS JOIN LATERAL (
        SELECT bool_or(a.applied_at > n.enrolled_at) AS applied,
            bool_or(s.stage = ANY(%(completed_stages)s) AND s.entered_at > n.enrolled_at) AS screened
        FROM crm_application a
        LEFT JOIN crm_stageentry s ON s.workspace_id = %(workspace)s AND s.application_id = a.id
        WHERE a.workspace_id = %(workspace)s AND a.candidate_id = n.candidate_id
    ) after
    WHERE n.enrolled_at >= %(start)s AND n.enrolled_at < %(end)s
      AND n.journey_id IN (
        SELECT h.journey_id FROM journeys_enrollment h
        WHERE h.workspace_id = %(workspace)s AND h.state = 'holdout'
        UNION ALL
        SELECT t.key::bigint FROM analytics_trace t
        WHERE t.workspace_id = %(workspace)s AND t.kind = 'holdout')
      AND [filters]
    """.replace("[filters]", person_passes("n")),
)


@dataclass(frozen=True, slots=True)
class Lift:
    """One outcome of one journey: (reached, people) of those written to and of the hold-out."""

    journey: int
    name: str
    outcome: str
    written_to: tuple[int, int]
    held_out: tuple[int, int]

    @property
    def rates(self) -> tuple[float | None, float | None]:
        return rate(*self.written_to), rate(*self.held_out)

    @property
    def difference(self) -> Interval | None:
        return rate_difference(self.written_to, self.held_out)


def lifts(question: Question) -> list[Lift]:
    """For each journey with a hold-out: who applied, and who was screened, after entering."""
    found = rows(
        """
        SELECT n.journey_id, j.name, n.is_held_out, count(*) AS people,
            count(*) FILTER (WHERE n.has_applied) AS applied,
            count(*) FILTER (WHERE n.is_screened) AS screened
        FROM entered n JOIN journeys_journey j ON j.workspace_id = %(workspace)s AND j.id = n.journey_id
        GROUP BY 1, 2, 3 ORDER BY 2, 3
        """,
        reads=[ENTERED],
        question=question,
    )
    sides = {(row["journey_id"], row["is_held_out"]): row for row in found}
    journeys = {row["journey_id"]: row["name"] for row in found}
    return [
        Lift(pk, name, outcome, _side(sides.get((pk, False)), outcome), _side(sides.get((pk, True)), outcome))
        for pk, name in journeys.items()
        for outcome in ("applied", "screened")
    ]


def _side(row: dict[str, Any] | None, outcome: str) -> tuple[int, int]:
    return (row[outcome], row["people"]) if row else (0, 0)
