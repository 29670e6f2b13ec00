"""The figures of one question, each relation read once however many figures are asked of it."""

from functools import cached_property
from typing import Any

from analytics.policies.figures import (
    AcceptanceByNurture,
    CostByOrigin,
    Figure,
    FillFigure,
    ReplyFigure,
    StageFigure,
)
from analytics.policies.questions import Filters, Question
from analytics.queries import (
    contacts,
    costs,
    exclusions,
    fills,
    hires,
    offers,
    replies,
    velocity,
)
from analytics.queries.hires import Values
from analytics.queries.pool_health import Health, health


class Answers:
    """Reads what is asked for, when it is asked for."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __getitem__(self, key: str) -> Figure:
        """A figure by its key."""
        figure: Figure = self.of_hires[key] if key in hires.TOGETHER else getattr(self, key)
        return figure

    @cached_property
    def of_hires(self) -> dict[str, Any]:
        return hires.together(self.question)

    @cached_property
    def exclusions(self) -> dict[str, dict[str, int]]:
        """What each figure leaves out or counts with a reservation, by key and name."""
        return exclusions.excluded(self.question, exclusions.EXCLUDED, self.of_hires["exclusions"])

    @cached_property
    def cohort(self) -> contacts.Cohort:
        return contacts.cohort(self.question)

    @property
    def conversion_to_screening(self) -> Figure:
        return self.cohort.conversion

    @property
    def drop_off(self) -> Figure:
        return self.cohort.steps

    @cached_property
    def time_to_fill(self) -> FillFigure:
        return fills.figure_of(self.fill_days)

    @cached_property
    def hire_days(self) -> Values:
        return hires.values(self.question)

    @cached_property
    def fill_days(self) -> list[float]:
        return list(fills.filled(self.question).values())

    @cached_property
    def reply_rate(self) -> ReplyFigure:
        return replies.reply_rate(self.question)

    @cached_property
    def offer_acceptance(self) -> AcceptanceByNurture:
        return offers.offer_acceptance(self.question)

    @cached_property
    def cost_per_hire(self) -> CostByOrigin:
        share = self.of_hires["share_of_hires_from_crm"] if self.question.filters == Filters() else None
        return costs.cost_per_hire(self.question, share)

    @cached_property
    def velocity(self) -> list[StageFigure]:
        return velocity.velocity(self.question)

    @property
    def pool_health(self) -> Figure:
        return self.pools.figures

    @cached_property
    def pools(self) -> Health:
        return health(self.question)
