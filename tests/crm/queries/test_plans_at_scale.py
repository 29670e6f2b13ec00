"""A hundred thousand people: what the pages and the rules ask is answered from indexes, by the bound role."""

import re
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, SearchCandidate, User, Workspace
from crm.queries import candidate_list, rules
from crm.queries.candidates import Filters
from talentpools.actions import refreshes
from talentpools.models import Segment
from tests.conftest import NOW
from tests.environment import owner_execute
from tests.factories import crowd as crowd_rows

PEOPLE = 100_000
BIG = ("crm_candidate", "crm_event")
FIVE = {
    "match": "all",
    "rules": [
        {"field": "role_family", "op": "in", "value": ["engineering"]},
        {"field": "engagement", "op": "gte", "value": 50},
        {"field": "country", "op": "eq", "value": "DE"},
        {"not": {"activity": "event.attended", "op": "at_least", "count": 1, "within_days": 30}},
        {"application": {"outcome": "rejected", "furthest_stage_at_least": "interview"}},
    ],
}
CASES: list[tuple[Any, str]] = [
    ({"field": "last_name", "op": "contains", "value": "lovelace 77"}, "candidate_search"),
    ({"field": "email", "op": "contains", "value": "person.77"}, "candidate_search"),
    ({"field": "email", "op": "eq", "value": "person.77@x.example"}, "candidate_accented_email"),
    ({"field": "full_name", "op": "eq", "value": "Ada Lovelace 77"}, "candidate_name"),
    ({"field": "engagement", "op": "gte", "value": 99}, "candidate_warmth"),
    ({"field": "role_family", "op": "eq", "value": "design"}, "candidate_family_stage"),
    ({"field": "created_at", "op": "in_last_days", "value": 1}, "candidate_created"),
    ({"activity": "event.attended", "op": "at_least", "count": 3, "within_days": 2}, "crm_event"),
    (FIVE, "candidate_warmth"),
]


@pytest.fixture
def crowd(workspace: Workspace) -> Workspace:
    with workspace_scope(workspace.pk):
        crowd_rows.write_people(people=PEOPLE, now=NOW)
    owner_execute("VACUUM ANALYZE crm_candidate")
    with workspace_scope(workspace.pk):
        crowd_rows.write_history(now=NOW)
    owner_execute("VACUUM ANALYZE crm_event, crm_application")
    return workspace


@pytest.mark.transactional
@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_people_are_asked_about_through_indexes(
    crowd: Workspace, grace: User, client_as: Callable[[User], Client], clock: object
) -> None:
    with workspace_scope(crowd.pk):
        plans = [(tree, index, _plan(_sql(tree))) for tree, index in CASES]
        on_the_table = _plan(_of(Candidate.objects.filter(search_text__contains="lovelace 77")))
        someone = SearchCandidate.objects.order_by("pk")[50_000].pk
        previews = [*_asked(lambda: rules.preview(FIVE, now=NOW))]
    client = client_as(grace)
    pages = ["", "?sort=-engagement", "?sort=name&page=9", "?q=lovelace+77", "?q=person.7", f"{someone}/"]
    asked = {page: [*_asked(partial(client.get, f"/w/acme/candidates/{page}"))] for page in pages}

    for tree, index, plan in plans:
        assert re.search(rf"(on|using) {index}", plan), (tree, plan)
        assert "Index Cond" in plan
        assert not _scanned(plan), (tree, plan)
    # Functions that are not leakproof stay out of indexes there; hence the search view.
    assert not [line for line in on_the_table.splitlines() if "Index Cond" in line and "lovelace" in line]
    with workspace_scope(crowd.pk):
        for page, statements in {"preview": previews, **asked}.items():
            assert statements, page
            assert not {sql: plan for sql in statements if _scanned(plan := _plan(sql))}, page
        _memory_is_flat()


def _memory_is_flat() -> None:
    """Reading many more people for an export, or computing a segment of them, takes no more memory."""

    def read(filters: Filters) -> int:
        return sum(len(batch) for batch in candidate_list.in_batches(filters, now=NOW, size=1_000))

    few, many = (_peak(partial(read, Filters(text=part))) for part in ("lovelace 77", "lovelace 7"))
    assert many[1] > 8 * few[1] > 8_000
    assert many[0] < 1.5 * few[0]
    segment = Segment.objects.create(name="French", rules={"field": "country", "op": "eq", "value": "FR"})
    peak, done = _peak(lambda: refreshes.refresh(segment=segment, now=NOW))
    assert done.size == 20_000
    assert peak < 10_000_000  # the ids of who came, and nothing else of them


def _peak(act: Callable[[], Any]) -> tuple[int, Any]:
    tracemalloc.start()
    try:
        found = act()
        return tracemalloc.get_traced_memory()[1], found
    finally:
        tracemalloc.stop()


def _sql(tree: Any) -> str:
    return _of(rules.people(rules.parse(tree), now=NOW))


def _of(people: QuerySet[Any]) -> str:
    sql, values = people.query.sql_with_params()
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, values).decode())


def _asked(act: Callable[[], Any]) -> Iterator[str]:
    """The questions somebody's visit puts to the database."""
    with CaptureQueriesContext(connection) as captured:
        act()
    for query in captured:
        if re.search(rf"LIMIT {candidate_list.MANY + 1}\)|COUNT.*workspace_id\" = \d+$", query["sql"]):
            continue  # how many there are in all: stops where it has seen enough, or reads everybody
        if query["sql"].startswith(("SELECT", "WITH")) and any(table in query["sql"] for table in BIG):
            yield query["sql"]


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0].endswith("_app")
        cursor.execute(f"EXPLAIN {sql}".replace("%", "%%") if "%" in sql else f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def _scanned(plan: str) -> list[str]:
    return [line for line in plan.splitlines() if re.search(rf"Seq Scan on ({'|'.join(BIG)})\b", line)]
