from typing import Any

import pytest

from crm.policies.rules.catalogue import FIELDS, Field, Type
from talentpools.policies import protected
from talentpools.policies.matching import Person


def _own(key: str, label: str = "") -> Field:
    return Field(f"custom.{key}", Type.TEXT, label or key.capitalize(), is_custom=True)


@pytest.mark.parametrize(
    "field",
    [
        _own("gender"), _own("g", "Pronouns"), _own("birth_date"), _own("age"), _own("ethnicity"),
        _own("n", "Nationality"), _own("n", "National origin"), _own("religion"), _own("disability_status"),
        _own("marital_status"), _own("k", "Has children"), _own("veteran"), _own("photo_url"),
        _own("g", "Geschlecht"), _own("a", "Alter"), _own("s", "Staatsangehörigkeit"),
        _own("c", "Civilité"), _own("d", "Date de naissance"), _own("n", "Nationalité"),
    ],
)  # fmt: skip
def test_own_fields_that_say_who_somebody_is(field: Field) -> None:
    assert protected.is_protected(field)


@pytest.mark.parametrize(
    "field",
    [_own("sap_modules"), _own("languages_spoken"), _own("wage"), _own("management"), _own("work_permit")],
)
def test_own_fields_about_work_are_free(field: Field) -> None:
    assert not protected.is_protected(field)


def test_of_the_fixed_fields_names_alone_are_refused() -> None:
    assert {field.key for field in FIELDS if protected.is_protected(field)} == protected.NAMES


def test_the_score_reads_nothing_of_who_somebody_is() -> None:
    read = Person.__slots__
    assert set(read) == {
        "skills", "seniority", "city_folded", "country", "would_relocate", "stage", "engagement_key",
        "last_engaged_at",
    }  # fmt: skip
    assert not any(protected.is_protected(_own(name)) for name in read)


def test_a_tree_is_refused_rule_by_rule_through_its_segments() -> None:
    fields = {field.key: field for field in (*FIELDS, _own("gender"))}
    segments: dict[int, Any] = {
        1: {"field": "custom.gender", "op": "eq", "value": "x"},
        2: {"match": "any", "rules": [{"field": "city", "op": "eq", "value": "Bern"}, {"segment": 1}]},
        3: {"field": "city", "op": "eq", "value": "Bern"},
    }
    tree = {
        "match": "all",
        "rules": [
            {"field": "first_name", "op": "eq", "value": "Ann"},
            {"field": "city", "op": "eq", "value": "Bern"},
            {"not": {"match": "any", "rules": [{"field": "custom.gender", "op": "is_empty"}]}},
            {"segment": 2},
            {"segment": 3},
            "what is no rule",
        ],
    }
    assert protected.refused(tree, fields, segments.get) == {
        "rules.0": "“First name” says who somebody is: nobody is picked for a job by it.",
        "rules.2.not.rules.0": "“Gender” says who somebody is: nobody is picked for a job by it.",
        "rules.3": "The segment asks for “Gender”, which says who somebody is:"
        " nobody is picked for a job by it.",
    }
    assert protected.refused({"field": "last_name", "op": "is_empty"}, fields, segments.get).keys() == {
        "rules"
    }
