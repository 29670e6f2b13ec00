"""Every KPI by its key for one question; and two periods side by side, with how sure the difference is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.policies import intervals
from analytics.policies.figures import Figure, rate
from analytics.policies.periods import Period
from analytics.policies.questions import Question
from analytics.queries import contacts, costs, fills, hires, offers, pool_health, replies, velocity
from analytics.queries.answers import Answers

KPIS: dict[str, Callable[[Question], Figure]] = {
    "time_to_hire": hires.time_to_hire,
    "time_to_accept": hires.time_to_accept,
    "relationship_age": hires.relationship_age,
    "time_to_fill": fills.time_to_fill,
    "conversion_to_screening": contacts.conversion_to_screening,
    "drop_off": contacts.drop_off,
    "reply_rate": replies.reply_rate,
    "offer_acceptance": offers.offer_acceptance,
    "share_of_hires_from_crm": hires.share_of_hires,
    "cost_per_hire": costs.cost_per_hire,
    "velocity": velocity.velocity,
    "pool_health": pool_health.pool_health,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One number now and then; `interval` is 95 % around the difference, None where there is no sample."""

    key: str
    figure: str
    now: float | None
    then: float | None
    interval: intervals.Interval | None

    @property
    def change(self) -> float | None:
        return None if self.now is None or self.then is None else self.now - self.then


def kpis(question: Question, keys: Sequence[str] = ()) -> dict[str, Figure]:
    """Every figure, or those named, for the question."""
    wanted = keys or tuple(KPIS)
    answers = Answers(question)
    return {key: answers[key] for key in wanted}


def details(question: Question, answers: Answers | None = None) -> dict[str, Any]:
    """What stands beside the figures: the cuts, who waits, the first-touch count, what is left out."""
    answers = answers or Answers(question)
    figures: Any = answers["velocity"]
    return {
        "conversion_to_screening": {"cuts": answers.cohort.cuts},
        "drop_off": {"standing": answers.cohort.standing},
        "share_of_hires_from_crm": {"first_touch": answers.of_hires["first_touch"]},
        "time_to_hire": {"exclusions": answers.of_hires["exclusions"]},
        "velocity": {"advances": velocity.advances(question, figures)},
    }


def then(question: Question, other: Period) -> Question:
    """The same question about another period."""
    return replace(question, period=other)


def compare(question: Question, other: Period) -> list[Difference]:
    """The headline numbers of the question's period and of `other`, with the interval of each difference."""
    now, before = Answers(question), Answers(then(question, other))
    return [
        *_compared_days("time_to_hire", now, before),
        *_compared_days("time_to_accept", now, before),
        *_of_values("time_to_fill", "", now.fill_days, before.fill_days),
        *_compared_rates(now, before),
    ]


def _compared_days(key: str, now: Answers, before: Answers) -> list[Difference]:
    a, b = now.hire_days[key], before.hire_days[key]
    return [row for who in ("all", "crm", "external") for row in _of_values(key, f"{who}.", a[who], b[who])]


def _of_values(key: str, prefix: str, now: list[float], then: list[float]) -> list[Difference]:
    return [
        Difference(
            key,
            f"{prefix}mean_days",
            intervals.mean(now),
            intervals.mean(then),
            intervals.mean_difference(now, then),
        ),
        Difference(
            key,
            f"{prefix}median_days",
            intervals.middle(now),
            intervals.middle(then),
            intervals.median_difference(now, then),
        ),
    ]


def _compared_rates(now: Answers, before: Answers) -> list[Difference]:
    a, b = _parts(now), _parts(before)
    return [
        Difference(
            key, figure, rate(*parts), rate(*b[key, figure]), intervals.rate_difference(parts, b[key, figure])
        )
        for (key, figure), parts in a.items()
    ]


def _parts(answers: Answers) -> dict[tuple[str, str], tuple[int, int]]:
    """Each rate as (part, whole)."""
    conversion: Any = answers["conversion_to_screening"]
    reply: Any = answers["reply_rate"]
    share: Any = answers["share_of_hires_from_crm"]
    parts = {
        ("conversion_to_screening", "rate"): (conversion.screened, conversion.contacted),
        ("reply_rate", "rate"): (reply.replied, reply.delivered),
        ("share_of_hires_from_crm", "rate"): (share.crm, share.hires),
    }
    for who in ("all", "nurtured", "cold"):
        figure = getattr(answers["offer_acceptance"], who)
        parts["offer_acceptance", f"{who}.rate"] = (figure.accepted, figure.extended)
    return parts
