from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm.models import CustomField
from crm.policies.rules import catalogue, words
from crm.policies.rules.parsing import parse
from crm.policies.rules.places import InvalidRules
from crm.policies.rules.relations import Language
from crm.policies.rules.tree import ApplicationRule, FieldRule, Group, Stay

OWN = [
    CustomField(workspace_id=1, key="level", label="Level", kind="number"),
    CustomField(workspace_id=1, key="size", label="Size", kind="choice", choices=["s", "m"]),
]
LANGUAGE = Language(catalogue.fields(OWN), {}, ZoneInfo("UTC"))


def faults(tree: Any) -> dict[str, str]:
    with pytest.raises(InvalidRules) as refused:
        parse(tree, LANGUAGE)
    assert (refused.value.code, refused.value.status) == ("invalid_rules", 400)
    return refused.value.fields


def rule(field: str, op: str, *value: Any) -> dict[str, Any]:
    return {"field": field, "op": op} | ({"value": value[0]} if value else {})


def nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"match": "all", "rules": []}
    for _ in range(depth - 1):
        tree = {"match": "all", "rules": [tree]}
    return tree


def test_every_fault_is_named_by_its_path() -> None:
    tree = {
        "match": "all",
        "rules": [
            rule("shoe_size", "eq", 42),
            rule("country", "eq", "Germany"),
            rule("engagement", "contains", "x"),
            {"match": "any", "rules": [rule("skills", "any_of", [])]},
            {"not": {"activity": "slept", "op": "at_least", "count": 1}},
            {"application": {"outcome": "eaten", "shoe": 1}},
        ],
    }

    assert set(faults(tree)) == {
        "rules.0.field",
        "rules.1.value",
        "rules.2.op",
        "rules.3.rules.0.value",
        "rules.4.not.activity",
        "rules.5.application.outcome",
        "rules.5.application.shoe",
    }


@pytest.mark.parametrize(
    ("single", "path"),
    [
        (rule("first_name", "eq", 3), "value"),
        (rule("first_name", "eq"), "value"),
        (rule("first_name", "eq", "a\x00b"), "value"),
        (rule("first_name", "eq", "\ud800"), "value"),
        (rule("first_name", "in", "Ada"), "value"),
        (rule("first_name", "in", ["Ada", 3]), "value.1"),
        (rule("first_name", "is_empty", "x"), "value"),
        (rule("engagement", "gte", True), "value"),
        (rule("engagement", "gte", float("nan")), "value"),
        (rule("engagement", "between", [1]), "value"),
        (rule("engagement", "between", [1, "2"]), "value.1"),
        (rule("stage", "eq", "sleeping"), "value"),
        (rule("stage", "in", ["screening", "sleeping"]), "value.1"),
        (rule("owner", "eq", "ada"), "value"),
        (rule("created_at", "before", "2026-02-30"), "value"),
        (rule("created_at", "before", 20260101), "value"),
        (rule("created_at", "between", [None, None]), "value"),
        (rule("created_at", "in_last_days", -1), "value"),
        (rule("created_at", "in_last_days", 1.5), "value"),
        (rule("skills", "all_of", []), "value"),
        (rule("skills", "none_of", "python"), "value"),
        (rule("custom.size", "eq", "xxl"), "value"),
        (rule("custom.unknown", "eq", "x"), "field"),
        ({"field": ["first_name"], "op": "eq"}, "field"),
        ({"field": "first_name", "op": ["eq"], "value": "x"}, "op"),
        (rule("first_name", "eq", "x") | {"shoe": 1}, "shoe"),
        ({"activity": "note.added", "op": "exactly", "count": "1"}, "count"),
        ({"activity": "note.added", "op": "exactly", "count": 1, "between": ["2026-01-01"]}, "between"),
        ({"activity": "note.added", "op": "exactly", "count": 1, "within_days": "1"}, "within_days"),
        ({"application": []}, "application"),
        ({"application": {"during": ["2026-01-01", None]}}, "application.during"),
        ({"application": {"was_in_stage": {"stage": "nap"}}}, "application.was_in_stage.stage"),
        ({"application": {"requisition": 0}}, "application.requisition"),
        ({"not": 3}, "not"),
        ({"segment": 3}, "rules"),
        ([], "rules"),
        (None, "rules"),
        ({"match": "some", "rules": []}, "match"),
        ({"match": "all"}, "rules"),
        ({"match": "all", "rules": "x"}, "rules"),
    ],
)
def test_a_faulty_rule_is_refused_at_its_place(single: Any, path: str) -> None:
    assert path in faults(single)


def test_groups_nest_six_deep_and_no_deeper() -> None:
    assert parse(nested(6), LANGUAGE)
    assert list(faults(nested(7)).values()) == ["Groups are nested deeper than 6."]


def test_a_tree_holds_a_hundred_rules() -> None:
    single = rule("relocation", "is_true")

    assert parse({"match": "all", "rules": [single] * 100}, LANGUAGE)
    assert "rules" in faults({"match": "all", "rules": [single] * 101})
    assert "rules" in faults({"match": "all", "rules": [{"match": "all", "rules": []}] * 101})


def test_endless_negation_is_refused() -> None:
    tree: dict[str, Any] = rule("relocation", "is_true")
    for _ in range(60):
        tree = {"not": tree}

    assert faults(tree)


def test_values_are_normalized() -> None:
    country = parse(rule("country", "in", ["de", " fr "]), LANGUAGE)
    name = parse(rule("first_name", "eq", "  Ada "), LANGUAGE)

    assert isinstance(country, FieldRule)
    assert country.value == ("DE", "FR")
    assert isinstance(name, FieldRule)
    assert name.value == "Ada"


def test_during_may_stand_beside_the_stage_or_inside_it() -> None:
    beside = {"application": {"was_in_stage": "offer", "during": ["2026-01-01", None]}}
    inside = {"application": {"was_in_stage": {"stage": "offer", "during": ["2026-01-01", None]}}}

    read = parse(beside, LANGUAGE)

    assert read == parse(inside, LANGUAGE)
    assert isinstance(read, ApplicationRule)
    assert isinstance(read.was_in_stage, Stay)


@pytest.mark.parametrize(
    ("single", "spoken"),
    [
        (rule("engagement", "gte", 15), "Engagement is at least 15"),
        (rule("engagement", "between", [15, 50.5]), "Engagement is between 15 and 50.5"),
        (rule("role_family", "in", ["engineering", "sales"]), "Role family is one of Engineering, Sales"),
        (rule("last_replied_at", "not_in_last_days", 30), "Last replied is not in the last 30 days or never"),
        (rule("created_at", "between", ["2026-01-01", None]), "Added is from 2026-01-01 on"),
        (rule("headline", "is_empty"), "Headline is empty"),
        (
            {"activity": "event.attended", "op": "at_least", "count": 1, "within_days": 180},
            "Attended an event at least 1 time in the last 180 days",
        ),
        (
            {"application": {"furthest_stage_at_least": "final_interview", "outcome": "rejected"}},
            "An application got at least as far as Final interview and is now rejected",
        ),
        ({"application": {}}, "An application exists"),
        ({"not": rule("relocation", "is_true")}, "not: Would relocate is yes"),
        ({"match": "none", "rules": []}, "none of these holds"),
    ],
)
def test_a_rule_reads_as_a_sentence(single: Any, spoken: str) -> None:
    assert words.text(words.sentence(parse(single, LANGUAGE), {})) == spoken


def test_all_of_nothing_is_a_tree_too() -> None:
    assert parse({"match": "all", "rules": []}, LANGUAGE) == Group("all", ())
