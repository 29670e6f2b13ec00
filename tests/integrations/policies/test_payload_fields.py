"""Fields customers make up are found in every vendor's shape, under the name people know there."""

from typing import Any

import pytest

from integrations.policies.field_targets import kind_of
from integrations.policies.payload_fields import fields_of

SHAPES: list[tuple[str, dict[str, Any], dict[str, tuple[str, object]]]] = [
    (
        "by key with name, type and value",
        {"custom_fields": {"visa": {"name": "Visa", "type": "text", "value": "EU"}, "none": {"value": None}}},
        {"custom_fields.visa": ("Visa", "EU")},
    ),
    (
        "a choice with its words",
        {"custom_fields": {"level": {"name": "Level", "value": {"id": 3, "name": "Senior"}}}},
        {"custom_fields.level": ("Level", "Senior")},
    ),
    (
        "a list of ids, titles and values",
        {"customFields": [{"id": "11a", "title": "Notice", "value": "3", "valueLabel": "3 months"}]},
        {"customFields.11a": ("Notice", "3 months")},
    ),
    (
        "properties with a value that is an object",
        {"properties": [{"id": "p1", "label": "Team", "value": {"id": "t", "label": "Blue"}}]},
        {"properties.p1": ("Team", "Blue")},
    ),
    (
        "questions with answers",
        {"answers": [{"question": "Notice period?", "answer": "3 months"}]},
        {"answers.Notice period?": ("Notice period?", "3 months")},
    ),
    (
        "a form with fields",
        {"customQuestions": [{"text": "More", "fields": [{"id": "q", "text": "Visa?", "value": "No"}]}]},
        {"customQuestions.q": ("Visa?", "No")},
    ),
    (
        "an object of plain values",
        {"customFields": {"cost_center": "4711"}},
        {"customFields.cost_center": ("Cost center", "4711")},
    ),
    (
        "more keys, and picklists with results",
        {"custSalary": 60000, "custVisa": {"results": [{"optionLabel": "EU"}]}, "candidateId": "9"},
        {"custSalary": ("Salary", 60000), "custVisa": ("Visa", ["EU"])},
    ),
    (
        "references with a descriptor, deep inside",
        {"Candidate_Data": {"Source_Reference": {"WID": "x", "Descriptor": "Fair"}}},
        {"Candidate_Data.Source_Reference": ("Source reference", "Fair")},
    ),
    ("addresses are no fields", {"emailAddresses": [{"value": "a@b.example", "type": "Personal"}]}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "wanted"), [shape[1:] for shape in SHAPES], ids=[s[0] for s in SHAPES])
def test_shape_is_read(payload: dict[str, Any], wanted: dict[str, tuple[str, object]]) -> None:
    found = {path: (told.label, told.value) for path, told in fields_of(payload).items()}

    assert found == wanted


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False], "bool"),
        ([3, "4,5"], "number"),
        (["2026-11-01"], "date"),
        ([["a"]], "set"),
        (["a", 3], "text"),
        ([], "text"),
    ],
)
def test_kind_is_told_from_the_values(values: list[object], kind: str) -> None:
    assert kind_of(values) == kind
