"""Conditions of branches and of the door, by plain questions and by the builder."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from crm.models import User
from journeys.models import Journey
from tests.factories import CandidateFactory
from tests.factories.journeys import message
from tests.journeys.conftest import Publish

Signed = Callable[[User], Client]
BRANCH = {
    "id": "b", "type": "branch", "if": {"message": {"step": "m1", "was": "clicked"}},
    "then": [{"id": "t", "type": "task", "title": "Call"}], "else": [],
}  # fmt: skip
BERN = {
    "n.kind": "group", "n.match": "all",
    "n-0.kind": "rule", "n-0.subject": "field:city", "n-0.op": "eq", "n-0.value": "Bern",
}  # fmt: skip


def test_a_branch_asks_only_what_its_condition_needs(
    publish: Publish, grace: User, client_as: Signed
) -> None:
    journey, client = publish(message(), BRANCH), client_as(grace)
    url = f"/w/acme/journeys/{journey.pk}/steps/b/"
    asked = {
        kind: set(client.get(url, {"kind": kind, "amount": "3"}).context["form"].fields)
        for kind in ("message", "activity", "segment", "kept")
    }
    timing = {"kind", "amount", "unit", "at", "wait_amount", "wait_unit"}
    assert {kind: names - timing for kind, names in asked.items()} == {
        "message": {"message", "was"}, "activity": {"activity", "within_days"}, "segment": {"segment"},
        "kept": set(),
    }  # fmt: skip
    given = {"amount": "3", "unit": "days", "wait_amount": "0", "wait_unit": "days", "kind": "activity"}
    assert client.post(url, given | {"activity": "message.replied", "within_days": "7"}).status_code == 302
    journey.refresh_from_db()
    branch = journey.draft["steps"][1]
    assert branch["if"] == {"activity": "message.replied", "op": "at_least", "count": 1, "within_days": 7}
    assert (branch["after"], branch["then"]) == ({"days": 3}, BRANCH["then"])


def test_any_rules_can_be_written_for_a_branch_and_for_the_door(
    publish: Publish, grace: User, ada: User, client_as: Signed
) -> None:
    journey, client = publish(message(), BRANCH), client_as(grace)
    CandidateFactory.create(first_name="Bea", last_name="Berner", city="Bern")
    url = f"/w/acme/journeys/{journey.pk}/steps/b/rules/"
    page = client.get(url).content.decode()
    assert f'value="{journey.pk}:m1" selected' in page
    kept = {"n.kind": "group", "n.match": "any", "n-0.kind": "rule", "n-0.subject": "message"}
    own = kept | {"n-0.value": f"{journey.pk}:m1", "n-0.was": "clicked"}
    own |= {name.replace("n-0", "n-1"): value for name, value in BERN.items() if name.startswith("n-0")}
    added = client.post(url, own | {"do": "add:n"}, headers={"HX-Request": "true", "HX-Target": "builder"})
    assert "n-2-subject" in added.content.decode()
    assert client.post(url, BERN | {"n-0.subject": "segment", "n-0.value": ""}).status_code == 422
    assert client.post(url, own).status_code == 302
    assert _draft(journey)["steps"][1]["if"] == {
        "match": "any",
        "rules": [
            {"message": {"was": "clicked", "step": "m1"}},
            {"field": "city", "op": "eq", "value": "Bern"},
        ],
    }
    panel = client.get(f"/w/acme/journeys/{journey.pk}/steps/b/").content.decode()
    assert "Bern" in panel
    assert url in panel
    door = f"/w/acme/journeys/{journey.pk}/rules/"
    preview = client.post(door, BERN, headers={"HX-Request": "true", "HX-Target": "preview"})
    assert "Bea Berner" in preview.content.decode()
    assert client.post(door, BERN).status_code == 302
    rules = {"match": "all", "rules": [{"field": "city", "op": "eq", "value": "Bern"}]}
    assert _draft(journey)["trigger"] == {"on": "application.rejected", "rules": rules}
    assert client.get(f"/w/acme/journeys/{journey.pk}/steps/m1/rules/").status_code == 404
    assert client_as(ada).get(door).status_code == 403


def _draft(journey: Journey) -> Any:
    journey.refresh_from_db()
    return journey.draft
