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
        known = {
            hires.TIMED.name: self.of_hires["exclusions"],
            contacts.PROGRESS.name: self.cohort.exclusions,
            replies.FIRST_DELIVERIES.name: self.of_replies.exclusions,
            offers.OFFERS.name: self.of_offers.exclusions,
            velocity.STAYS.name: self.of_stages.exclusions,
            fills.FILLED.name: self.of_fills.exclusions,
        }
        return exclusions.excluded(self.question, exclusions.EXCLUDED, known)

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

    @property
    def hire_days(self) -> Values:
        """Every value behind the figures about hires."""
        values: Values = self.of_hires["values"]
        return values

    @cached_property
    def of_fills(self) -> fills.Fills:
        return fills.whole(self.question)

    @property
    def fill_days(self) -> list[float]:
        return list(self.of_fills.days.values())

    @cached_property
    def of_replies(self) -> replies.Replies:
        return replies.whole(self.question)

    @property
    def reply_rate(self) -> ReplyFigure:
        return self.of_replies.figure

    @cached_property
    def of_offers(self) -> offers.Acceptance:
        return offers.whole(self.question)

    @property
    def offer_acceptance(self) -> AcceptanceByNurture:
        return self.of_offers.figure

    @cached_property
    def cost_per_hire(self) -> CostByOrigin:
        share = self.of_hires["share_of_hires_from_crm"] if self.question.filters == Filters() else None
        return costs.cost_per_hire(self.question, share)

    @cached_property
    def of_stages(self) -> velocity.Stages:
        return velocity.whole(self.question)

    @property
    def velocity(self) -> list[StageFigure]:
        return self.of_stages.figures

    @property
    def pool_health(self) -> Figure:
        return self.of_pools.figures

    @cached_property
    def of_pools(self) -> Health:
        return health(self.question)
