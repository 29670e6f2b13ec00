"""What a new workspace begins with."""

from django.db import transaction

from crm.models import User
from talentpools.actions import pools, segments
from talentpools.models import Pool, Segment
from talentpools.policies import starter_pools


@transaction.atomic
def install(by: User | None) -> list[Pool]:
    """Make the starter pools and their sub-segments; those that are there already stay as they are."""
    return [_pool(starter, by) for starter in starter_pools.pools()]


def _pool(starter: starter_pools.StarterPool, by: User | None) -> Pool:
    pool = Pool.objects.filter(name=starter.name, archived_at=None).first()
    if pool is None:
        draft = pools.Draft(starter.name, starter.description, starter.role_family)
        pool = pools.create(draft=draft, by=by)
    present = set(Segment.objects.filter(pool=pool).values_list("name", flat=True))
    for wanted in starter.segments:
        if wanted.name not in present:
            segment = segments.Draft(wanted.name, wanted.rules, wanted.description, pool=pool)
            segments.create(draft=segment, by=by)
    return pool
