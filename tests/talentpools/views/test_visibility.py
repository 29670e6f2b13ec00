"""What is not open shows itself to nobody but those named: every door is tried."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from crm.actions import api_keys, teams
from crm.models import Candidate, Event, User, Workspace
from talentpools.actions import access, members, pools, segments
from talentpools.models import AccessOverride, Pool, Segment
from tests.conftest import ScopelessClient
from tests.factories import CandidateFactory

As = Callable[[User], Client]
NAME, ALONE = "Zephyr search", "Zephyr alone"
GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}


@dataclass
class Secret:
    pool: Pool
    sub: Segment
    alone: Segment
    person: Candidate


@pytest.fixture(params=["private", "shared", "confidential"])
def secret(request: Any, scope: Workspace, ada: User) -> Secret:
    """Ada's, not open; somebody is in by hand and by rules."""
    person = CandidateFactory.create(country="DE")
    pool = pools.create(draft=pools.Draft(NAME, visibility=request.param), by=ada)
    members.add(pool=pool, candidate_ids=[person.pk], by=ada)
    sub = segments.create(draft=segments.Draft(f"{NAME} sub", GERMANS, pool=pool), by=ada)
    draft = segments.Draft(ALONE, GERMANS, visibility=request.param)
    return Secret(pool, sub, segments.create(draft=draft, by=ada), person)


def _pages(secret: Secret) -> list[str]:
    pool, own = (
        f"pools/{secret.pool.pk}/",
        [f"pools/segments/{one.pk}/" for one in (secret.sub, secret.alone)],
    )
    tabs = ("", "people/", "history/", "review/", "explanation/", "export/", "edit/")
    found = [f"{one}{tab}" for one in own for tab in tabs]
    return [*found, *(pool + tab for tab in ("", "segments/", "activity/", "edit/"))]


def test_no_page_of_it_is_there_for_others(secret: Secret, ada: User, grace: User, client_as: As) -> None:
    for path in _pages(secret):
        assert client_as(grace).get(f"/w/acme/{path}").status_code == 404, path
    assert client_as(ada).get(f"/w/acme/pools/{secret.pool.pk}/").status_code == 200


def test_no_list_choice_or_timeline_names_it(secret: Secret, grace: User, client_as: As) -> None:
    person, client = secret.person.pk, client_as(grace)
    paths = ["pools/", "pools/segments/", "pools/choice/", "pools/segments/new/", f"candidates/{person}/"]
    paths += [f"candidates/{person}/groups/", "pools/templates/", "journeys/", "", "analytics/"]

    for path in paths:
        page = client.get(f"/w/acme/{path}").content.decode()
        assert "Zephyr" not in page, path
        assert "Added to a pool" not in page, path
        assert "Entered a segment" not in page, path


def test_the_owner_reads_it_on_the_timeline(secret: Secret, ada: User, client_as: As) -> None:
    page = client_as(ada).get(f"/w/acme/candidates/{secret.person.pk}/").content.decode()

    assert "Added to a pool" in page
    assert "Entered a segment" in page


@pytest.mark.parametrize("role", ["admin", "recruiter", "analyst"])
def test_no_key_of_others_gets_at_it(secret: Secret, grace: User, role: str) -> None:
    for by in (grace, None):
        call = _Api(role, by)
        for kind, pk in (
            ("pools", secret.pool.pk),
            ("segments", secret.sub.pk),
            ("segments", secret.alone.pk),
        ):
            assert call("get", f"{kind}/{pk}")[0] == 404
            assert call("get", f"{kind}/{pk}/members")[0] == 404
            assert "Zephyr" not in json.dumps(call("get", kind)[1])
        for tail in ("why", "timeline"):
            status, body = call("get", f"candidates/{secret.person.pk}/{tail}")
            assert status == (403 if role == "analyst" else 200)
            assert "Zephyr" not in json.dumps(body)
            assert "pool.candidate_added" not in json.dumps(body)


@pytest.mark.parametrize("noun", ["pool", "segment"])
def test_rules_cannot_ask_who_is_in(secret: Secret, grace: User, ada: User, noun: str) -> None:
    asked = {noun: secret.pool.pk if noun == "pool" else secret.alone.pk}
    call, owners = _Api("admin", grace), _Api("admin", ada)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("segments/preview", {"rules": asked}),
        ("segments/explain", {"rules": asked, "candidate": secret.person.pk}),
        ("candidates/search", {"rules": {"match": "all", "rules": [asked]}}),
        ("segments", {"name": "Spy", "rules": asked}),
    ]

    for path, body in bodies:
        status, answer = call("post", path, body)
        assert (status, answer["code"]) == (400, "invalid_rules"), path
    assert owners("post", "segments/preview", {"rules": asked})[1]["count"] == 1


def test_the_builder_does_not_ask_either(secret: Secret, grace: User, client_as: As) -> None:
    posted = {"n.kind": "group", "n.match": "all", "n-0.kind": "rule", "n-0.subject": "segment"}
    posted["n-0.value"] = str(secret.alone.pk)

    page = client_as(grace).post("/w/acme/pools/segments/preview/", posted).content.decode()

    assert "There is no such segment" in page
    assert "Zephyr" not in page


def test_an_open_segment_may_not_build_on_it(secret: Secret, ada: User) -> None:
    call = _Api("admin", ada)

    status, answer = call("post", "segments", {"name": "Spy", "rules": {"segment": secret.alone.pk}})

    assert status == 400
    assert "not open to everybody" in answer["fields"]["rules"]
    kept = {"name": "Spy", "rules": {"segment": secret.alone.pk}, "visibility": "private"}
    assert call("post", "segments", kept)[0] == 201


def test_a_refusal_does_not_name_what_builds_on_it(scope: Workspace, ada: User, grace: User) -> None:
    base = segments.create(draft=segments.Draft("Base", GERMANS), by=ada)
    draft = segments.Draft(ALONE, {"segment": base.pk}, visibility="private")
    segments.create(draft=draft, by=ada)

    status, answer = _Api("admin", grace)("delete", f"segments/{base.pk}")

    assert status == 409
    assert "Zephyr" not in json.dumps(answer)


def test_people_and_teams_that_are_named_see_it(
    scope: Workspace, ada: User, grace: User, olivia: User
) -> None:
    team = teams.create(name="Leads", user_ids=[olivia.pk], by=grace)
    body = {"name": NAME, "visibility": "shared", "guests": [grace.pk], "teams": [team.pk]}

    status, made = _Api("recruiter", ada)("post", "pools", body)

    assert status == 201
    assert (made["guests"], made["teams"]) == ([grace.pk], [team.pk])
    for named in (grace, olivia):
        assert _Api("admin", named)("get", f"pools/{made['id']}")[0] == 200
    teams.update(team=team, name="Leads", user_ids=[], by=grace)
    assert _Api("admin", olivia)("get", f"pools/{made['id']}")[0] == 404


def test_only_the_owner_decides_who_sees_it(scope: Workspace, ada: User, grace: User) -> None:
    pool = pools.create(draft=pools.Draft(NAME, visibility="confidential"), by=ada)
    access.name_guests(kept=pool, user_ids=[grace.pk], by=ada)
    call = _Api("admin", grace)

    changes: list[dict[str, Any]] = [{"visibility": "workspace"}, {"guests": []}]
    for change in changes:
        status, answer = call("patch", f"pools/{pool.pk}", change)
        assert (status, answer["code"]) == (403, "not_the_owner")
    assert call("patch", f"pools/{pool.pk}", {"description": "x"})[0] == 200


def test_an_administrator_looks_for_an_hour_on_record(
    scope: Workspace, ada: User, grace: User, client_as: As
) -> None:
    pool = pools.create(draft=pools.Draft(NAME, visibility="confidential"), by=ada)
    client, here = client_as(grace), f"/w/acme/pools/{pool.pk}/"
    assert client.post("/w/acme/settings/confidential/", {"reason": " "}).status_code == 422

    assert client.post("/w/acme/settings/confidential/", {"reason": "Ada has left"}).status_code == 302

    assert "by an override" in client.get(here).content.decode()
    client.get(here)
    seen = Event.objects.get(kind="pool.seen_by_override")
    assert (seen.actor_id, seen.data["pool"]) == (grace.pk, pool.pk)
    assert "Looked at by an override" in client_as(ada).get(f"{here}activity/").content.decode()
    assert _Api("admin", grace)("get", f"pools/{pool.pk}")[0] == 404
    assert "Ada has left" in client.get("/w/acme/settings/confidential/").content.decode()
    AccessOverride.objects.update(expires_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert client.get(here).status_code == 404


def test_a_recruiter_has_no_override(scope: Workspace, ada: User, client_as: As) -> None:
    assert client_as(ada).post("/w/acme/settings/confidential/", {"reason": "x"}).status_code == 403


def test_an_override_ends_early(scope: Workspace, ada: User, grace: User, client_as: As) -> None:
    pool = pools.create(draft=pools.Draft(NAME, visibility="private"), by=ada)
    client = client_as(grace)
    client.post("/w/acme/settings/confidential/", {"reason": "Audit"})
    opened = AccessOverride.objects.get()

    client.post(f"/w/acme/settings/confidential/{opened.pk}/")

    assert client.get(f"/w/acme/pools/{pool.pk}/").status_code == 404


class _Api:
    """A program with a key of this role, made by somebody or by nobody."""

    def __init__(self, role: str, by: User | None) -> None:
        key = api_keys.create(name="Test", role=role, scopes=[], by=by).text
        self.client = ScopelessClient(headers={"Authorization": f"Bearer {key}"})

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(self.client, method)(f"/api/v1/{path}", **sent)
        return answer.status_code, answer.json() if answer.content else None
