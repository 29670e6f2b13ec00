from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import Role, Workspace
from talentpools.actions import segments
from talentpools.actions.segments import Draft
from tests.factories import CandidateFactory, EventFactory

GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}
Call = Callable[..., Any]


@pytest.fixture
def call(scope: Workspace, client: Client) -> Call:
    key = api_keys.create(name="Test", role=Role.ADMIN, scopes=[]).text

    def call(method: str, path: str, body: Any = None) -> Any:
        return getattr(client, method)(
            f"/api/v1/{path}", body, "application/json", headers={"Authorization": f"Bearer {key}"}
        )

    return call


def test_preview_counts_and_shows_ten(call: Call) -> None:
    for _ in range(12):
        CandidateFactory.create(country="DE")
    CandidateFactory.create()

    answer = call("post", "segments/preview", {"rules": GERMANS})

    assert answer.status_code == 200
    assert (answer.json()["count"], len(answer.json()["sample"])) == (12, 10)
    negative = call("post", "segments/preview", {"rules": {"not": GERMANS}})
    assert negative.json()["count"] == 1


def test_invalid_rules_name_their_place_and_save_nothing(call: Call) -> None:
    tree = {"match": "all", "rules": [GERMANS, {"field": "country", "op": "eq", "value": 3}]}

    for path, body in (("segments/preview", {"rules": tree}), ("segments", {"name": "X", "rules": tree})):
        answer = call("post", path, body)
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid_rules"
        assert set(answer.json()["fields"]) == {"rules.1.value"}
    assert call("get", "segments/").json()["results"] == []


def test_a_segment_from_making_to_deleting(call: Call) -> None:
    ada = CandidateFactory.create(country="DE")

    made = call("post", "segments", {"name": "Germans", "rules": GERMANS})

    assert made.status_code == 201
    pk = made.json()["id"]
    assert (made.json()["size"], made.json()["rules"]) == (1, GERMANS)
    assert [one["candidate"] for one in call("get", f"segments/{pk}/members").json()["results"]] == [ada.pk]
    CandidateFactory.create(country="DE")
    assert call("post", f"segments/{pk}/refresh").json()["entered"] == 1
    changed = call("patch", f"segments/{pk}", {"rules": {"not": GERMANS}})
    assert (changed.json()["size"], changed.json()["rules_version"], changed.json()["name"]) == (
        0,
        2,
        "Germans",
    )
    assert call("delete", f"segments/{pk}").status_code == 204
    assert call("get", f"segments/{pk}").status_code == 404


def test_explain_shows_value_and_verdict_of_each_rule(call: Call) -> None:
    ada = CandidateFactory.create(country="FR")
    EventFactory.create(candidate=ada, kind="message.replied")
    tree = {
        "match": "any",
        "rules": [*GERMANS["rules"], {"activity": "message.replied", "op": "at_least", "count": 1}],
    }

    answer = call("post", "segments/explain", {"rules": tree, "candidate": ada.pk}).json()

    assert answer["matches"] is True
    country, replied = answer["trace"]["rules"]
    assert (country["value"], country["matches"], country["rule"]) == ("FR", False, GERMANS["rules"][0])
    assert (replied["value"]["count"], replied["matches"]) == (1, True)


def test_explaining_a_stranger_is_not_found(call: Call, rival: Workspace) -> None:
    assert call("post", "segments/explain", {"rules": GERMANS, "candidate": 10**12}).status_code == 404


def test_another_workspaces_segment_is_not_found(
    workspace: Workspace, rival: Workspace, client: Client
) -> None:
    with workspace_scope(rival.pk):
        theirs = segments.create(draft=Draft("Theirs", GERMANS), by=None)
    with workspace_scope(workspace.pk):
        key = api_keys.create(name="Test", role=Role.ADMIN, scopes=[]).text
    headers = {"Authorization": f"Bearer {key}"}

    for path in (f"segments/{theirs.pk}", f"segments/{theirs.pk}/members"):
        assert client.get(f"/api/v1/{path}", headers=headers).status_code == 404
    body = {"rules": {"segment": theirs.pk}}
    answer = client.post("/api/v1/segments/preview", body, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["fields"]) == (400, {"segment": "There is no such segment."})


def test_pools_and_their_members(call: Call) -> None:
    ada = CandidateFactory.create()
    pool = call("post", "pools", {"name": "Engineers"}).json()["id"]

    added = call("post", f"pools/{pool}/members", {"candidates": [ada.pk]})

    assert (added.status_code, added.json()["changed"]) == (201, 1)
    assert call("post", "segments/preview", {"rules": {"pool": pool}}).json()["count"] == 1
    assert call("post", f"pools/{pool}/members", {"candidates": [10**12]}).status_code == 400
    assert call("post", f"receipts/{added.json()['receipt']}/undo").status_code == 200
    assert call("get", f"pools/{pool}/members").json()["results"] == []
    assert call("delete", f"pools/{pool}/members/{ada.pk}").status_code == 404
    assert call("post", "pools", {"name": "Engineers"}).json()["code"] == "name_taken"


def test_unknown_keys_are_refused(call: Call) -> None:
    assert call("post", "segments", {"name": "X", "rules": GERMANS, "shoe": 1}).status_code == 400
