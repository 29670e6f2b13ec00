"""Row-level security keeps functions that are not leakproof out of indexes; the search view must not."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from crm.models import Workspace
from crm.queries import rules
from tests.conftest import NOW


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
