import datetime as dt

from analytics.policies.figures import PoolFigure
from analytics.queries import people, pool_health
from crm.models import Workspace
from crm.policies import engagement
from talentpools.models import Pool
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
