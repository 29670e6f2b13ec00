"""Every KPI by its key for one question; and two periods side by side, with how sure the difference is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.policies import intervals, survival
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
    """One number now and then; `interval` is 95 % around the difference, None where there is no sample.

    `group` is the list of people behind either side, with `now_n` and `then_n` people.
    """

    key: str
    figure: str
    now: float | None
    then: float | None
    interval: intervals.Interval | None
    group: str
    now_n: int
    then_n: int

    @property
    def change(self) -> float | None:
        return None if self.now is None or self.then is None else self.now - self.then


def kpis(question: Question, keys: Sequence[str] = ()) -> dict[str, Figure]:
    """Every figure, or those named, for the question."""
    wanted = keys or tuple(KPIS)
    answers = Answers(question)
    return {key: answers[key] for key in wanted}


def then(question: Question, other: Period) -> Question:
    """The same question about another period."""
    return replace(question, period=other)


def compare(question: Question, other: Period) -> list[Difference]:
    """The headline numbers of the question's period and of `other`, with the interval of each difference."""
    return differences(Answers(question), Answers(then(question, other)))


def differences(now: Answers, before: Answers) -> list[Difference]:
    """The same, of what was read already."""
    known = (answers.hire_days["relationship_age"]["crm"] for answers in (now, before))
    return [
        *_compared_days("time_to_hire", now, before),
        *_compared_days("time_to_accept", now, before),
        *_of_values("relationship_age", "", *known),
        *_of_values("time_to_fill", "", now.fill_days, before.fill_days),
        *_compared_rates(now, before),
        *_compared_medians(now, before),
        *_compared_costs(now, before),
    ]


_WHO = ("all", "crm", "external")


def _compared_days(key: str, now: Answers, before: Answers) -> list[Difference]:
    a, b = now.hire_days[key], before.hire_days[key]
    return [row for who in _WHO for row in _of_values(key, f"{who}.", a[who], b[who])]


def _of_values(key: str, prefix: str, now: list[float], then: list[float]) -> list[Difference]:
    behind = (prefix.removesuffix(".") or "all", len(now), len(then))
    return [
        Difference(
            key,
            f"{prefix}mean_days",
            intervals.mean(now),
            intervals.mean(then),
            intervals.mean_difference(now, then),
            *behind,
        ),
        Difference(
            key,
            f"{prefix}median_days",
            intervals.middle(now),
            intervals.middle(then),
            intervals.median_difference(now, then),
            *behind,
        ),
    ]


def _compared_rates(now: Answers, before: Answers) -> list[Difference]:
    a, b = _parts(now), _parts(before)
    return [
        Difference(
            key,
            figure,
            rate(*a[key, figure]),
            rate(*b[key, figure]),
            intervals.rate_difference(a[key, figure], b[key, figure]),
            _WHOLE.get(key) or figure.rpartition(".")[0],
            a[key, figure][1],
            b[key, figure][1],
        )
        for key, figure in a
    ]


_WHOLE = {
    "conversion_to_screening": "contacted",
    "drop_off": "contacted",
    "reply_rate": "delivered",
    "share_of_hires_from_crm": "all",
}


def _parts(answers: Answers) -> dict[tuple[str, str], tuple[int, int]]:
    """Each rate as (part, whole)."""
    conversion, reply = answers.cohort.conversion, answers.reply_rate
    share: Any = answers["share_of_hires_from_crm"]
    parts = {
        ("conversion_to_screening", "rate"): (conversion.screened, conversion.contacted),
        ("reply_rate", "rate"): (reply.replied, reply.delivered),
        ("share_of_hires_from_crm", "rate"): (share.crm, share.hires),
    }
    for who in ("all", "nurtured", "cold"):
        figure = getattr(answers.offer_acceptance, who)
        parts["offer_acceptance", f"{who}.rate"] = (figure.accepted, figure.extended)
    for step in answers.cohort.steps[1:]:
        parts["drop_off", f"{step.step}.share"] = (step.reached, conversion.contacted)
    for stage in answers.velocity:
        parts["velocity", f"{stage.stage}.conversion"] = (stage.advanced, stage.entered)
    return parts


def _compared_medians(now: Answers, before: Answers) -> list[Difference]:
    """Medians of people of whom some still wait."""
    spans = (now.of_stages.lengths, before.of_stages.lengths)
    return [
        Difference(
            "velocity",
            f"{a.stage}.median_days",
            a.median_days,
            b.median_days,
            survival.median_difference(*(lengths[a.stage] for lengths in spans)),
            a.stage,
            a.entered,
            b.entered,
        )
        for a, b in zip(now.velocity, before.velocity, strict=True)
    ]


def _compared_costs(now: Answers, before: Answers) -> list[Difference]:
    """Money is all there was, and no sample of it."""
    sides = [{who: getattr(answers.cost_per_hire, who) for who in _WHO} for answers in (now, before)]
    return [
        Difference("cost_per_hire", f"{who}.value", a.value, b.value, None, who, a.hires, b.hires)
        for who in _WHO
        for a, b in [(sides[0][who], sides[1][who])]
    ]
