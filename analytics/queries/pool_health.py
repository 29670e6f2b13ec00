"""How well each pool is, now: its people, who may be written to, who is warm, who was written to lately."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from analytics.policies.figures import PoolFigure, rate
from analytics.policies.questions import Question
from crm.models import SearchCandidate
from crm.queries.engagement import level_q, scale
from crm.queries.reachability import reachable_q
from talentpools.models import Pool
from talentpools.queries import pools

CONTACT_DAYS = (42, 91)
EXPIRY_DAYS = 30
GROUPS = ("people", "reachable", "warm", "contacted_42", "contacted_91", "expiring")


def pool_health(question: Question) -> list[PoolFigure]:
    """Per living pool the reader may know of, by name; of the filters only pools and role families apply.

    People of a pool's sub-segments are people of the pool, each counted once.
    """
    conditions = _conditions(question.now)
    return [_figure(pool, conditions) for pool in _pools(question)]


def unknown_pools(question: Question) -> list[int]:
    """The pools asked for that this reader may not know of, or that are not there."""
    asked = question.filters.pools
    known = pools.visible_to(question.reader).filter(pk__in=asked).values_list("pk", flat=True)
    return sorted(set(asked) - set(known)) if asked else []


def pool_people(group: str, question: Question) -> QuerySet[SearchCandidate]:
    """The people behind one figure of the pools asked for (the groups of its definition)."""
    inside = Q(pk__in=[])
    for pool in _pools(question):
        inside |= Q(pk__in=pools.people(pool).values("pk"))
    return SearchCandidate.objects.filter(inside).filter(_conditions(question.now)[group])


def _pools(question: Question) -> QuerySet[Pool]:
    found, filters = pools.visible_to(question.reader), question.filters
    if filters.pools:
        found = found.filter(pk__in=filters.pools)
    return found.filter(role_family__in=filters.role_families) if filters.role_families else found


def _figure(pool: Pool, conditions: dict[str, Q]) -> PoolFigure:
    counted = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    row: dict[str, Any] = pools.people(pool).aggregate(**counted)
    return PoolFigure(
        pool=pool.pk,
        name=pool.name,
        people=row["people"],
        reachable=row["reachable"],
        warm_or_hot_share=rate(row["warm"], row["people"]),
        contacted_42_days=row["contacted_42"],
        contacted_91_days=row["contacted_91"],
        consent_expiring_30_days=row["expiring"],
    )


def _conditions(now: datetime) -> dict[str, Q]:
    contacted = {
        f"contacted_{days}": Q(last_contacted_at__gte=now - timedelta(days=days), last_contacted_at__lte=now)
        for days in CONTACT_DAYS
    }
    return contacted | {
        "people": Q(pk__isnull=False),
        "reachable": reachable_q(now=now),
        "warm": level_q(["warm", "hot"], now=now, scale=scale()),
        "expiring": Q(
            consent="granted",
            consent_expires_at__gt=now,
            consent_expires_at__lte=now + timedelta(days=EXPIRY_DAYS),
        ),
    }
