import json
from collections.abc import Callable
from typing import Any

import pytest

from crm.actions import api_keys
from crm.kernel.reading import Reader, reading_as
from crm.kernel.tenancy import workspace_scope
from crm.models import Role, User, Workspace
from crm.policies.rules.places import InvalidRules
from crm.queries.rule_files import NotPortable
from journeys.models import Journey
from talentpools.actions import pool_files, pools, segments
from talentpools.actions.segments import Draft
from talentpools.models import Pool, Segment
from talentpools.policies.pool_files import InvalidFile, UnknownNames
from talentpools.queries import pool_files as files
from tests.conftest import outside_scope
from tests.factories import CandidateFactory, MembershipFactory, RequisitionFactory

GERMANS = {"match": "all", "rules": [{"field": "country", "op": "eq", "value": "DE"}]}
Call = Callable[..., Any]


def around(owner: User) -> dict[str, Any]:
    """What the rules below name, made in the workspace in scope."""
    return {
        "journey": Journey.objects.create(name="Keep in touch", draft={}).pk,
        "requisition": RequisitionFactory.create(title="Data lead", code="R-7").pk,
        "segment": segments.create(draft=Draft("Germans", GERMANS), by=None).pk,
        "pool": pools.create(draft=pools.Draft("Alumni"), by=None).pk,
        "owner": owner.pk,
    }


def naming(ids: dict[str, Any]) -> dict[str, Any]:
    return {
        "match": "any",
        "rules": [
            {"not": {"segment": ids["segment"]}},
            {"pool": ids["pool"]},
            {"journey": ids["journey"], "state": "active"},
            {"message": {"journey": ids["journey"], "was": "replied"}},
            {"application": {"requisition": ids["requisition"], "outcome": "rejected"}},
            {"match": "none", "rules": [{"field": "owner", "op": "in", "value": [ids["owner"]]}]},
        ],
    }


@pytest.fixture
def pool(scope: Workspace, grace: User) -> Pool:
    """Engineering: Everybody names things of every kind, Aces is built on it and names it too."""
    ids = around(grace)
    made = pools.create(draft=pools.Draft("Engineering", "Who builds", "engineering"), by=grace)
    wide = segments.create(draft=Draft("Everybody", naming(ids), pool=made), by=grace)
    aces = {"match": "all", "rules": [{"segment": wide.pk}, {"field": "country", "op": "eq", "value": "DE"}]}
    segments.create(draft=Draft("Aces", aces, "The best", pool=made, parent=wide, mode="review"), by=grace)
    return made


def test_a_pool_travels_to_another_workspace(pool: Pool, grace: User, rival: Workspace) -> None:
    document = json.loads(json.dumps(files.of_pool(pool)))
    MembershipFactory.create(workspace=rival, user=grace)

    with outside_scope(), workspace_scope(rival.pk):
        Pool.objects.create(name="Another first")
        ids = around(grace)
        CandidateFactory.create(country="DE")
        rehearsed = pool_files.rehearse(document=document, by=grace)
        assert not Pool.objects.filter(name="Engineering").exists()
        found = pool_files.bring_in(document=document, by=grace)
        wide, aces = Segment.objects.get(name="Everybody"), Segment.objects.get(name="Aces")
        again = pool_files.bring_in(document=document, by=grace)
        back = files.of_pool(found.pool or pool)

    assert wide.rules == naming(ids)
    assert (aces.rules["rules"][0], aces.parent_id, aces.mode) == ({"segment": wide.pk}, wide.pk, "review")
    assert [(one.noun, one.name, one.what) for one in found.changes] == [
        ("Pool", "Engineering", "new"),
        ("Segment", "Everybody", "new"),
        ("Segment", "Aces", "new"),
    ]
    assert rehearsed.changes == found.changes
    assert {one.what for one in again.changes} == {"same"}
    assert back == document


def test_names_that_are_not_here_are_listed_and_nothing_is_saved(
    pool: Pool, grace: User, rival: Workspace
) -> None:
    document = files.of_pool(pool)

    with outside_scope(), workspace_scope(rival.pk):
        for _ in range(2):
            Journey.objects.create(name="Keep in touch", draft={})
        with pytest.raises(UnknownNames) as refused:
            pool_files.bring_in(document=document, by=grace)
        assert not Pool.objects.exists()

    rules = "segments.0.rules.rules"
    assert refused.value.fields == {
        f"{rules}.0.not.segment": "There is no segment “Germans” here.",
        f"{rules}.1.pool": "There is no pool “Alumni” here.",
        f"{rules}.2.journey": "More than one journey here is called “Keep in touch”.",
        f"{rules}.3.message.journey": "More than one journey here is called “Keep in touch”.",
        f"{rules}.4.application.requisition": "There is no requisition “Data lead” here.",
        f"{rules}.5.rules.0.value": "There is no member “Grace” here.",
        "segments.1.parent": "There is no segment “Engineering: Everybody” here.",
        "segments.1.rules.rules.0.segment": "There is no segment “Engineering: Everybody” here.",
    }


def test_what_a_file_changes_is_said_in_words(pool: Pool, grace: User) -> None:
    document = files.of_pool(pool)
    document["description"] = "Who keeps it running"
    document["segments"] = document["segments"][1:]
    document["segments"][0]["rules"]["rules"][1]["value"] = "FR"

    changes = pool_files.rehearse(document=document, by=grace).changes

    said = {one.name: (one.what, [sign + line for sign, line in one.lines if sign != " "]) for one in changes}
    assert said == {
        "Engineering": ("changed", ["-Who builds", "+Who keeps it running"]),
        "Aces": ("changed", ["-\u2003Country is Germany", "+\u2003Country is France"]),
        "Everybody": ("kept", []),
    }
    pool.refresh_from_db()
    assert pool.description == "Who builds"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"nmae": "x"}, "nmae"),
        ({"name": ""}, "name"),
        ({"visibility": "public"}, "visibility"),
        ({"segments": {}}, "segments"),
        ({"segments": [3]}, "segments.0"),
        ({"segments": [{"name": "A", "rules": GERMANS}, {"name": "a", "rules": GERMANS}]}, "segments.1.name"),
        ({"segments": [{"name": "A", "rules": GERMANS, "mode": "magic"}]}, "segments.0.mode"),
        ({"segments": [{"name": "A", "rules": {"field": "shoe"}}]}, "segments.0.rules.field"),
        ({"segments": [{"name": "A", "rules": {"match": "all", "rules": []}}]}, "rules"),
    ],
)
def test_a_faulty_file_names_the_place_and_saves_nothing(
    scope: Workspace, grace: User, change: dict[str, Any], path: str
) -> None:
    document = {"format": "rekindle.pool/1", "name": "P", "segments": []} | change

    with pytest.raises((InvalidFile, InvalidRules)) as refused:
        pool_files.bring_in(document=document, by=grace)

    assert list(refused.value.fields) == [path]
    assert not Pool.objects.exists()


def test_names_the_reader_may_not_know_do_not_leave(pool: Pool, grace: User, ada: User) -> None:
    Pool.objects.filter(name="Alumni").update(visibility="confidential", owner=grace)

    with reading_as(Reader(ada.pk)), pytest.raises(NotPortable):
        files.of_pool(pool)


def test_the_api_exports_rehearses_and_imports(pool: Pool, client: Any) -> None:
    headers = {"Authorization": f"Bearer {api_keys.create(name='T', role=Role.ADMIN, scopes=[]).text}"}
    document = client.get(f"/api/v1/pools/{pool.pk}/file", headers=headers).json()
    wide = Segment.objects.get(name="Everybody")
    alone = client.get(f"/api/v1/segments/{wide.pk}/file", headers=headers).json()
    body: dict[str, Any] = {"file": document | {"description": "New"}, "dry_run": True}

    def post(sent: dict[str, Any]) -> Any:
        return client.post("/api/v1/pools/imports", sent, "application/json", headers=headers)

    rehearsed, done = post(body), post(body | {"dry_run": False})
    refused = post({"file": alone | {"pool": "Nowhere"}})

    assert (alone["format"], alone["pool"]) == ("rekindle.segment/1", "Engineering")
    assert (rehearsed.status_code, rehearsed.json()["pool"]) == (200, None)
    assert rehearsed.json()["changes"][0]["lines"][:2] == ["- Who builds", "+ New"]
    assert (done.status_code, done.json()["pool"]) == (201, pool.pk)
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_names")
