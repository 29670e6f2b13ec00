import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from analytics.models import Cost
from crm.actions import api_keys
from crm.kernel.tenancy import workspace_scope
from crm.models import Role, User, Workspace
from tests.analytics.histories import at, event, hire, in_pool
from tests.factories import ApplicationFactory, CandidateFactory, StageEntryFactory

PERIOD = {"from": "2026-03-01", "to": "2026-03-31"}
Call = Callable[..., Any]


@pytest.fixture
def call(client: Client, grace: User, scope: Workspace) -> Call:
    return _caller(client, Role.ADMIN, grace)


def _caller(client: Client, role: str, by: User) -> Call:
    secret = api_keys.create(name="Tests", role=role, by=by).text

    def call(method: str, path: str, data: Any = None) -> Any:
        options: Any = {"headers": {"Authorization": f"Bearer {secret}"}}
        if method == "GET":
            return client.get(f"/api/v1/{path}", data or {}, **options)
        return client.generic(method, f"/api/v1/{path}", data, content_type="application/json", **options)

    return call


def test_kpis_answer_every_key_in_the_agreed_shape(call: Call) -> None:
    known = hire(at(1), at(11)).candidate
    in_pool(known, at(1, 12, 2))
    event(known, "message.delivered", at(2, 12, 2))
    event(known, "message.replied", at(3, 12, 2))

    answer = call("GET", "analytics/kpis", PERIOD).json()

    days = {"mean_days": 10.0, "median_days": 10.0, "p90_days": 10.0, "n": 1}
    nothing = {"mean_days": None, "median_days": None, "p90_days": None, "n": 0}
    assert answer["time_to_accept"] == {"all": days, "crm": days, "external": nothing}
    assert answer["time_to_fill"] == {"mean_days": 69.1, "median_days": 69.1, "n": 1}
    assert answer["conversion_to_screening"] == {"contacted": 0, "screened": 0, "rate": None}
    assert answer["reply_rate"] == {"delivered": 0, "replied": 0, "rate": None}
    assert answer["share_of_hires_from_crm"] == {"hires": 1, "crm": 1, "assisted": 0, "rate": 1.0}
    assert answer["cost_per_hire"]["crm"] == {"cost": 0.0, "hires": 1, "value": 0.0, "currency": "EUR"}
    assert set(answer["offer_acceptance"]) == {"all", "nurtured", "cold"}
    assert set(answer["offer_acceptance"]["all"]) == {
        "extended", "accepted", "declined", "pending", "withdrawn", "rate", "decided_rate",
    }  # fmt: skip
    assert [set(step) for step in answer["drop_off"]] == [{"step", "reached", "share"}] * 6
    assert [set(row) for row in answer["velocity"]] == [
        {"stage", "median_days", "entered", "advanced", "waiting"}
    ] * 4
    assert [pool["name"] for pool in answer["pool_health"]] == ["Engineering"]
    assert answer["period"] == {"from": "2026-03-01", "to": "2026-03-31", "time_zone": "UTC"}


def test_compare_sets_another_period_beside_it(call: Call) -> None:
    hire(at(1), at(11))
    hire(at(1, 12, 2), at(6, 12, 2))

    answer = call(
        "GET", "analytics/kpis", PERIOD | {"compare_from": "2026-02-01", "compare_to": "2026-02-28"}
    ).json()["compare"]

    assert answer["kpis"]["time_to_accept"]["all"]["n"] == 1
    [row] = [
        row
        for row in answer["differences"]
        if (row["key"], row["figure"]) == ("time_to_accept", "all.mean_days")
    ]
    assert row["change"] == 5.0
    assert row["interval"] == [5.0, 5.0]
    [share] = [row for row in answer["differences"] if row["key"] == "share_of_hires_from_crm"]
    assert share["interval"][0] < 0 < share["interval"][1]


def test_people_behind_a_figure(call: Call) -> None:
    first = hire(at(1), at(11), is_pushed=True)
    hire(at(1), at(9))

    answer = call("GET", "analytics/kpis/time_to_accept/people", PERIOD | {"group": "crm"}).json()
    assert [row["application"] for row in answer["results"]] == [first.pk]
    assert answer["results"][0]["why"] == "Pushed to the ATS from here."
    assert answer["results"][0]["dates"]["accepted_at"] == "2026-03-11T12:00:00Z"

    page = call("GET", "analytics/kpis/time_to_accept/people", PERIOD | {"limit": 1}).json()
    assert (len(page["results"]), page["total"]) == (1, 2)
    rest = call("GET", page["next"].split("/api/v1/")[1]).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-13-01", "to": "2026-03-31"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"from": "2026-03-02"}, "to"),
        ({"to": "2026-03-02"}, "from"),
        ({"from": "0001-03-02", "to": "2026-01-01"}, "from"),
        ({"from": "1980-03-02", "to": "2026-01-01"}, "from"),
        ({"pool": "x"}, "pool"),
        ({"compare_from": "2026-03-02"}, "compare_to"),
    ],
)
def test_a_malformed_question_names_the_field(call: Call, query: dict[str, str], field: str) -> None:
    answer = call("GET", "analytics/kpis", query)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


@pytest.mark.parametrize("path", ["analytics/kpis", "analytics/kpis/time_to_hire/people"])
def test_an_unknown_filter_is_refused_by_name(call: Call, path: str) -> None:
    answer = call("GET", path, PERIOD | {"departement": "Sales"})

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["departement"]


def test_unknown_key_and_group(call: Call) -> None:
    assert call("GET", "analytics/kpis/luck/people").status_code == 404
    assert call("GET", "analytics/kpis/velocity/people", {"group": "x"}).status_code == 400


def test_every_group_of_every_key_opens(call: Call) -> None:
    person = hire(at(1), at(11)).candidate
    in_pool(person, at(1))
    event(person, "message.delivered", at(2))
    application = ApplicationFactory.create(candidate=CandidateFactory.create(), applied_at=at(2))
    StageEntryFactory.create(application=application, stage="interview", entered_at=at(3))
    from analytics.policies.definitions import DEFINITIONS

    for key, definition in DEFINITIONS.items():
        for group in definition.groups:
            answer = call("GET", f"analytics/kpis/{key}/people", PERIOD | {"group": group})
            assert answer.status_code == 200, (key, group, answer.json())


def test_costs_are_entered_and_listed(call: Call) -> None:
    body = {"origin": "external", "category": "Agency", "amount": "1200.50", "incurred_on": "2026-03-04"}

    made = call("POST", "costs", _json(body))
    assert (made.status_code, made.json()["amount"]) == (201, 1200.5)
    assert Cost.objects.get().incurred_on == dt.date(2026, 3, 4)
    assert [row["category"] for row in call("GET", "costs").json()["results"]] == ["Agency"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"origin": "luck"}, 400, "origin"),
        ({"amount": None}, 400, "amount"),
        ({"amount_cents": 5}, 400, "amount"),
        ({"currency": "USD"}, 400, "currency"),
        ({"amount": "0"}, 422, "amount"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_bad_costs_are_refused(call: Call, change: dict[str, Any], status: int, field: str) -> None:
    body = {"origin": "crm", "category": "Agency", "amount": "10"} | change
    answer = call("POST", "costs", _json(body))

    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    assert not Cost.objects.exists()


def test_roles_and_workspaces_are_kept_apart(
    client: Client, scope: Workspace, rival: Workspace, grace: User, harry: User
) -> None:
    assert _caller(client, Role.HIRING_MANAGER, grace)("GET", "analytics/kpis").status_code == 403
    analyst = _caller(client, Role.ANALYST, grace)
    assert analyst("GET", "analytics/kpis").status_code == 200
    assert analyst("POST", "costs", "{}").status_code == 403
    assert client.get("/api/v1/analytics/kpis").status_code == 401
    assert analyst("GET", "analytics/journeys/999").status_code == 404


def test_another_workspace_sees_none_of_it(
    client: Client, workspace: Workspace, rival: Workspace, mallory: User
) -> None:
    with workspace_scope(workspace.pk):
        hire(at(1), at(11))
    with workspace_scope(rival.pk):
        call = _caller(client, Role.OWNER, mallory)
    assert call("GET", "analytics/kpis", PERIOD).json()["share_of_hires_from_crm"]["hires"] == 0


def _json(body: dict[str, Any]) -> str:
    import json

    return json.dumps(body)
