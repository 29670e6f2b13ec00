"""Time to hire month by month, in months of the workspace's zone."""

from dataclasses import dataclass
from datetime import date

from analytics.policies.figures import days
from analytics.policies.questions import Question
from analytics.queries.hires import TIMED
from analytics.queries.statements import rows


@dataclass(frozen=True, slots=True)
class Month:
    """The hires of one month by origin; None where there were none."""

    starts_on: date
    crm: float | None
    crm_n: int
    external: float | None
    external_n: int


def monthly_time_to_hire(question: Question) -> list[Month]:
    """Mean days to hire per month of the period, every month listed."""
    found = rows(
        """
        SELECT month.starts_on::date AS starts_on,
            avg(t.days_to_hire) FILTER (WHERE t.origin = 'crm') AS crm,
            count(t.days_to_hire) FILTER (WHERE t.origin = 'crm') AS crm_n,
            avg(t.days_to_hire) FILTER (WHERE t.origin = 'external') AS external,
            count(t.days_to_hire) FILTER (WHERE t.origin = 'external') AS external_n
        FROM generate_series(date_trunc('month', %(from_on)s::timestamp), %(to_on)s::timestamp,
            interval '1 month') AS month(starts_on)
        LEFT JOIN timed t ON date_trunc('month', t.accepted_at AT TIME ZONE %(zone)s) = month.starts_on
        GROUP BY month.starts_on ORDER BY month.starts_on
        """,
        reads=[TIMED],
        question=question,
    )
    return [Month(**row | {"crm": days(row["crm"]), "external": days(row["external"])}) for row in found]
