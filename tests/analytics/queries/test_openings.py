from analytics.queries import openings, people
from analytics.queries.dashboards.requisitions import requisitions
from crm.models import Workspace
from tests.analytics.histories import at, hire, question
from tests.factories import RequisitionFactory


def test_requisitions_beyond_the_listed_are_counted_and_one_link_away(scope: Workspace) -> None:
    for day in range(1, openings.MOST + 3):
        RequisitionFactory.create(opened_at=at(1 + day % 9), status="open")
    hire(at(2), at(9), RequisitionFactory.create(opened_at=at(1), status="filled", filled_at=at(9)))
    page = requisitions(question())

    [table] = page.sections
    assert (len(table.rows), table.n) == (openings.MOST, openings.MOST + 3)
    assert f"The newest {openings.MOST} of {openings.MOST + 3}" in table.note
    assert table.more is not None
    open_now = page.tiles[1]
    assert (open_now.value, open_now.n) == (str(openings.MOST + 2), openings.MOST + 2)
    for behind, expected in ((table.more, openings.MOST + 3), (open_now.behind, openings.MOST + 2)):
        assert behind is not None
        assert people.people_behind(behind.key, behind.group, question(), limit=1)[1] == expected
