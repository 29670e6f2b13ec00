"""The templates of pools as the gallery shows them: each rule aloud, and whom it would find here today."""

from dataclasses import dataclass
from datetime import datetime

from crm.queries import rules
from talentpools.models import Segment
from talentpools.policies import starter_pools
from talentpools.policies.starter_pools import StarterPool, StarterSegment
from talentpools.queries import pools, rule_readings
from talentpools.queries.rule_readings import Reading


@dataclass(frozen=True, slots=True)
class SegmentOffer:
    """A sub-segment one may have: how many people it would hold now. `segment_id` is set when it is here."""

    template: StarterSegment
    reading: Reading | None
    people: int
    segment_id: int | None


@dataclass(frozen=True, slots=True)
class PoolOffer:
    """A pool one may have, with its sub-segments. `pool_id` is set when it is here already."""

    template: StarterPool
    segments: tuple[SegmentOffer, ...]
    pool_id: int | None

    @property
    def is_complete(self) -> bool:
        return self.pool_id is not None and all(one.segment_id for one in self.segments)


def offers(*, user_id: int, now: datetime) -> list[PoolOffer]:
    """Every template with its live counts, one statement for each rule."""
    here = {pool.name: pool.pk for pool in pools.visible_to(user_id)}
    known = Segment.objects.filter(pool__in=here.values()).values_list("pool_id", "name", "pk")
    made = {(pool_id or 0, name): pk for pool_id, name, pk in known}
    spoken = rules.language()
    return [
        PoolOffer(
            starter,
            tuple(
                SegmentOffer(
                    one,
                    rule_readings.read(one.rules, spoken),
                    rules.people(rules.parse(one.rules, spoken), now=now, spoken=spoken).count(),
                    made.get((here.get(starter.name, 0), one.name)),
                )
                for one in starter.segments
            ),
            here.get(starter.name),
        )
        for starter in starter_pools.pools()
    ]
