from datetime import timedelta
from typing import Any

import pytest

from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, CustomField, Event, Requisition, Workspace
from crm.queries.personal_data import relations
from tests.conftest import NOW
from tests.crm.api.conftest import Api
from tests.factories import CandidateFactory

ADA = {
    "email": "Ada@Example.com", "first_name": "Ada", "last_name": "Lovelace", "country": "United Kingdom",
    "skills": ["SQL", "Python"], "tags": ["vip"], "external_id": "gh-1", "link": "linkedin.com/in/ada",
}  # fmt: skip


@pytest.fixture
def ada(api: Api) -> dict[str, Any]:
    status, body = api("post", "/candidates", ADA)
    assert status == 201
    return dict(body)


def test_create_answers_with_the_names_of_the_rule_language(ada: dict[str, Any]) -> None:
    expected = {
        "email": "ada@example.com", "full_name": "Ada Lovelace", "country": "GB", "skills": ["Python", "SQL"],
        "tags": ["vip"], "external_id": "gh-1", "links": ["linkedin.com/in/ada"], "engagement": 0,
        "engagement_level": "none", "consent": "granted", "reachable": True, "unsubscribed": False,
        "do_not_contact": False, "origin": "api", "unreachable_because": [],
    }  # fmt: skip
    assert {name: ada[name] for name in expected} == expected


def test_create_again_is_409(api: Api, ada: dict[str, Any]) -> None:
    status, body = api("post", "/candidates", {"email": "ADA@example.com"})
    assert (status, body["code"], body["fields"]) == (409, "duplicate", {"candidate": str(ada["id"])})


def test_bad_values_are_400_by_field(api: Api) -> None:
    status, body = api("post", "/candidates", {"email": "nope", "country": "Atlantis"})
    assert (status, body["code"], sorted(body["fields"])) == (400, "invalid", ["country", "email"])


def test_list_finds_by_address_and_outside_id(api: Api, ada: dict[str, Any]) -> None:
    api("post", "/candidates", {"email": "bob@example.com", "stage": "screening"})
    for query in ("email=ADA@example.com", "external_id=gh-1", "email=ada@example.com&external_id=gh-1"):
        assert [row["id"] for row in api("get", f"/candidates?{query}")[1]["results"]] == [ada["id"]]
    assert [r["email"] for r in api("get", "/candidates?stage=screening")[1]["results"]] == [
        "bob@example.com"
    ]
    assert api("get", "/candidates?updated_since=2100-01-01T00:00:00Z")[1]["results"] == []
    assert api("get", "/candidates?updated_since=yesterday")[0] == 400


def test_list_needs_the_same_statements_for_one_and_three(api: Api, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in (1, 3):
        api("post", "/candidates/bulk", {"candidates": [{"email": f"p{i}@example.com"} for i in range(n)]})
        with CaptureQueriesContext(connection) as queries:
            api("get", "/candidates")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_patch_changes_what_is_given_only(api: Api, ada: dict[str, Any]) -> None:
    status, body = api(
        "patch", f"/candidates/{ada['id']}", {"city": "Rome", "tags": [], "phone": "+49301234567"}
    )
    assert status == 200
    assert (body["city"], body["tags"], body["phones"], body["first_name"]) == (
        "Rome",
        [],
        ["+49301234567"],
        "Ada",
    )


def test_own_fields_must_exist(api: Api, ada: dict[str, Any], scope: Workspace) -> None:
    path = f"/candidates/{ada['id']}"
    assert api("patch", path, {"custom": {"shoe": 38}})[1]["fields"] == {
        "custom.shoe": "This workspace has no such field."
    }
    CustomField.objects.create(key="shoe", label="Shoe", kind="number")
    assert api("patch", path, {"custom": {"shoe": "38"}})[1]["custom"] == {"shoe": 38.0}


def test_delete_erases(api: Api, ada: dict[str, Any], scope: Workspace) -> None:
    assert api("delete", f"/candidates/{ada['id']}") == (204, None)
    assert api("get", f"/candidates/{ada['id']}")[0] == 404
    assert api("post", "/candidates", {"email": "ada@example.com"})[1]["code"] == "erased"
    assert Candidate.objects.get().email == ""


def test_bulk_answers_row_by_row(api: Api, ada: dict[str, Any]) -> None:
    rows = [
        {"external_id": "gh-1", "city": "Rome"}, {"email": "ada@example.com", "city": "Rome"},
        {"email": "new@example.com"}, {"email": "bad"}, {"first_name": "Nobody"},
        {"email": "x@example.com", "typo": 1},
        {"email": "c@example.com", "consent": {"basis": "vibes"}},
    ]  # fmt: skip
    status, body = api("post", "/candidates/bulk", {"candidates": rows})
    assert status == 200
    outcomes = [row["outcome"] for row in body["results"]]
    assert outcomes == ["updated", "unchanged", "created", "refused", "refused", "refused", "refused"]
    assert [row.get("code") for row in body["results"][3:]] == [
        "invalid",
        "no_identity",
        "invalid",
        "invalid",
    ]
    assert list(body["results"][5]["fields"]) == ["typo"]
    assert (body["created"], body["updated"], body["unchanged"], body["refused"]) == (1, 1, 1, 4)


@pytest.mark.parametrize("rows", [[], [{"email": "a@b.de"}] * 1_001, ["a@b.de"], None])
def test_bulk_takes_one_to_a_thousand(api: Api, rows: Any) -> None:
    assert api("post", "/candidates/bulk", {"candidates": rows})[0] == 400


def test_consent_is_found_as_it_is_on_record(api: Api, ada: dict[str, Any], workspace: Workspace) -> None:
    told = {"basis": "consent", "source": "fair", "expires_at": "2020-01-01T00:00:00Z"}
    expired = api("post", "/candidates", {"email": "old@example.com", "consent": told})[1]
    withdrawn = api("post", "/candidates", {"email": "gone@example.com"})[1]
    with workspace_scope(workspace.pk):
        Candidate.objects.filter(pk=withdrawn["id"]).update(consent="withdrawn")
        nothing = CandidateFactory.create(consent="none").pk
    # Whoever comes in through the API has a basis on record, a legitimate interest where nothing is said.
    states = {"granted": ada["id"], "expired": expired["id"], "withdrawn": withdrawn["id"], "none": nothing}
    for state, pk in states.items():
        for op, found in (("eq", {pk}), ("neq", set(states.values()) - {pk})):
            rules = {"field": "consent", "op": op, "value": state}
            body = api("post", "/candidates/search", {"rules": rules})[1]
            assert {row["id"] for row in body["results"]} == found, (state, op)


def test_search_uses_the_rule_language(api: Api, ada: dict[str, Any]) -> None:
    rules = {"match": "all", "rules": [{"field": "skills", "op": "any_of", "value": ["python"]}]}
    status, body = api("post", "/candidates/search", {"rules": rules, "sort": "-engagement", "limit": 5})
    assert (status, body["count"], [row["id"] for row in body["results"]]) == (200, 1, [ada["id"]])
    bad = {"match": "all", "rules": [{"field": "nope", "op": "eq", "value": 1}]}
    status, body = api("post", "/candidates/search", {"rules": bad})
    assert (status, body["code"]) == (400, "invalid_rules")
    refused = api("post", "/candidates/search", {"rules": rules, "sort": "shoe"})[1]["fields"]
    assert refused["sort"].startswith("There is no order “shoe”: one of name, ")


@pytest.mark.parametrize("sort", ["id", "-engagement", "last_name", "-last_replied_at", "-created_at"])
def test_search_goes_on_where_the_page_before_ended(api: Api, workspace: Workspace, sort: str) -> None:
    with workspace_scope(workspace.pk):
        for number in range(7):
            CandidateFactory.create(
                last_name=f"Name {number % 3}",
                engagement_key=None if number % 2 else 300.123456789 + number % 3,
                last_replied_at=None if number < 3 else NOW - timedelta(microseconds=number % 2),
            )
    asked = {"rules": {"match": "all", "rules": []}, "sort": sort}
    whole = [row["id"] for row in api("post", "/candidates/search", asked)[1]["results"]]

    seen, path = [], "/candidates/search"
    while path:
        _, page = api("post", path, asked | {"limit": 2})
        seen += [row["id"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1")[1]

    assert (seen, len(seen)) == (whole, 7)


@pytest.mark.parametrize("cursor", ["x", "WzEsMV0", "WyJhIiwxXQ", "W1tdLDFd"])
def test_search_refuses_a_cursor_nobody_gave(api: Api, cursor: str) -> None:
    asked = {"rules": {"match": "all", "rules": []}, "sort": "-created_at"}
    status, body = api("post", f"/candidates/search?cursor={cursor}", asked)
    assert (status, list(body["fields"])) == (400, ["cursor"])


def test_activities_score_at_once_and_only_once(api: Api, ada: dict[str, Any]) -> None:
    sent = {
        "candidate": ada["id"],
        "kind": "event.attended",
        "at": "2026-06-01T10:00:00+02:00",
        "ref": "meetup-1",
    }
    statuses = [api("post", "/activities", sent)[0] for _ in range(2)]
    assert statuses == [201, 200]
    body = api("get", f"/candidates/{ada['id']}")[1]
    assert body["last_engaged_at"] == "2026-06-01T08:00:00Z"
    assert body["engagement_level"] != "none"
    assert [
        row["kind"]
        for row in api("get", f"/activities?candidate={ada['id']}&kind=event.attended")[1]["results"]
    ] == ["event.attended"]
    assert api("post", "/activities", sent | {"kind": "api_key.created"})[1]["code"] == "unknown_kind"
    assert api("post", "/activities", sent | {"candidate": 10**15})[0] == 404


def test_timeline_is_newest_first_in_pages(api: Api, ada: dict[str, Any]) -> None:
    for n in range(3):
        api(
            "post",
            "/activities",
            {"candidate": ada["id"], "kind": "form.submitted", "at": f"2020-01-0{n + 1}T00:00:00Z"},
        )
    seen, path = [], f"/candidates/{ada['id']}/timeline?limit=2"
    while path:
        _, page = api("get", path)
        seen += [row["kind"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1")[1]
    assert seen == ["candidate.created", *["form.submitted"] * 3]
    assert api("get", f"/candidates/{ada['id']}/timeline?cursor=x")[0] == 400


def test_why_names_each_reason(api: Api, ada: dict[str, Any]) -> None:
    path = f"/candidates/{ada['id']}"
    assert api("get", f"{path}/why")[1]["reachable"] is True
    api("post", "/suppressions", {"email": "ada@example.com", "reason": "complained"})
    api("post", f"{path}/restrict", {"reason": "asked"})
    api("post", "/consents", {"candidate": ada["id"], "withdrawn": True, "source": "mail"})
    body = api("get", f"{path}/why")[1]
    assert [reason["code"] for reason in body["reasons"]] == ["suppressed", "no_basis", "do_not_contact"]
    assert body["reachable"] is False
    assert api("delete", f"{path}/restrict")[1]["do_not_contact"] is False


def test_consents_are_added_and_listed(api: Api, ada: dict[str, Any]) -> None:
    sent = {
        "candidate": ada["id"],
        "basis": "consent",
        "source": "form",
        "expires_at": "2020-01-01T00:00:00Z",
    }
    assert api("post", "/consents", sent)[0] == 201
    assert [row["basis"] for row in api("get", f"/consents?candidate={ada['id']}")[1]["results"]] == [
        "consent", "legitimate_interest",
    ]  # fmt: skip
    assert api("get", f"/candidates/{ada['id']}")[1]["consent"] == "expired"


def test_suppressions_come_and_go(api: Api, ada: dict[str, Any]) -> None:
    _, row = api("post", "/suppressions", {"email": "ada@example.com"})
    assert api("get", "/suppressions")[1]["results"] == [row]
    assert api("get", f"/candidates/{ada['id']}")[1]["reachable"] is False
    assert api("delete", f"/suppressions/{row['id']}")[0] == 204
    assert api("get", f"/candidates/{ada['id']}")[1]["reachable"] is True
    assert api("post", "/suppressions", {"email": "nope"})[0] == 400


def test_merge_and_undo(api: Api, ada: dict[str, Any]) -> None:
    _, other = api("post", "/candidates", {"email": "al@example.com", "city": "Rome"})
    status, merged = api(
        "post", f"/candidates/{ada['id']}/merge", {"other": other["id"], "fields": {"city": "other"}}
    )
    assert (status, merged["candidate"]["city"], sorted(merged["candidate"]["emails"])) == (
        201, "Rome", ["ada@example.com", "al@example.com"],
    )  # fmt: skip
    assert api("get", f"/candidates/{other['id']}")[0] == 404
    status, undone = api("post", f"/merges/{merged['id']}/undo", {})
    assert (status, undone["other"]["city"], undone["candidate"]["emails"]) == (
        200,
        "Rome",
        ["ada@example.com"],
    )
    assert api("post", f"/merges/{merged['id']}/undo", {})[0] == 409
    assert api("post", f"/merges/{merged['id'] + 999}/undo", {})[0] == 404


@pytest.mark.parametrize(
    "body", [{}, {"other": "x"}, {"other": 10**18}, {"other": 0}, {"fields": 1}, {"typo": 1}]
)
def test_a_bad_merge_is_400(api: Api, ada: dict[str, Any], body: dict[str, Any]) -> None:
    assert api("post", f"/candidates/{ada['id']}/merge", body)[0] == 400


def test_export_holds_every_table_about_the_person(api: Api, ada: dict[str, Any], scope: Workspace) -> None:
    candidate = Candidate.objects.get(pk=ada["id"])
    requisition = Requisition.objects.create(title="Engineer")
    Application.objects.create(candidate=candidate, requisition=requisition, applied_at=candidate.created_at)
    status, body = api("get", f"/candidates/{ada['id']}/export")
    assert status == 200
    assert {"crm.contactpoint", "crm.consent", "crm.event", "crm.application", "crm.candidateskill"} <= set(
        body["tables"]
    )
    assert Event.objects.filter(kind="candidate.exported", candidate=candidate).count() == 1


def test_erasure_and_export_know_every_table_that_refers_to_a_person() -> None:
    names = {relation.related_model._meta.label for relation in relations()}
    assert {"crm.Message", "crm.ImportRow", "talentpools.Member", "journeys.Enrollment"} <= names
