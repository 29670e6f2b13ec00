"""Time to hire month by month, in months of the workspace's zone."""

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.policies.figures import days
from analytics.policies.intervals import mean
from analytics.queries.answers import Answers


@dataclass(frozen=True, slots=True)
class Month:
    """The hires of one month by origin; None where there were none."""

    starts_on: date
    crm: float | None
    crm_n: int
    external: float | None
    external_n: int


def monthly_time_to_hire(answers: Answers) -> list[Month]:
    """Mean days to hire per month of the period, every month listed."""
    values, period = answers.of_hires["months"], answers.question.period
    months, starts_on = [], period.from_on.replace(day=1)
    while starts_on <= period.to_on:
        crm, external = (values.get((starts_on, origin), []) for origin in ("crm", "external"))
        months.append(Month(starts_on, days(mean(crm)), len(crm), days(mean(external)), len(external)))
        starts_on = (starts_on + timedelta(days=31)).replace(day=1)
    return months
