import datetime as dt
from dataclasses import replace

import pytest

from analytics.actions import pool_mixes
from analytics.models import PoolMix
from analytics.policies.figures import PoolFigure
from analytics.queries import people, pool_health
from analytics.queries.dashboards.pools import pools
from crm.models import User, Workspace
from crm.policies import engagement
from talentpools.models import Member, Pool, Segment, SegmentMember
from tests.analytics.histories import NOW, at, in_pool, question
from tests.analytics.worked import told
from tests.factories import CandidateFactory


def _days_ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def test_pool_health_worked_example(scope: Workspace) -> None:
    """docs/kpis.md, "Pool health": four people, two of them reachable, one warm."""
    pool = Pool.objects.create(name="Engineering")
    warm = CandidateFactory.create(
        consent="granted",
        engagement_key=engagement.key_for_score(20, NOW),
        last_contacted_at=_days_ago(40),
        consent_expires_at=NOW + dt.timedelta(days=29),
    )
    cold = CandidateFactory.create(
        consent="granted", engagement_key=engagement.key_for_score(10, NOW), last_contacted_at=_days_ago(80)
    )
    bounced = CandidateFactory.create(
        consent="granted", email_state="bounced", last_contacted_at=_days_ago(92)
    )
    unasked = CandidateFactory.create()
    for person in (warm, cold, bounced, unasked):
        in_pool(person, at(1), pool)
    in_pool(CandidateFactory.create(archived_at=at(2)), at(1), pool)
    gone = in_pool(CandidateFactory.create(), at(1), pool)
    gone.left_at = at(2)
    gone.save()

    assert pool_health.pool_health(question()) == [PoolFigure(pool.pk, "Engineering", 4, 2, 0.25, 1, 2, 1)]
    told("pool_health", 4, 2, 0.25, 1)
    counts = {
        group: people.people_behind("pool_health", group, question(), limit=10)[1]
        for group in pool_health.GROUPS
    }
    assert counts == {
        "people": 4, "reachable": 2, "warm": 1, "contacted_42": 1, "contacted_91": 2, "expiring": 1,
    }  # fmt: skip


def test_empty_pool_and_filters(scope: Workspace) -> None:
    empty = Pool.objects.create(name="Sales", role_family="sales")
    Pool.objects.create(name="Old", archived_at=at(1))
    Pool.objects.create(name="Engineering")

    assert pool_health.pool_health(question(role_families=("sales",))) == [
        PoolFigure(empty.pk, "Sales", 0, 0, None, 0, 0, 0)
    ]
    assert [pool.name for pool in pool_health.pool_health(question(pools=(empty.pk,)))] == ["Sales"]
    assert people.people_behind("pool_health", "people", question(pools=(empty.pk,)), limit=5) == ([], 0)


def test_of_many_people_what_was_counted_lately_answers_like_the_people_themselves(
    scope: Workspace, ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Pool.objects.create(name=name) for name in ("Engineering", "Sales"))
    hidden = Pool.objects.create(name="Board", visibility=Pool.Visibility.PRIVATE, owner=grace)
    segment = Segment.objects.create(name="Found", pool=second, rules={"match": "all", "rules": []})
    for place, inside in enumerate(([first], [first, second], [second, hidden], [hidden], [first])):
        person = CandidateFactory.create(consent="granted", last_contacted_at=_days_ago(20 * place))
        for pool in inside:
            in_pool(person, at(1), pool)
        if place == 1:
            SegmentMember.objects.create(
                segment=segment, candidate=person, entered_at=at(1), is_reviewed=True
            )
    readers = [replace(question(), reader=reader) for reader in (None, ada.pk, grace.pk)]
    readers.append(question(pools=(second.pk,)))
    direct = [pool_health.health(asked) for asked in readers]
    assert [whole.people for whole in direct] == [4, 4, 5, 2]

    pool_mixes.recount(now=NOW)
    assert not PoolMix.objects.exists()
    monkeypatch.setattr(pool_mixes, "MANY", 3)
    pool_mixes.recount(now=NOW)
    assert PoolMix.objects.count() == 4
    assert [pool_health.health(asked) for asked in readers] == direct

    Member.objects.all().delete()
    soon, later = NOW + dt.timedelta(minutes=3), NOW + dt.timedelta(minutes=16)
    pool_mixes.recount(now=soon)
    told = pool_health.health(replace(question(), now=soon))
    assert (told.people, told.counted_at) == (4, NOW)
    assert "As of 11:00, counted every few minutes" in pools(replace(question(), now=soon)).sections[0].note
    assert pool_health.health(replace(question(), now=later)).people == 1
    pool_mixes.recount(now=later)
    assert not PoolMix.objects.exists()
