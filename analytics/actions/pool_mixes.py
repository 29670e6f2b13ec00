from datetime import datetime, timedelta

from django.db import transaction

from analytics.models import PoolMix
from analytics.queries.pool_health import mixes
from talentpools.models import Member, SegmentMember

MANY = 20_000
"""So many stays in pools are counted while a page waits; of more, every few minutes."""
EVERY = timedelta(minutes=4)


@transaction.atomic
def recount(*, now: datetime) -> None:
    """Count who is in which pools, where that is many and was not done lately."""
    if PoolMix.objects.filter(counted_at__gt=now - EVERY).exists():
        return
    if not _are_many():
        PoolMix.objects.all().delete()
        return
    found = mixes(None, now=now)
    PoolMix.objects.all().delete()
    PoolMix.objects.bulk_create(
        (PoolMix(pools=sorted(mix.pools), counted_at=now, **mix.counts) for mix in found), batch_size=5_000
    )


def _are_many() -> bool:
    stays = 0
    for model in (Member, SegmentMember):
        stays += model.objects.filter(left_at=None)[:MANY].count()
    return stays >= MANY
