import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.models import User, Workspace
from talentpools.actions import pools
from talentpools.actions.pools import Draft
from talentpools.models import Pool, Segment, SegmentMember
from tests.factories import ApplicationFactory, CandidateFactory

As = Callable[[User], Client]
URL = "/w/acme/pools/templates/"


def test_each_rule_is_a_sentence_with_its_count(scope: Workspace, grace: User, client_as: As) -> None:
    person = CandidateFactory.create(role_family="sales")
    _turned_down(person, "timing")

    page = client_as(grace).get(URL)

    counts = {
        one.template.key: one.people
        for offer in page.context["offers"]
        for one in offer.segments
        if one.people
    }
    assert counts == {"sales:timing": 1}
    assert "timing or headcount" in page.content.decode()
    assert not Pool.objects.exists()


def test_the_chosen_ones_are_made_at_once(scope: Workspace, grace: User, client_as: As) -> None:
    wanted = ["sales:timing", "sales:alumni", "engineering:silver", "nonsense"]

    answer = client_as(grace).post(URL, {"template": wanted})

    assert (answer.status_code, answer["Location"]) == (302, "/w/acme/pools/")
    made = Segment.objects.order_by("pool__name", "name").values_list("pool__name", "name")
    assert list(made) == [
        ("Engineering", "Silver medalists"),
        ("Sales", "Alumni"),
        ("Sales", "Strong, wrong moment"),
    ]
    client_as(grace).post(URL, {"template": wanted})
    assert Segment.objects.count() == 3


def test_strong_people_turned_down_for_the_moment_are_found(
    scope: Workspace, grace: User, client_as: As
) -> None:
    timing, weak = CandidateFactory.create_batch(2, role_family="operations")
    _turned_down(timing, "timing")
    _turned_down(weak, "skills")

    client_as(grace).post(URL, {"template": ["operations:timing"]})

    assert [stay.candidate_id for stay in SegmentMember.objects.all()] == [timing.pk]


def test_nothing_chosen_is_said(scope: Workspace, grace: User, client_as: As) -> None:
    answer = client_as(grace).post(URL, {})

    assert answer.status_code == 422
    assert "Tick at least one" in answer.content.decode()


def test_a_recruiter_may_not_make_them(scope: Workspace, ada: User, client_as: As) -> None:
    assert client_as(ada).get(URL).status_code == 403


def test_the_gallery_asks_once_per_rule(
    scope: Workspace,
    grace: User,
    client_as: As,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    pools.create(draft=Draft("Sales"), by=grace)
    client = client_as(grace)
    with django_assert_max_num_queries(45):
        client.get(URL)


def _turned_down(person: object, reason: str) -> None:
    """Rejected yesterday in a first interview, for this reason."""
    ApplicationFactory.create(
        candidate=person,
        outcome="rejected",
        rejection_reason=reason,
        furthest_stage="interview",
        furthest_rank=2,
        ended_at=timezone.now() - dt.timedelta(days=1),
    )
