from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Workspace
from crm.queries import rules
from talentpools.policies.timeliness import depends_on_time
from tests.crm.queries import evaluator, rule_shapes, rule_world
from tests.crm.queries.rule_values import NOW

LATER = [NOW + timedelta(days=days) for days in (0.3, 400)]
QUIET = settings(
    max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def test_a_rule_said_to_be_timeless_gives_the_same_answer_at_any_time(scope: Workspace) -> None:
    built = rule_world.build()
    shapes = rule_shapes.shapes(dict(rules.language().fields), built.named)
    moving: set[str] = set()

    def stays(some: list[rule_shapes.Shape], data: st.DataObject) -> None:
        for shape in some:
            tree = {"match": "all", "rules": [{"not": data.draw(shapes[shape])}]}
            if depends_on_time(tree):
                moving.add(shape[0])
                continue
            answers = [
                [
                    evaluator.matches(tree, one, built.world(now, "Europe/Berlin"))
                    for one in built.people.values()
                ]
                for now in (NOW, *LATER)
            ]
            assert all(answer == answers[0] for answer in answers), tree

    names = sorted(shapes)
    for start in range(0, len(names), 24):
        settings(QUIET, max_examples=2)(given(st.just(names[start : start + 24]), st.data())(stays))()
    assert moving >= {
        "engagement",
        "reachable",
        "consent",
        "created_at",
        "activity",
        "application",
        "message",
    }
    assert not moving & {"first_name", "country", "skills", "segment", "pool"}


@pytest.mark.parametrize(
    "inner", [{"segment": 1}, {"field": "created_at", "op": "before", "value": "2026-01-01"}]
)
def test_groups_and_fixed_days_are_timeless(inner: dict[str, object]) -> None:
    assert not depends_on_time({"match": "any", "rules": [{"not": inner}]})
