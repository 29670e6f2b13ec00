import datetime as dt

from analytics.models import Cost
from analytics.policies.figures import CostByOrigin, CostFigure
from analytics.queries import costs
from crm.models import Workspace
from tests.analytics.histories import at, hire, question
from tests.analytics.worked import told


def test_cost_per_hire_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Cost per hire": 900 for the CRM, 5,000 for an agency; one hire and two."""
    for origin, cents, day in (
        ("crm", 90_000, dt.date(2026, 3, 1)),
        ("external", 500_000, dt.date(2026, 3, 31)),
        ("external", 999_999, dt.date(2026, 4, 1)),
    ):
        Cost.objects.create(origin=origin, category="Agency", amount_cents=cents, incurred_on=day)
    hire(at(1), at(9), is_pushed=True)
    hire(at(1), at(9))
    hire(at(1), at(9))

    assert costs.cost_per_hire(question()) == CostByOrigin(
        CostFigure(5900.0, 3, 1966.67, "EUR"),
        CostFigure(900.0, 1, 900.0, "EUR"),
        CostFigure(5000.0, 2, 2500.0, "EUR"),
    )
    told("cost_per_hire", 900.0, 5000.0, 1966.67, 2500.0, 1, 2)


def test_cost_without_hires_has_no_value(scope: Workspace) -> None:
    assert costs.cost_per_hire(question()).all == CostFigure(0.0, 0, None, "EUR")


def test_filters_leave_cost_and_hires_alone(scope: Workspace) -> None:
    hire(at(1), at(9))

    assert costs.cost_per_hire(question(role_families=("sales",))).all.hires == 1
