import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, SavedView, User, Workspace
from talentpools.actions import access, members, pools
from talentpools.actions.pools import Draft
from talentpools.models import Member, Pool, Receipt
from tests.factories import CandidateFactory

As = Callable[[User], Client]


@pytest.fixture
def pool(scope: Workspace, ada: User) -> Pool:
    return pools.create(draft=Draft("Engineers", "Builders"), by=ada)


def test_pools_are_listed_with_figures(pool: Pool, ada: User, client_as: As) -> None:
    members.add(pool=pool, candidate_ids=[CandidateFactory.create().pk], by=ada)

    page = client_as(ada).get("/w/acme/pools/")

    assert page.status_code == 200
    assert "Engineers" in page.content.decode()
    assert [one.people for one in page.context["pools"]] == [1]


def test_the_figures_of_a_pool_are_its_size_its_depth_and_its_uses(
    pool: Pool, ada: User, grace: User, client_as: As
) -> None:
    reachable, mute = CandidateFactory.create(consent="granted"), CandidateFactory.create(email_state="none")
    members.add(pool=pool, candidate_ids=[reachable.pk, mute.pk], by=ada)
    asked = quote(json.dumps({"match": "all", "rules": [{"pool": pool.pk}]}))
    for owner, is_shared in ((ada, False), (grace, False), (grace, True)):
        name = f"{owner.name} {is_shared}"
        SavedView.objects.create(owner=owner, name=name, is_shared=is_shared, query=f"rules={asked}")
    now = timezone.now()
    Pool.objects.filter(pk=pool.pk).update(created_at=now - timedelta(days=60))
    Member.objects.filter(candidate=mute).update(
        entered_at=now - timedelta(days=40), left_at=now - timedelta(days=1)
    )

    page = client_as(ada).get(f"/w/acme/pools/{pool.pk}/figures/")

    assert (page.context["depth"].people, page.context["depth"].reachable) == (1, 1)
    assert [size for _, size in page.context["chart"]["rows"]] == [1, 1, 1, 0, 0, 0]
    assert [use.name for use in page.context["uses"]] == ["Ada False", "Grace True"]


def test_an_outsider_finds_nothing(pool: Pool, mallory: User, client_as: As) -> None:
    for path in ("pools/", f"pools/{pool.pk}/", "pools/segments/", "pools/new/"):
        assert client_as(mallory).get(f"/w/acme/{path}").status_code == 404
    assert client_as(mallory).get(f"/w/rival/pools/{pool.pk}/").status_code == 404


def test_a_hiring_manager_may_not_see_pools(pool: Pool, harry: User, client_as: As) -> None:
    assert client_as(harry).get("/w/acme/pools/").status_code == 403


def test_an_analyst_sees_pools_and_changes_none(pool: Pool, ana: User, client_as: As) -> None:
    client = client_as(ana)

    assert client.get(f"/w/acme/pools/{pool.pk}/").status_code == 200
    assert client.post("/w/acme/pools/new/", {"name": "X"}).status_code == 403
    assert client.post("/w/acme/pools/members/", {"pool": pool.pk}).status_code == 403


def test_making_a_pool(scope: Workspace, ada: User, client_as: As) -> None:
    client = client_as(ada)

    answer = client.post("/w/acme/pools/new/", {"name": "Sales", "visibility": "workspace"})

    made = Pool.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/w/acme/pools/{made.pk}/")
    again = client.post("/w/acme/pools/new/", {"name": "Sales", "visibility": "workspace"})
    assert again.status_code == 422
    assert client.post("/w/acme/pools/new/", {"name": ""}).status_code == 422
    assert Pool.objects.count() == 1


def test_a_private_pool_is_its_owners_alone(scope: Workspace, ada: User, grace: User, client_as: As) -> None:
    secret = pools.create(draft=Draft("Leavers", visibility="private"), by=ada)

    assert client_as(ada).get(f"/w/acme/pools/{secret.pk}/").status_code == 200
    assert client_as(grace).get(f"/w/acme/pools/{secret.pk}/").status_code == 404
    assert "Leavers" not in client_as(grace).get("/w/acme/pools/").content.decode()


def test_guests_see_a_confidential_pool(scope: Workspace, ada: User, grace: User, client_as: As) -> None:
    secret = pools.create(draft=Draft("CFO search", visibility="confidential"), by=ada)
    assert client_as(grace).get(f"/w/acme/pools/{secret.pk}/").status_code == 404

    access.name_guests(kept=secret, user_ids={grace.pk}, by=ada)

    assert client_as(grace).get(f"/w/acme/pools/{secret.pk}/").status_code == 200


def test_adding_people_leaves_a_receipt_that_undoes(pool: Pool, ada: User, client_as: As) -> None:
    first, second = CandidateFactory.create(), CandidateFactory.create()
    members.add(pool=pool, candidate_ids=[first.pk], by=ada)
    client = client_as(ada)

    client.post("/w/acme/pools/members/", {"pool": pool.pk, "ids": [first.pk, second.pk]})

    receipt = Receipt.objects.latest("pk")
    assert (receipt.changed, receipt.unchanged) == (1, 1)
    assert _inside(pool) == {first.pk, second.pk}
    client.post(f"/w/acme/pools/receipts/{receipt.pk}/undo/")
    assert _inside(pool) == {first.pk}
    assert client.post(f"/w/acme/pools/receipts/{receipt.pk}/undo/").status_code == 409


def test_adding_all_results_of_a_list(pool: Pool, ada: User, client_as: As) -> None:
    german = CandidateFactory.create(country="DE")
    CandidateFactory.create(country="FR")

    client_as(ada).post("/w/acme/pools/members/", {"pool": pool.pk, "all": "1", "query": "country=DE"})

    assert _inside(pool) == {german.pk}


def test_taking_people_out_keeps_their_stay(pool: Pool, ada: User, client_as: As) -> None:
    someone = CandidateFactory.create()
    members.add(pool=pool, candidate_ids=[someone.pk], by=ada)

    client_as(ada).post(f"/w/acme/pools/{pool.pk}/removals/", {"ids": [someone.pk]})

    assert _inside(pool) == set()
    assert Member.objects.get().left_at is not None
    client_as(ada).post(f"/w/acme/pools/receipts/{Receipt.objects.latest('pk').pk}/undo/")
    assert _inside(pool) == {someone.pk}


def test_people_of_another_workspace_are_never_added(
    pool: Pool, ada: User, workspace: Workspace, client_as: As
) -> None:
    members.add(pool=pool, candidate_ids=[10**12], by=ada)

    assert _inside(pool) == set()


def test_a_list_of_pools_asks_the_same_with_more_people(
    pool: Pool, ada: User, client_as: As, django_assert_max_num_queries: Callable[..., object]
) -> None:
    people = [CandidateFactory.create().pk for _ in range(3)]
    members.add(pool=pool, candidate_ids=people, by=ada)
    client = client_as(ada)

    with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
        assert client.get(f"/w/acme/pools/{pool.pk}/").status_code == 200


def test_the_profile_panel_says_what_somebody_is_in(pool: Pool, ada: User, client_as: As) -> None:
    someone: Candidate = CandidateFactory.create()
    members.add(pool=pool, candidate_ids=[someone.pk], by=ada)

    page = client_as(ada).get(f"/w/acme/candidates/{someone.pk}/groups/")

    assert "Engineers" in page.content.decode()


def test_archiving_is_refused_while_a_rule_names_it(pool: Pool, grace: User, client_as: As) -> None:
    from talentpools.actions import segments

    draft = segments.Draft("Kept warm", {"match": "all", "rules": [{"pool": pool.pk}]})
    segments.create(draft=draft, by=grace)

    assert "Kept warm" in client_as(grace).get(f"/w/acme/pools/{pool.pk}/edit/").content.decode()
    assert client_as(grace).post(f"/w/acme/pools/{pool.pk}/archive/").status_code == 409
    assert Pool.objects.get(pk=pool.pk).archived_at is None


def test_archiving_is_refused_while_sub_segments_live_there(pool: Pool, grace: User, client_as: As) -> None:
    from talentpools.actions import segments

    tree = {"field": "country", "op": "eq", "value": "DE"}
    made = segments.create(draft=segments.Draft("Germans", tree, pool=pool), by=grace)

    assert client_as(grace).post(f"/w/acme/pools/{pool.pk}/archive/").status_code == 409
    segments.delete(segment=made, by=grace)
    assert client_as(grace).post(f"/w/acme/pools/{pool.pk}/archive/").status_code == 302
    assert not Pool.objects.filter(archived_at=None).exists()


def _inside(pool: Pool) -> set[int]:
    with workspace_scope(pool.workspace_id or 0):
        stays = Member.objects.filter(pool=pool, left_at=None)
        return set(stays.values_list("candidate_id", flat=True))
