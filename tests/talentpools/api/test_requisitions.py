import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import Requisition, Role, User, Workspace
from talentpools.models import ShortlistEntry
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    OfferFactory,
    RequisitionFactory,
    StageEntryFactory,
)

Call = Callable[..., Any]


@pytest.fixture
def call(client: Client, grace: User, scope: Workspace) -> Call:
    return _caller(client, Role.ADMIN, grace)


def _caller(client: Client, role: str, by: User) -> Call:
    text = api_keys.create(name="Tests", role=role, by=by).text

    def call(method: str, path: str, data: Any = None) -> Any:
        options: Any = {"headers": {"Authorization": f"Bearer {text}"}}
        if method == "GET":
            return client.get(f"/api/v1/{path}", data or {}, **options)
        body = json.dumps(data)
        return client.generic(method, f"/api/v1/{path}", body, content_type="application/json", **options)

    return call


def test_a_requisition_is_made_read_and_changed(call: Call, grace: User) -> None:
    body = {"title": "Engineer", "skills": ["Go"], "country": "de", "recruiter": grace.pk, "openings": 2}

    made = call("POST", "requisitions", body)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert (made.json()["status"], made.json()["country"], made.json()["recruiter"]) == (
        "open",
        "DE",
        grace.pk,
    )
    assert call("GET", f"requisitions/{pk}").json()["reach"]["people"] == 0
    changed = call("PATCH", f"requisitions/{pk}", {"status": "on_hold"})
    assert changed.json()["status"] == "on_hold"
    assert [row["id"] for row in call("GET", "requisitions", {"status": "on_hold"}).json()["results"]] == [pk]
    assert call("GET", "requisitions", {"status": "open"}).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "title"),
        ({"title": "x", "status": "luck"}, 400, "status"),
        ({"title": "x", "recruiter": 999_999}, 400, "recruiter"),
        ({"title": "x", "surprise": 1}, 400, "surprise"),
        ({"title": "x", "country": "Germany"}, 400, "country"),
        (
            {
                "title": "x",
                "status": "closed",
                "opened_at": "2026-03-01T00:00Z",
                "closed_at": "2026-02-01T00:00Z",
            },
            422,
            "closed_at",
        ),
    ],
)
def test_bad_requisitions_are_refused(call: Call, body: dict[str, Any], status: int, field: str) -> None:
    answer = call("POST", "requisitions", body)

    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    assert not Requisition.objects.exists()


def test_matches_come_with_score_and_reasons(call: Call) -> None:
    requisition = RequisitionFactory.create(role_family="sales")
    best = CandidateFactory.create(role_family="sales", stage="offer_ready")
    CandidateFactory.create(role_family="sales")
    path = f"requisitions/{requisition.pk}/matches"

    first = call("GET", path, {"limit": 1}).json()
    assert [row["candidate"] for row in first["results"]] == [best.pk]
    assert first["results"][0]["score"] == 33
    assert first["results"][0]["reasons"][0] == {
        "criterion": "stage", "text": "Offer ready", "points": 33.3, "out_of": 33.3,
    }  # fmt: skip
    rest = call("GET", first["next"].split("/api/v1/")[1]).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)
    assert call("GET", path, {"stage": "luck"}).status_code == 400


def test_people_are_shortlisted_once(call: Call) -> None:
    requisition, person = RequisitionFactory.create(), CandidateFactory.create()
    path = f"requisitions/{requisition.pk}/shortlist"

    made = call("POST", path, {"candidates": [person.pk], "note": "Strong"})
    assert (made.status_code, made.json()["added"], made.json()["unchanged"]) == (201, 1, 0)
    again = call("POST", path, {"candidates": [person.pk]})
    assert (again.json()["added"], again.json()["unchanged"]) == (0, 1)
    [entry] = call("GET", path).json()["results"]
    assert (entry["candidate"], entry["note"], entry["verdict"]) == (person.pk, "Strong", "")


def test_a_shortlist_is_narrowed_by_verdict(call: Call) -> None:
    requisition = RequisitionFactory.create()
    people = [CandidateFactory.create() for _ in range(3)]
    for person, verdict in zip(people, ("no", "star", ""), strict=True):
        ShortlistEntry.objects.create(requisition=requisition, candidate=person, verdict=verdict)
    path = f"requisitions/{requisition.pk}/shortlist"
    found = {
        verdict: [row["candidate"] for row in call("GET", path, {"verdict": verdict}).json()["results"]]
        for verdict in ("", "approved", "no", "none")
    }
    no, star, none = (person.pk for person in people)
    assert found == {"": [no, star, none], "approved": [star], "no": [no], "none": [none]}
    refused = call("GET", path, {"verdict": "perhaps"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["verdict"])


@pytest.mark.parametrize("candidates", [[], [999_999], ["x"], [10**30], None])
def test_a_bad_shortlist_is_refused_whole(call: Call, candidates: Any) -> None:
    requisition = RequisitionFactory.create()
    known = CandidateFactory.create().pk
    wanted = candidates if not candidates else [known, *candidates]
    answer = call("POST", f"requisitions/{requisition.pk}/shortlist", {"candidates": wanted})

    assert (answer.status_code, "candidates" in next(iter(answer.json()["fields"]))) == (400, True)
    assert not ShortlistEntry.objects.exists()


def test_applications_carry_their_history(call: Call) -> None:
    application = ApplicationFactory.create()
    StageEntryFactory.create(application=application, stage="screening", vendor_stage="Phone")
    OfferFactory.create(application=application, status="pending")
    ApplicationFactory.create()

    [row] = call("GET", "applications", {"candidate": application.candidate_id}).json()["results"]
    assert (row["id"], row["outcome"]) == (application.pk, "active")
    assert [stay["stage"] for stay in row["stage_history"]] == ["screening"]
    assert [offer["status"] for offer in row["offers"]] == ["pending"]
    assert len(call("GET", "applications").json()["results"]) == 2
    assert call("GET", "applications", {"requisition": "x"}).status_code == 400


def test_roles_and_workspaces(
    client: Client, workspace: Workspace, rival: Workspace, grace: User, mallory: User
) -> None:
    with workspace_scope(workspace.pk):
        requisition = RequisitionFactory.create()
        analyst = _caller(client, Role.ANALYST, grace)
    with workspace_scope(rival.pk):
        outsider = _caller(client, Role.OWNER, mallory)
    path = f"requisitions/{requisition.pk}"

    assert analyst("POST", "requisitions", {"title": "x"}).status_code == 403
    assert analyst("GET", f"{path}/shortlist").status_code == 403
    assert analyst("GET", path).status_code == 200
    for rest in ("", "/matches", "/shortlist"):
        assert outsider("GET", path + rest).status_code == 404, rest
    assert outsider("PATCH", path, {"title": "Mine"}).status_code == 404
    assert outsider("POST", f"{path}/shortlist", {"candidates": [1]}).status_code == 404


def test_a_review_is_asked_for_read_and_taken_back(call: Call, client: Client) -> None:
    requisition = RequisitionFactory.create()
    refused = call("POST", f"requisitions/{requisition.pk}/reviews", {"email": "h@acme.example"})
    assert refused.status_code == 422
    call("POST", f"requisitions/{requisition.pk}/shortlist", {"candidates": [CandidateFactory.create().pk]})

    made = call("POST", f"requisitions/{requisition.pk}/reviews", {"email": "h@acme.example", "name": "H"})
    assert made.status_code == 201
    link = "/" + made.json()["url"].split("/", 3)[3]
    entry = ShortlistEntry.objects.get()
    client.post(f"{link}{entry.pk}/", {"verdict": "yes", "note": "Good"})
    read = call("GET", f"reviews/{made.json()['id']}").json()
    assert [(one["verdict"], one["note"]) for one in read["verdicts"]] == [("yes", "Good")]
    listed = call("GET", f"requisitions/{requisition.pk}/reviews").json()["results"]
    assert [row["judged"] for row in listed] == [1]
    assert call("DELETE", f"reviews/{made.json()['id']}").status_code == 204
    assert client.get(link).status_code == 404
