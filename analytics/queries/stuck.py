"""People who wait in a CRM stage far longer than others did."""

from typing import Any

from analytics.policies.questions import Question
from analytics.queries.statements import rows
from analytics.queries.velocity import STAGES, STAYS

TIMES_LONGER = 2
AT_LEAST_DAYS = 14
MOST = 50


def stuck(question: Question, medians: dict[str, float | None]) -> list[dict[str, Any]]:
    """Who waits twice the stage's median or longer (and two weeks at least), the longest first."""
    limits = [max(AT_LEAST_DAYS, TIMES_LONGER * (medians.get(stage) or 0)) for stage in STAGES]
    return rows(
        """
        SELECT s.candidate_id, c.full_name, s.stage, s.entered_at, s.days, u.name AS owner
        FROM (
            SELECT candidate_id, stage, entered_at, days FROM stays
            WHERE is_waiting AND archived_at IS NULL
              AND days >= (%(limits)s::float8[])[array_position(%(stages)s, stage)]
            ORDER BY days DESC, candidate_id LIMIT %(most)s
        ) s
        JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = s.candidate_id
        LEFT JOIN crm_user u ON u.id = c.owner_id
        ORDER BY s.days DESC, s.candidate_id
        """,
        reads=[STAYS],
        question=question,
        extra={"stages": STAGES, "limits": limits, "most": MOST},
    )
