import datetime as dt

import pytest

from analytics.actions import costs
from analytics.actions.costs import CostNotPositive
from analytics.models import Cost
from crm.models import Event, User, Workspace

DAY = dt.date(2026, 3, 1)


def test_a_cost_is_added_and_removed_with_a_fact_each(scope: Workspace, grace: User) -> None:
    cost = costs.add(origin="crm", category=" Licence ", amount_cents=9_900, incurred_on=DAY, by=grace)
    assert (cost.category, cost.amount_cents) == ("Licence", 9_900)
    costs.remove(cost=cost, by=grace)

    assert not Cost.objects.exists()
    assert list(Event.objects.order_by("pk").values_list("kind", "data__cents")) == [
        ("cost.added", 9_900),
        ("cost.removed", 9_900),
    ]


def test_nothing_is_no_cost(scope: Workspace, grace: User) -> None:
    with pytest.raises(CostNotPositive):
        costs.add(origin="crm", category="Licence", amount_cents=0, incurred_on=DAY, by=grace)
    assert not Event.objects.exists()
