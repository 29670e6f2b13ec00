"""Pools as their readers may see them, with the people in them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from crm.models import SearchCandidate
from crm.policies import engagement
from crm.policies.rules.catalogue import fields
from crm.policies.rules.tree import FieldRule
from crm.queries import candidates, rule_fields, rules
from crm.queries.candidates import Filters
from crm.queries.engagement import scale
from talentpools.models import Member, Pool, Segment, SegmentMember
from talentpools.queries.visibility import visible_pools, visible_segments

GROWTH_DAYS = 30
visible_to = visible_pools
segments_visible_to = visible_segments


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """A pool in the list: people of the pool and its sub-segments, each counted once."""

    pool: Pool
    people: int
    reachable: int
    growth: int
    segments: tuple[Segment, ...]

    @property
    def reachable_share(self) -> int:
        return round(100 * self.reachable / self.people) if self.people else 0

    @property
    def share_text(self) -> str:
        return f"{self.reachable_share} %"

    @property
    def growth_text(self) -> str:
        return f"{self.growth:+,}" if self.growth else "0"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the pool: the score now, and how they came to be in."""

    person: SearchCandidate
    score: int | None
    level: str
    reasons: tuple[str, ...]


def people(pool: Pool) -> QuerySet[SearchCandidate]:
    """Everybody in the pool: put there by somebody, or by one of its sub-segments."""
    return SearchCandidate.objects.filter(_in_pool(pool))


def members(pool: Pool) -> QuerySet[Member]:
    """The stays of those somebody put there, the newest first."""
    stays = Member.objects.filter(pool=pool, left_at=None)
    return stays.select_related("candidate", "added_by").order_by("-entered_at", "-pk")


def listed(pool: Pool, filters: Filters, *, sort: str, now: datetime) -> QuerySet[SearchCandidate]:
    """The people of the pool a list shows, the most engaged first unless asked otherwise."""
    found = candidates.search(filters, now=now).filter(_in_pool(pool))
    return candidates.ordered(found, sort or "-engagement")


def rows(pool: Pool, page: Sequence[SearchCandidate], *, now: datetime) -> list[PersonRow]:
    """The people of one page, each with their score and why they are in the pool."""
    ids = [person.pk for person in page]
    reasons: dict[int, list[str]] = {pk: [] for pk in ids}
    for stay in members(pool).filter(candidate_id__in=ids):
        reasons[stay.candidate_id].append("by hand")
    filled = SegmentMember.objects.filter(
        segment__pool=pool, candidate_id__in=ids, left_at=None, is_reviewed=True
    )
    for stay_in in filled.select_related("segment").order_by("segment__name", "pk"):
        reasons[stay_in.candidate_id].append(stay_in.segment.name)
    scored = scale()
    return [_row(person, reasons[person.pk], now, scored) for person in page]


def _row(person: SearchCandidate, reasons: list[str], now: datetime, scored: engagement.Scale) -> PersonRow:
    key = person.engagement_key
    score = None if key is None else engagement.shown(engagement.score_at(key, now, scored))
    return PersonRow(person, score, engagement.level_at(key, now, scored), tuple(reasons))


def with_figures(pools: Iterable[Pool], *, now: datetime) -> list[PoolFigures]:
    """Each pool with its figures. Four statements and the language, however many pools."""
    shown = list(pools)
    ids = [pool.pk for pool in shown]
    by_pool: dict[int, list[Segment]] = {}
    for segment in Segment.objects.filter(pool__in=ids).order_by("name", "pk"):
        by_pool.setdefault(segment.pool_id or 0, []).append(segment)
    sizes, growth = _sizes(ids, now), _growth(ids, now - timedelta(days=GROWTH_DAYS))
    return [
        PoolFigures(pool, *sizes.get(pool.pk, (0, 0)), growth[pool.pk], tuple(by_pool.get(pool.pk, ())))
        for pool in shown
    ]


def figures(pool: Pool, *, now: datetime) -> PoolFigures:
    """One pool with its figures."""
    return with_figures([pool], now=now)[0]


def _sizes(pool_ids: list[int], now: datetime) -> dict[int, tuple[int, int]]:
    """People and reachable people by pool; somebody in by two ways counts once."""
    if not pool_ids:
        return {}
    rule = FieldRule(fields()["reachable"], "is_true")
    is_reachable = rule_fields.condition(rule, rules.language().clock(now), is_wanted=True)
    living = SearchCandidate.objects.annotate(is_reachable=ExpressionWrapper(is_reachable, BooleanField()))
    people, given = living.values("id", "is_reachable").query.sql_with_params()
    stays = Member.objects.filter(pool__in=pool_ids, left_at=None).values("pool_id", "candidate_id")
    filled = SegmentMember.objects.filter(segment__pool__in=pool_ids, left_at=None, is_reviewed=True)
    inside, asked = stays.union(filled.values("segment__pool_id", "candidate_id")).query.sql_with_params()
    statement = (
        "SELECT inside.pool_id, count(*), count(*) FILTER (WHERE people.is_reachable)"  # noqa: S608 - from the models
        f" FROM ({inside}) AS inside JOIN ({people}) AS people ON people.id = inside.candidate_id"
        " GROUP BY inside.pool_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*asked, *given])
        return {pool_id: (count, reachable) for pool_id, count, reachable in cursor.fetchall()}


def _growth(pool_ids: list[int], since: datetime) -> Counter[int]:
    """How many more people than then: those who came since and stay, less those who left since."""
    came = Count("pk", filter=Q(entered_at__gte=since, left_at=None))
    left = Count("pk", filter=Q(entered_at__lt=since, left_at__gte=since))
    stays = Member.objects.filter(pool__in=pool_ids).values_list("pool_id")
    filled = SegmentMember.objects.filter(segment__pool__in=pool_ids, is_reviewed=True)
    growth: Counter[int] = Counter()
    for found in (stays, filled.values_list("segment__pool_id")):
        for pool_id, more in found.order_by().annotate(more=came - left):
            growth[pool_id] += more
    return growth


def _in_pool(pool: Pool) -> Q:
    stays = Member.objects.filter(pool=pool, left_at=None).values("candidate_id")
    filled = SegmentMember.objects.filter(segment__pool=pool, left_at=None, is_reviewed=True)
    return Q(pk__in=stays.union(filled.values("candidate_id"), all=True))
