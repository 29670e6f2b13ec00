import datetime as dt

from analytics.policies.figures import FillFigure
from analytics.queries import fills, people
from crm.models import RequisitionHold, Workspace
from tests.analytics.histories import at, hire, question
from tests.analytics.worked import told
from tests.factories import RequisitionFactory


def test_time_to_fill_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Time to fill": two openings, 20 days, on hold 5 to 10 and 8 to 12 March."""
    requisition = RequisitionFactory.create(opened_at=at(1), openings=2)
    for start, end in ((at(5), at(10)), (at(8), at(12))):
        RequisitionHold.objects.create(requisition=requisition, started_at=start, ended_at=end)
    hire(at(2), at(11), requisition)
    hire(at(2), at(21), requisition)
    hire(at(2), at(25), requisition)  # one more than there were openings

    assert fills.time_to_fill(question()) == FillFigure(13.0, 13.0, 1)
    told("time_to_fill", 13.0, 1)
    [row], _ = people.people_behind("time_to_fill", "all", question(), limit=10)
    assert row.why == "7.0 days on hold taken out."


def test_holds_count_only_between_opening_and_filling(scope: Workspace) -> None:
    requisition = RequisitionFactory.create(opened_at=at(5))
    RequisitionHold.objects.create(requisition=requisition, started_at=at(1), ended_at=at(6))
    RequisitionHold.objects.create(requisition=requisition, started_at=at(14), ended_at=None)
    RequisitionHold.objects.create(requisition=requisition, started_at=at(20), ended_at=at(22))
    hire(at(6), at(15), requisition)

    assert list(fills.filled(question()).values()) == [8.0]


def test_a_requisition_with_an_opening_left_is_not_filled(scope: Workspace) -> None:
    hire(at(2), at(11), RequisitionFactory.create(opened_at=at(1), openings=2, status="filled"))

    assert fills.time_to_fill(question()) == FillFigure(None, None, 0)


def test_earlier_acceptances_take_openings_too(scope: Workspace) -> None:
    requisition = RequisitionFactory.create(opened_at=at(1, 12, 1), openings=2)
    hire(at(2, 12, 1), at(20, 12, 1), requisition)
    hire(at(2), at(1) + dt.timedelta(days=1), requisition)

    assert fills.time_to_fill(question()) == FillFigure(60.0, 60.0, 1)
    assert fills.time_to_fill(question(role_families=("sales",))).n == 0
