import datetime as dt

from analytics.queries.answers import Answers
from analytics.queries.trends import Month, monthly_time_to_hire
from crm.models import Workspace
from tests.analytics.histories import at, hire, question
from tests.factories import RequisitionFactory


def test_every_month_is_listed_in_the_zone_of_the_workspace(scope: Workspace) -> None:
    requisition = RequisitionFactory.create(opened_at=at(1, 22), openings=3)
    hire(at(1), dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC), requisition)  # 1 April in Berlin
    hire(at(1), at(11, 22), requisition, is_pushed=True)

    found = monthly_time_to_hire(Answers(question(dt.date(2026, 2, 15), dt.date(2026, 4, 2))))
    assert found == [
        Month(dt.date(2026, 2, 1), None, 0, None, 0),
        Month(dt.date(2026, 3, 1), 10.0, 1, None, 0),
        Month(dt.date(2026, 4, 1), None, 0, 30.0, 1),
    ]
