"""What was spent, and cost per hire by origin. Costs know only their day, so other filters are left out."""

from dataclasses import replace

from django.db.models import QuerySet, Sum

from analytics.models import Cost
from analytics.policies.figures import CostByOrigin, CostFigure, ShareFigure, money
from analytics.policies.questions import Filters, Question
from analytics.queries.hires import share_of_hires


def cost_per_hire(question: Question, share: ShareFigure | None = None) -> CostByOrigin:
    """Costs of the period over hires of the period, by origin; filters are left out on both sides.

    `share` spares the counting where the hires of the unfiltered period are known already.
    """
    spent = dict(
        costs_in(question)
        .order_by()
        .values_list("origin")
        .annotate(Sum("amount_cents"))
        .values_list("origin", "amount_cents__sum")
    )
    spent["all"] = sum(spent.values())
    if share is None:
        share = share_of_hires(replace(question, filters=Filters()))
    hires = {"all": share.hires, "crm": share.crm, "external": share.hires - share.crm}
    return CostByOrigin(
        *(_figure(spent.get(who, 0), hires[who], question.currency) for who in ("all", "crm", "external"))
    )


def costs_in(question: Question) -> QuerySet[Cost]:
    """Costs whose day lies in the period, the latest first."""
    period = question.period
    return Cost.objects.filter(incurred_on__gte=period.from_on, incurred_on__lte=period.to_on).order_by(
        "-incurred_on", "-pk"
    )


def _figure(cents: int, hires: int, currency: str) -> CostFigure:
    cost = money(cents)
    return CostFigure(cost, hires, round(cost / hires, 2) if hires else None, currency)
