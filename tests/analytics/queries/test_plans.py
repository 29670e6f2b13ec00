"""What a page of figures costs: few statements, and periods found in the rollups' own indexes."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import Standing
from analytics.policies.questions import News
from analytics.queries import contacts, hires, offers, reach, replies, velocity
from analytics.queries.dashboards.registry import DASHBOARDS
from analytics.queries.statements import Relation, bound
from crm.models import Application, Workspace
from tests.analytics.histories import question
from tests.conftest import NOW
from tests.factories import CandidateFactory, RequisitionFactory

# Whatever happened, however much: so many statements.
MOST = {
    "overview": 7, "comparison": 14, "funnel": 2, "velocity": 2, "journeys": 8, "pools": 6, "sources": 4,
    "recruiters": 3, "requisitions": 3,
}  # fmt: skip


@pytest.mark.parametrize("page", DASHBOARDS)
def test_a_page_asks_few_statements(scope: Workspace, page: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        DASHBOARDS[page](question())
    assert len(captured) <= MOST[page]


@pytest.fixture
def many_standings(scope: Workspace) -> None:
    """So many applications, nearly all without an offer, that reading them all costs more than an index."""
    person, requisition = CandidateFactory.create(), RequisitionFactory.create()
    made = Application.objects.bulk_create(
        Application(candidate=person, requisition=requisition, applied_at=NOW, outcome="active")
        for _ in range(600)
    )
    Standing.objects.bulk_create(
        Standing(
            application=one, applied_at=NOW, is_pushed=False, origin="external", is_assisted=False,
            reason="no_touch", terms=1, decided_at=NOW,
        )
        for one in made
    )  # fmt: skip


_OF_GROUPS = {"reach": "WHERE grouping = ANY('{journey,step}')"}


@pytest.mark.parametrize(
    ("relation", "index", "column"),
    [
        (hires.TIMED, "standing_accepted", "accepted_at"),
        (offers.OFFERS, "standing_extended", "extended_at"),
        (contacts.DEPTH, "outreach_cohort", "contacted_at"),
        (replies.FIRST_DELIVERIES, "outreach_answers", "delivered_at"),
        (velocity.STAYS, "stay_entered", "entered_at"),
        (reach.REACH, "reach_delivered", "delivered_at"),
    ],
)
def test_a_period_is_found_in_the_index(
    many_standings: None, relation: Relation, index: str, column: str
) -> None:
    asked = replace(question(), news=News())
    statement, parameters = bound(
        f"SELECT count(*) FROM {relation.name} {_OF_GROUPS.get(relation.name, '')}",
        reads=[relation],
        question=asked,
        extra={"stages": velocity.STAGES},
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        lines = [line for (line,) in cursor.fetchall()]
    place = next(number for number, line in enumerate(lines) if index in line)
    condition = next(line for line in lines[place:] if "Index Cond" in line)
    assert "workspace_id" in condition
    assert f"{column} >=" in condition
    assert f"{column} <" in condition
