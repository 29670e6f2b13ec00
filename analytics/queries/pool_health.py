"""How well each pool is, now: its people, who may be written to, who is warm, who was written to lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from analytics.policies.figures import PoolFigure, rate
from analytics.policies.questions import Question
from crm.kernel.tenancy import current_workspace_id
from crm.models import SearchCandidate
from crm.policies import engagement
from crm.queries.reachability import reachable_q
from talentpools.models import Member, Pool

CONTACT_DAYS = (42, 91)
EXPIRY_DAYS = 30
GROUPS = ("people", "reachable", "warm", "contacted_42", "contacted_91", "expiring")


def pool_health(question: Question) -> list[PoolFigure]:
    """Per living pool, by name; of the filters only pools and role families apply."""
    filters = question.filters
    pools = Pool.objects.filter(archived_at=None)
    if filters.pools:
        pools = pools.filter(pk__in=filters.pools)
    if filters.role_families:
        pools = pools.filter(role_family__in=filters.role_families)
    counts = {row["pool_id"]: row for row in _counts(pools, question.now)}
    nobody = dict.fromkeys(("people", "reachable", "warm", "contacted_42", "contacted_91", "expiring"), 0)
    return [
        PoolFigure(
            pool=pool.pk,
            name=pool.name,
            people=row["people"],
            reachable=row["reachable"],
            warm_or_hot_share=rate(row["warm"], row["people"]),
            contacted_42_days=row["contacted_42"],
            contacted_91_days=row["contacted_91"],
            consent_expiring_30_days=row["expiring"],
        )
        for pool in pools.order_by("name", "pk")
        for row in [counts.get(pool.pk, nobody)]
    ]


def reachable_people(now: datetime) -> QuerySet[SearchCandidate]:
    """Living people of this workspace whom we may write to now."""
    return SearchCandidate.objects.filter(reachable_q(now=now))


def pool_people(group: str, *, pools: Sequence[int], now: datetime) -> QuerySet[SearchCandidate]:
    """The people behind one figure of a pool (the groups of its definition)."""
    members = Member.objects.filter(left_at=None, pool__archived_at=None)
    if pools:
        members = members.filter(pool_id__in=pools)
    people = SearchCandidate.objects.filter(pk__in=members.values("candidate_id"))
    if group == "reachable":
        return people.filter(pk__in=reachable_people(now).values("pk"))
    return people if group == "people" else people.filter(_conditions(now)[group])


def _counts(pools: QuerySet[Pool], now: datetime) -> list[dict[str, Any]]:
    living = Member.objects.filter(
        workspace_id=current_workspace_id(),
        pool__in=pools,
        left_at=None,
        candidate__archived_at=None,
        candidate__anonymized_at=None,
        candidate__merged_into=None,
    )
    reachable = Q(candidate_id__in=reachable_people(now).values("pk"))
    counted = {name: Count("pk", filter=_of_member(q)) for name, q in _conditions(now).items()}
    found = living.values("pool_id").annotate(
        people=Count("pk"), reachable=Count("pk", filter=reachable), **counted
    )
    return [dict(row) for row in found.order_by()]


def _conditions(now: datetime) -> dict[str, Q]:
    contacted = {
        f"contacted_{days}": Q(last_contacted_at__gte=now - timedelta(days=days), last_contacted_at__lte=now)
        for days in CONTACT_DAYS
    }
    return contacted | {
        "warm": Q(engagement_key__gte=engagement.key_for_score(engagement.WARM, now)),
        "expiring": Q(
            consent="granted",
            consent_expires_at__gt=now,
            consent_expires_at__lte=now + timedelta(days=EXPIRY_DAYS),
        ),
    }


def _of_member(condition: Q) -> Q:
    """The same condition seen from a member of a pool."""
    return Q(*[(f"candidate__{name}", value) for name, value in condition.children])  # type: ignore[misc]
