"""Pools and sub-segments from their templates: what a new workspace begins with, or what somebody picks."""

from collections.abc import Collection

from django.db import transaction

from crm.models import User
from talentpools.actions import pools, segments
from talentpools.models import Pool, Segment
from talentpools.policies import starter_pools


@transaction.atomic
def install(by: User | None) -> list[Pool]:
    """Make every pool and sub-segment there is a template for; those that are there stay as they are."""
    return make(keys=[one.key for starter in starter_pools.pools() for one in starter.segments], by=by)


@transaction.atomic
def make(*, keys: Collection[str], by: User | None) -> list[Pool]:
    """The sub-segments of these keys, each under the pool of its family, which is made if it is missing.

    An unknown key is passed over; what has the same name already stays as it is. Returns the pools.
    """
    wanted = set(keys)
    return [
        _pool(starter, wanted, by)
        for starter in starter_pools.pools()
        if wanted & {starter.role_family, *(one.key for one in starter.segments)}
    ]


def _pool(starter: starter_pools.StarterPool, wanted: set[str], by: User | None) -> Pool:
    pool = Pool.objects.filter(name=starter.name, archived_at=None).first()
    if pool is None:
        draft = pools.Draft(starter.name, starter.description, starter.role_family)
        pool = pools.create(draft=draft, by=by)
    present = set(Segment.objects.filter(pool=pool).values_list("name", flat=True))
    for one in starter.segments:
        if one.key in wanted and one.name not in present:
            segment = segments.Draft(one.name, one.rules, one.description, pool=pool)
            segments.create(draft=segment, by=by)
    return pool
