from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.kernel.tenancy import workspace_scope
from crm.models import Requisition, SearchCandidate, Workspace
from crm.policies.rules.catalogue import NEGATIVES
from crm.queries import rule_traces, rules
from tests.crm.queries import evaluator, rule_world
from tests.crm.queries.rule_world import NOW

ENOUGH = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture
def world(scope: Workspace) -> tuple[dict[int, evaluator.Person], evaluator.World]:
    return rule_world.build(scope)


def ids(tree: Any) -> set[int]:
    return set(rules.people(rules.parse(tree), now=NOW).values_list("pk", flat=True))


def test_sql_agrees_with_the_evaluator_on_random_trees(world: Any) -> None:
    people, around = world

    @ENOUGH
    @given(rule_world.trees(list(Requisition.objects.values_list("pk", flat=True))))
    def agrees(tree: dict[str, Any]) -> None:
        assert ids(tree) == {pk for pk, person in people.items() if evaluator.matches(tree, person, around)}

    agrees()


def test_a_rule_and_its_negation_split_the_people_exactly(world: Any) -> None:
    everybody = set(SearchCandidate.objects.values_list("pk", flat=True))
    negatives = {positive: negative for negative, positive in NEGATIVES.items()}

    @ENOUGH
    @given(rule_world.trees(list(Requisition.objects.values_list("pk", flat=True))))
    def splits(tree: dict[str, Any]) -> None:
        inside, outside = ids(tree), ids({"not": tree})
        assert inside | outside == everybody
        assert not inside & outside
        if tree.get("op") in negatives:
            assert ids(tree | {"op": negatives[tree["op"]]}) == outside

    splits()


def test_explain_agrees_with_the_query(world: Any) -> None:
    people, _ = world
    some = list(people)[:6]

    @settings(ENOUGH, max_examples=25)
    @given(rule_world.trees([1]).filter(lambda tree: "requisition" not in str(tree)), st.sampled_from(some))
    def agrees(tree: dict[str, Any], pk: int) -> None:
        assert rule_traces.explain(tree, candidate_id=pk, now=NOW).matches == (pk in ids(tree))

    agrees()


def test_preview_counts_everybody_and_shows_ten(world: Any) -> None:
    preview = rules.preview({"match": "all", "rules": []}, now=NOW)

    assert preview.count == rule_world.PEOPLE
    assert len(preview.sample) == rules.SAMPLE


def test_any_of_nothing_matches_nobody(world: Any) -> None:
    assert rules.preview({"match": "any", "rules": []}, now=NOW) == rules.Preview(0, ())
    assert rules.preview({"match": "none", "rules": []}, now=NOW).count == rule_world.PEOPLE


def test_the_worked_example_of_engagement(scope: Workspace) -> None:
    from tests.factories import CandidateFactory

    # Raw 40 is score 50: the key of a reply 60 days ago and an event attended now.
    key = 5.321928094887363 + NOW.timestamp() / 86_400 / 60
    ada = CandidateFactory.create(engagement_key=key + 1e-9)
    CandidateFactory.create(engagement_key=key - 1e-6)
    CandidateFactory.create(engagement_key=None)

    assert ids({"field": "engagement", "op": "gte", "value": 50}) == {ada.pk}
    assert ids({"field": "engagement_level", "op": "eq", "value": "hot"}) == {ada.pk}


def test_archived_people_match_nothing_and_explain_says_so(scope: Workspace) -> None:
    from tests.factories import CandidateFactory

    gone = CandidateFactory.create(archived_at=NOW)

    assert ids({"match": "all", "rules": []}) == set()
    explanation = rule_traces.explain({"match": "all", "rules": []}, candidate_id=gone.pk, now=NOW)
    assert (explanation.matches, explanation.is_living) == (False, False)


def test_matching_ids_keeps_to_the_people_asked_about(world: Any) -> None:
    people, _ = world
    first, second, *_ = people

    assert rules.matching_ids({"match": "all", "rules": []}, [first, second, 0], now=NOW) == {first, second}


def test_explain_shows_the_value_beside_the_verdict(scope: Workspace) -> None:
    from tests.factories import CandidateFactory, EventFactory

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
    from tests.factories import CandidateFactory

    with workspace_scope(rival.pk):
        CandidateFactory.create(first_name="Mallory")

    with workspace_scope(workspace.pk):
        assert ids({"field": "first_name", "op": "contains", "value": "mall"}) == set()
