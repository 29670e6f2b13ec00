from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from crm.actions import api_keys, idempotency
from crm.actions.idempotency import KeyReused
from crm.api.errors import flattened
from crm.kernel.tenancy import workspace_scope
from crm.models import ApiKey, Candidate, IdempotencyRecord, User, Workspace
from tests.conftest import NOW
from tests.crm.api.conftest import Api

ADA = {"email": "ada@example.com"}


def test_a_call_without_a_key_is_401(anybody: Api) -> None:
    status, body = anybody("get", "/candidates")
    assert (status, body["code"]) == (401, "not_authenticated")
    assert anybody.last["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "key", ["x", "rk_1_1", "rk_a_1_s", "rk_1_1_", "rk_99999999999999999999_1_s", "rk_1_1_wrong"]
)
def test_a_bad_key_is_401(workspace: Workspace, key: str) -> None:
    assert Api(key)("get", "/candidates")[0] == 401


def test_a_revoked_key_is_401(api: Api, scope: Workspace) -> None:
    api_keys.revoke(key=ApiKey.objects.get())
    assert api("get", "/candidates")[0] == 401


def test_an_expired_key_is_401(workspace: Workspace, clock: Any) -> None:
    with workspace_scope(workspace.pk):
        made = api_keys.create(name="k", role="admin", expires_at=None)
        ApiKey.objects.update(expires_at="2026-06-15T08:59:59Z")
    assert Api(made.text)("get", "/candidates")[0] == 401


def test_a_session_opens_nothing(client_as: Any, grace: User) -> None:
    assert client_as(grace).get("/api/v1/candidates").status_code == 401


def test_a_key_of_another_workspace_sees_nothing_of_this_one(
    api: Api, api_for: Any, rival: Workspace
) -> None:
    _, ada = api("post", "/candidates", ADA)
    stranger = api_for("owner", of=rival)
    assert stranger("get", f"/candidates/{ada['id']}")[0] == 404
    assert stranger("get", "/candidates")[1]["results"] == []


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        ("analyst", "get", "/candidates", 403),
        ("hiring_manager", "get", "/candidates", 200),
        ("hiring_manager", "post", "/candidates", 403),
        ("recruiter", "post", "/candidates", 201),
    ],
)
def test_roles_decide(api_for: Any, role: str, method: str, path: str, status: int) -> None:
    assert api_for(role)(method, path, ADA if method == "post" else None)[0] == status


def test_scopes_narrow_the_role(api_for: Any) -> None:
    reader = api_for("admin", scopes=("candidates.view",))
    assert reader("get", "/candidates")[0] == 200
    assert reader("post", "/candidates", ADA)[0] == 403


def test_a_method_nobody_wrote_is_405_and_an_address_nobody_has_404(api: Api) -> None:
    assert api("put", "/candidates", {})[0] == 405
    assert api("get", "/nothing")[1]["code"] == "not_found"


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_an_address_nobody_has_is_404_for_a_program_with_no_cookies(api: Api, method: str) -> None:
    program = Client(enforce_csrf_checks=True)
    answer = getattr(program, method)("/api/v1/merges/none/undo", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_addresses_end_with_and_without_a_slash(api: Api) -> None:
    assert api("get", "/candidates")[0] == api("get", "/candidates/")[0] == 200


def test_last_use_is_written_once_a_minute(api: Api, scope: Workspace, clock: Any) -> None:
    api("get", "/candidates")
    moments = [ApiKey.objects.get().last_used_at]
    for seconds in (59, 2):
        clock.shift(seconds)
        api("get", "/candidates")
        moments.append(ApiKey.objects.get().last_used_at)
    assert moments == [NOW, NOW, NOW + timedelta(seconds=61)]


@pytest.mark.parametrize(
    "body",
    ['{"first_name": "a\\u0000b"}', '{"first_name": "\\ud800"}', '{"first_name": NaN}', "{",
     b"\xff\xfe", "[" * 100_000,
     '{"custom": ' + '{"a":' * 60 + "1" + "}" * 60 + "}"],
)  # fmt: skip
def test_what_cannot_be_stored_is_400(api: Api, body: str | bytes) -> None:
    status, answer = api("post", "/candidates", body)
    assert (status, answer["code"]) == (400, "malformed")


def test_too_large_a_body_is_400(api: Api, settings: Any) -> None:
    settings.API_MAX_BODY = 100
    assert api("post", "/candidates", {"headline": "x" * 200})[1]["code"] == "too_large"


def test_nul_in_a_query_is_400(api: Api) -> None:
    assert api("get", "/candidates?email=a%00b")[0] == 400


def test_unknown_keys_are_refused_by_name(api: Api, scope: Workspace) -> None:
    status, body = api("post", "/candidates", ADA | {"frist_name": "Ada"})
    assert (status, body["fields"]) == (400, {"frist_name": "Unknown field."})
    assert Candidate.objects.count() == 0


def test_flattened_paths_are_dotted() -> None:
    detail = {"rules": [{}, {"op": ["Bad.", "Worse."]}], "non_field_errors": ["All."]}
    assert dict(flattened(detail)) == {"rules.1.op": "Bad. Worse.", "": "All."}


def test_pages_follow_next_to_the_end(api: Api) -> None:
    api("post", "/candidates/bulk", {"candidates": [{"email": f"p{n}@example.com"} for n in range(5)]})
    seen, path = [], "/candidates?limit=2"
    while path:
        _, page = api("get", path)
        seen += [row["email"] for row in page["results"]]
        path = page["next"] and page["next"].split("/api/v1")[1]
    assert seen == [f"p{n}@example.com" for n in range(5)]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=%21", "limit=99999999999"])
def test_bad_paging_is_400(api: Api, query: str) -> None:
    assert api("get", f"/candidates?{query}")[0] == 400


def test_the_same_idempotency_key_is_carried_out_once(api: Api, scope: Workspace) -> None:
    first = api("post", "/candidates", ADA, **{"Idempotency-Key": "k1"})
    again = api("post", "/candidates", ADA, **{"Idempotency-Key": "k1"})
    assert again == first
    assert api.last["Idempotency-Replayed"] == "true"
    assert Candidate.objects.count() == 1


def test_an_idempotency_key_stands_for_one_body(api: Api) -> None:
    api("post", "/candidates", ADA, **{"Idempotency-Key": "k1"})
    status, body = api("post", "/candidates", {"email": "b@example.com"}, **{"Idempotency-Key": "k1"})
    assert (status, body["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_may_be_sent_again(api: Api, scope: Workspace) -> None:
    assert api("post", "/candidates", {"email": "nope"}, **{"Idempotency-Key": "k1"})[0] == 400
    assert IdempotencyRecord.objects.count() == 0
    assert api("post", "/candidates", ADA, **{"Idempotency-Key": "k1"})[0] == 201


def test_idempotency_is_per_key_and_for_a_day(api: Api, api_for: Any, scope: Workspace, clock: Any) -> None:
    api("post", "/consents", {"candidate": 1}, **{"Idempotency-Key": "k1"})
    idempotency.complete(key="9:k", request_hash="h", status=201, body={})
    with pytest.raises(KeyReused):
        idempotency.begin(key="9:k", request_hash="other")
    clock.shift(25 * 3600)
    assert idempotency.begin(key="9:k", request_hash="other") is None
    assert idempotency.forget_old() == 0


def test_a_refusal_rolls_everything_back(api: Api, scope: Workspace) -> None:
    _, ada = api("post", "/candidates", ADA)
    api("post", "/candidates", {"email": "bob@example.com"})
    assert api("patch", f"/candidates/{ada['id']}", {"city": "Rome", "email": "bob@example.com"})[0] == 409
    assert Candidate.objects.get(pk=ada["id"]).city == ""


def test_too_many_requests_are_429_with_retry_after(api: Api, settings: Any) -> None:
    cache.clear()
    settings.API_REQUESTS_PER_MINUTE = 2
    statuses = [api("get", "/candidates")[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert 0 < int(api.last["Retry-After"]) <= 61


def test_the_schema_describes_every_resource_once(api: Api) -> None:
    status, schema = api("get", "/schema/")
    assert status == 200
    assert "/api/v1/candidates/{candidate_id}" in schema["paths"]
    assert not [path for path in schema["paths"] if path.endswith("/")]
    assert schema["components"]["schemas"]["CandidateBodyRequest"]["properties"]["email"]


def test_the_docs_are_for_signed_in_people(client: Any, client_as: Any, grace: User) -> None:
    assert client.get("/api/docs/").status_code == 302
    page = client_as(grace).get("/api/docs/")
    assert page.status_code == 200
    assert "/api/v1/candidates/bulk" in page.text


def test_every_resource_names_a_permission_for_each_method() -> None:
    from crm.api.resources import Resource

    seen = 0
    for pattern in _patterns(get_resolver()):
        view = getattr(pattern.callback, "cls", None)
        if view and issubclass(view, Resource):
            written = {m.upper() for m in ("get", "post", "patch", "put", "delete") if hasattr(view, m)}
            assert written <= set(view.permission), view
            seen += 1
    assert seen > 20


def _patterns(resolver: Any) -> Any:
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry)
        else:
            yield entry


def test_a_request_leaves_no_scope_behind(api: Api) -> None:
    api("get", "/candidates")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.workspace_id', true)")
        assert cursor.fetchone()[0] in (None, "")
