"""People who wait in a CRM stage far longer than others did."""

from collections.abc import Mapping
from typing import Any

from analytics.policies.questions import Question
from analytics.queries.statements import rows
from analytics.queries.velocity import STAGES, STAYS, velocity

TIMES_LONGER = 2
AT_LEAST_DAYS = 14
MOST = 50
IS_STUCK = """p.is_waiting AND p.archived_at IS NULL
    AND p.days >= (%(limits)s::float8[])[array_position(%(stages)s, p.stage)]"""


def stuck(question: Question, medians: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Who waits twice the stage's median or longer (and two weeks at least), the longest first.

    No more than MOST; each row says how many there are in all (`total`).
    """
    return rows(
        f"""
        SELECT s.candidate_id, c.full_name, s.stage, s.entered_at, s.days, u.name AS owner, s.total
        FROM (
            SELECT p.candidate_id, p.stage, p.entered_at, p.days, count(*) OVER () AS total FROM stays p
            WHERE {IS_STUCK} ORDER BY p.days DESC, p.candidate_id LIMIT %(most)s
        ) s
        JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = s.candidate_id
        LEFT JOIN crm_user u ON u.id = c.owner_id
        ORDER BY s.days DESC, s.candidate_id
        """,  # noqa: S608 - our own condition
        reads=[STAYS],
        question=question,
        extra={**_given(medians), "most": MOST},
    )


def given(question: Question) -> Mapping[str, Any]:
    """How long is too long in each stage, by its median of the period."""
    return _given({figure.stage: figure.median_days for figure in velocity(question)})


def _given(medians: Mapping[str, float | None]) -> dict[str, Any]:
    limits = [max(AT_LEAST_DAYS, TIMES_LONGER * (medians.get(stage) or 0)) for stage in STAGES]
    return {"stages": STAGES, "limits": limits}
