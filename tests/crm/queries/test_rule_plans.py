"""Row-level security keeps functions that are not leakproof out of indexes; the search view must not."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from crm.kernel.tenancy import workspace_scope
from crm.management import scale
from crm.models import Candidate, Workspace
from crm.queries import rules
from tests.conftest import NOW
from tests.environment import owner_execute

CASES: list[tuple[dict[str, Any], str]] = [
    ({"field": "last_name", "op": "contains", "value": "lovelace"}, "candidate_search"),
    ({"field": "email", "op": "contains", "value": "person.77"}, "candidate_search"),
    ({"field": "email", "op": "eq", "value": "person.77@x.example"}, "candidate_accented_email"),
    ({"field": "full_name", "op": "eq", "value": "Ada Lovelace"}, "candidate_name"),
    ({"field": "engagement", "op": "gte", "value": 15}, "candidate_warmth"),
    ({"field": "engagement_level", "op": "eq", "value": "hot"}, "candidate_warmth"),
    ({"field": "role_family", "op": "in", "value": ["operations", "design"]}, "candidate_family_stage"),
    ({"field": "created_at", "op": "in_last_days", "value": 7}, "candidate_created"),
]


@pytest.mark.transactional
@pytest.mark.django_db(transaction=True)
def test_rules_are_index_conditions_for_the_application(workspace: Workspace) -> None:
    with workspace_scope(workspace.pk):
        scale.seed(candidates=4_000, now=NOW)
    owner_execute("VACUUM ANALYZE crm_candidate")  # empties the index of its pending list too

    with workspace_scope(workspace.pk):
        plans = {index + str(tree): _plan(tree_people(tree)) for tree, index in CASES}
        on_the_table = _plan(Candidate.objects.filter(search_text__contains="lovelace"))

    for tree, index in CASES:
        plan = plans[index + str(tree)]
        assert f"on {index}" in plan or f"using {index}" in plan, plan
        assert "Index Cond" in plan
    conditions = [line for line in on_the_table.splitlines() if "Index Cond" in line]
    assert not [line for line in conditions if "lovelace" in line]


def test_a_negated_activity_is_an_anti_join(scope: Workspace) -> None:
    tree = {"not": {"activity": "event.attended", "op": "at_least", "count": 1}}

    assert "Anti" in _plan(tree_people(tree))


def test_a_preview_asks_few_questions(scope: Workspace, django_assert_max_num_queries: Any) -> None:
    tree = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}] * 5}

    with django_assert_max_num_queries(5):
        rules.preview(tree, now=NOW)


def tree_people(tree: Any) -> QuerySet[Any]:
    return rules.people(rules.parse(tree), now=NOW)


def _plan(people: QuerySet[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0].endswith("_app")
        return str(people.explain())
