import random
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.policies.rules.catalogue import ACTIVITY_KINDS, NEGATIVES, OPERATORS
from crm.policies.rules.relations import Language
from crm.policies.rules.tree import ApplicationRule
from crm.queries import rule_traces, rules
from tests.crm.queries import evaluator, rule_shapes, rule_world
from tests.crm.queries.rule_values import CLOCKS, NOW
from tests.crm.queries.rule_world import Built
from tests.factories import CandidateFactory, EventFactory

ENOUGH = settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
COUNTS = ("at_least", "at_most", "exactly")
AT_ONCE = 24
"""So many shapes are drawn together, in trees of a few rules each."""


@pytest.fixture
def built(scope: Workspace) -> Built:
    return rule_world.build()


def ids(tree: Any, spoken: Language | None = None, now: datetime = NOW) -> set[int]:
    found = rules.people(rules.parse(tree, spoken), now=now, spoken=spoken)
    return set(found.values_list("pk", flat=True))


def test_sql_agrees_with_the_evaluator_on_every_operator_of_every_field_and_every_relation(
    built: Built,
) -> None:
    spoken = rules.language()
    seen: set[rule_shapes.Shape] = set()
    shapes = rule_shapes.shapes(dict(spoken.fields), built.named)
    everybody, mixed = set(built.people), random.Random(3).sample(sorted(shapes), len(shapes))

    def agrees(shape: list[rule_shapes.Shape], data: st.DataObject) -> None:
        now, zone = data.draw(st.sampled_from(CLOCKS))
        world, here = built.world(now, zone), replace(spoken, zone=ZoneInfo(zone))
        size = data.draw(st.sampled_from([1, 3, 5, 8]))
        for start in range(0, len(shape), size):
            leaves = [data.draw(shapes[one]) for one in shape[start : start + size]]
            tree = data.draw(rule_shapes.trees(leaves))
            seen.update(rule_shapes.shapes_of(tree))
            found = ids(tree, here, now)
            assert found == {
                pk for pk, person in built.people.items() if evaluator.matches(tree, person, world)
            }, (tree, now, zone)
        assert ids({"not": tree}, here, now) == everybody - found

    for start in range(0, len(mixed), AT_ONCE):
        ENOUGH(given(st.just(mixed[start : start + AT_ONCE]), st.data())(agrees))()
    assert seen >= {(key, op) for key, field in spoken.fields.items() for op in OPERATORS[field.type]}
    assert seen >= {("activity", f"{kind} {op}") for kind in ACTIVITY_KINDS for op in COUNTS}
    assert {noun for noun, _ in seen} >= {"application", *spoken.relations}
    assert {key for noun, key in seen if noun == "application"} >= {
        one.name for one in fields(ApplicationRule)
    }


def test_each_operator_and_its_negation_split_the_people_exactly(built: Built) -> None:
    spoken = rules.language()
    shapes = rule_shapes.shapes(dict(spoken.fields), built.named)
    pairs = [
        (key, op) for key, field in spoken.fields.items() for op in OPERATORS[field.type] if op in NEGATIVES
    ]
    assert {op for _, op in pairs} == set(NEGATIVES)

    def split(some: list[rule_shapes.Shape], data: st.DataObject) -> None:
        for key, op in some:
            rule = data.draw(shapes[key, op])
            assert len(ids(rule, spoken)) + len(ids(rule | {"op": NEGATIVES[op]}, spoken)) == len(
                built.people
            )

    for start in range(0, len(pairs), AT_ONCE):
        settings(ENOUGH, max_examples=2)(given(st.just(pairs[start : start + AT_ONCE]), st.data())(split))()


def test_explain_agrees_with_the_query(built: Built) -> None:
    spoken, person = rules.language(), st.sampled_from(sorted(built.people))
    shapes = rule_shapes.shapes(dict(spoken.fields), built.named)

    @settings(ENOUGH, max_examples=8)
    @given(
        st.lists(st.sampled_from(sorted(shapes)), min_size=12, max_size=12, unique=True), person, st.data()
    )
    def agrees(shape: list[rule_shapes.Shape], pk: int, data: st.DataObject) -> None:
        tree = data.draw(rule_shapes.trees([data.draw(shapes[one]) for one in shape]))
        assert rule_traces.explain(tree, candidate_id=pk, now=NOW).matches == (pk in ids(tree, spoken))

    agrees()


def test_preview_counts_everybody_and_shows_ten(scope: Workspace) -> None:
    CandidateFactory.create_batch(12)

    preview = rules.preview({"match": "all", "rules": []}, now=NOW)

    assert preview.count == 12
    assert len(preview.sample) == rules.SAMPLE
    assert rules.preview({"match": "none", "rules": []}, now=NOW).count == 12
    assert rules.preview({"match": "any", "rules": []}, now=NOW) == rules.Preview(0, ())


def test_the_worked_example_of_engagement(scope: Workspace) -> None:
    # Raw 40 is score 50: the key of a reply 60 days ago and an event attended now.
    key = 5.321928094887363 + NOW.timestamp() / 86_400 / 60
    ada = CandidateFactory.create(engagement_key=key + 1e-9)
    CandidateFactory.create(engagement_key=key - 1e-6)
    CandidateFactory.create(engagement_key=None)

    assert ids({"field": "engagement", "op": "gte", "value": 50}) == {ada.pk}
    assert ids({"field": "engagement_level", "op": "eq", "value": "hot"}) == {ada.pk}


def test_archived_people_match_nothing_and_explain_says_so(scope: Workspace) -> None:
    gone = CandidateFactory.create(archived_at=NOW)

    assert ids({"match": "all", "rules": []}) == set()
    explanation = rule_traces.explain({"match": "all", "rules": []}, candidate_id=gone.pk, now=NOW)
    assert (explanation.matches, explanation.is_living) == (False, False)


def test_matching_ids_keeps_to_the_people_asked_about(scope: Workspace) -> None:
    first, second, _ = (one.pk for one in CandidateFactory.create_batch(3))

    assert rules.matching_ids({"match": "all", "rules": []}, [first, second, 0], now=NOW) == {first, second}


def test_explain_shows_the_value_beside_the_verdict(scope: Workspace) -> None:
    ada = CandidateFactory.create(country="DE")
    EventFactory.create(candidate=ada, kind="event.attended", occurred_at=NOW)
    tree = {
        "match": "all",
        "rules": [
            {"field": "country", "op": "eq", "value": "FR"},
            {"not": {"activity": "event.attended", "op": "at_least", "count": 2}},
        ],
    }

    trace = rule_traces.explain(tree, candidate_id=ada.pk, now=NOW).trace

    country, seldom = trace.rules
    assert (country.value, country.matches) == ("DE", False)
    assert (seldom.matches, seldom.rules[0].matches) == (True, False)
    assert seldom.rules[0].value == {"count": 1, "last_at": NOW.isoformat()}


def test_another_workspace_is_out_of_reach(workspace: Workspace, rival: Workspace) -> None:
    with workspace_scope(rival.pk):
        CandidateFactory.create(first_name="Mallory")

    with workspace_scope(workspace.pk):
        assert ids({"field": "first_name", "op": "contains", "value": "mall"}) == set()
