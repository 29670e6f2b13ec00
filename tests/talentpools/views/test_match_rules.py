import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client

from crm.models import CustomField, Requisition, User, Workspace
from tests.factories import CandidateFactory, RequisitionFactory

As = Callable[[User], Client]
CITY = {"match": "all", "rules": [{"field": "city", "op": "eq", "value": "Bern"}]}
BUILT = {
    "n.kind": "group", "n.match": "all",
    "n-0.kind": "rule", "n-0.subject": "field:city", "n-0.op": "eq", "n-0.value": "Bern",
}  # fmt: skip


@pytest.fixture
def requisition(scope: Workspace) -> Requisition:
    made: Requisition = RequisitionFactory.create(title="Platform engineer", role_family="engineering")
    CandidateFactory.create(first_name="Bea", last_name="Berner", city="Bern", role_family="engineering")
    CandidateFactory.create(first_name="Zoe", last_name="Zurich", city="Zürich", role_family="engineering")
    CandidateFactory.create(first_name="Sal", last_name="Berner", city="Bern", role_family="sales")
    return made


def _page(requisition: Requisition, rest: str = "") -> str:
    return f"/w/acme/requisitions/{requisition.pk}/{rest}"


def _with(requisition: Requisition, tree: Any, rest: str = "") -> str:
    return _page(requisition, f"{rest}?stage=&rules={quote(json.dumps(tree))}")


def test_rules_are_written_with_the_builder_and_stay_in_the_address(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    client = client_as(ada)
    first = client.get(_page(requisition, "rules/?skill=Go")).content.decode()
    assert "Add rule" in first
    preview = client.post(
        _page(requisition, "rules/"), BUILT, headers={"HX-Request": "true", "HX-Target": "preview"}
    )
    assert "Bea Berner" in preview.content.decode()
    assert "Sal Berner" not in preview.content.decode()
    added = client.post(
        _page(requisition, "rules/"),
        BUILT | {"do": "add:n"},
        headers={"HX-Request": "true", "HX-Target": "builder"},
    ).content.decode()
    assert "n-1-subject" in added

    applied = client.post(_page(requisition, "rules/?engagement=none"), BUILT)
    asked = parse_qs(urlsplit(applied["Location"]).query)
    assert (json.loads(asked["rules"][0]), asked["engagement"]) == (CITY, ["none"])
    shown = client.get(applied["Location"]).content.decode()
    assert "Bea Berner" in shown
    assert "Zoe Zurich" not in shown
    assert "City is Bern" in shown
    again = client.get(_with(requisition, CITY, "rules/")).content.decode()
    assert 'value="Bern"' in again


def test_taking_every_rule_away_shows_everybody(client_as: As, ada: User, requisition: Requisition) -> None:
    answer = client_as(ada).post(_with(requisition, CITY, "rules/"), {"n.kind": "group", "n.match": "all"})
    assert "rules" not in parse_qs(urlsplit(answer["Location"]).query)


def test_a_half_written_rule_is_422_beside_its_fault(
    client_as: As, ada: User, requisition: Requisition
) -> None:
    body = BUILT | {"n-0.subject": "field:years_experience", "n-0.op": "gte", "n-0.value": "many"}
    answer = client_as(ada).post(_page(requisition, "rules/"), body)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()


def test_who_somebody_is_is_no_rule_for_a_job(client_as: As, ada: User, requisition: Requisition) -> None:
    CustomField.objects.create(key="gender", label="Gender", kind="text")
    client = client_as(ada)
    for field, label in (("custom.gender", "Gender"), ("first_name", "First name")):
        tree = {"match": "all", "rules": [{"field": field, "op": "eq", "value": "x"}]}
        refused = client.get(_with(requisition, tree))
        assert refused.status_code == 400
        assert f"“{label}” says who somebody is" in refused.content.decode()
    written = BUILT | {"n-0.subject": "field:first_name"}
    assert client.post(_page(requisition, "rules/"), written).status_code == 422
    bulk = {"all": "1", "query": f"rules={quote(json.dumps(tree))}"}
    assert client.post(_page(requisition, "shortlist/additions/"), bulk).status_code == 400


def test_rules_become_a_segment(client_as: As, ada: User, grace: User, requisition: Requisition) -> None:
    answer = client_as(grace).post(_page(requisition, "rules/"), BUILT | {"do": "segment"})
    assert answer["Location"] == "/w/acme/pools/segments/new/"
    kept = client_as(ada).post(_page(requisition, "rules/"), BUILT | {"do": "segment"})
    assert "requisitions" in kept["Location"]


def test_roles_and_outsiders(client_as: As, requisition: Requisition, ana: User, mallory: User) -> None:
    preview = client_as(ana).get(_page(requisition, "rules/")).content.decode()
    assert "/candidates/" not in preview
    assert client_as(mallory).get(_page(requisition, "rules/")).status_code == 404
    assert client_as(mallory).post(_page(requisition, "rules/"), BUILT).status_code == 404
    assert client_as(ana).get(_page(requisition, "scores/")).status_code == 403
    assert client_as(mallory).get(_page(requisition, "scores/")).status_code == 404
