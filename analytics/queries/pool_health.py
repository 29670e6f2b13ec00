"""How well each pool is, now: its people, who may be written to, who is warm, who was written to lately."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, QuerySet, When

from analytics.models import PoolMix
from analytics.policies.figures import PoolFigure, rate
from analytics.policies.questions import Question
from analytics.queries.statements import Relation
from crm.kernel.tenancy import current_workspace_id
from crm.models import SearchCandidate
from crm.queries.engagement import level_q, scale
from crm.queries.reachability import reachable_q
from talentpools.models import Pool
from talentpools.queries import pools

CONTACT_DAYS = (42, 91)
EXPIRY_DAYS = 30
TRUSTED_FOR = timedelta(minutes=15)
"""What is kept is counted anew every few minutes; older than this it is not believed."""
GROUPS = ("people", "reachable", "warm", "contacted_42", "contacted_91", "expiring")

# Stays in pools that nobody is counted for: `known` are the pools asked about.
LEFT_OUT = Relation(
    "pool_left_out",
    """
    SELECT stay.pool_id, stay.candidate_id, stay.entered_at, stay.is_reviewed, c.archived_at, c.anonymized_at
    FROM (
        SELECT m.pool_id, m.candidate_id, m.entered_at, true AS is_reviewed FROM talentpools_member m
        WHERE m.workspace_id = %(workspace)s AND m.left_at IS NULL AND m.pool_id = ANY(%(known)s::bigint[])
          AND NOT EXISTS (SELECT FROM crm_candidate living
            WHERE living.workspace_id = %(workspace)s AND living.id = m.candidate_id
            AND living.archived_at IS NULL AND living.anonymized_at IS NULL AND living.merged_into_id IS NULL)
        UNION ALL
        SELECT g.pool_id, f.candidate_id, f.entered_at, f.is_reviewed FROM talentpools_segmentmember f
        JOIN talentpools_segment g ON g.workspace_id = %(workspace)s AND g.id = f.segment_id
        WHERE f.workspace_id = %(workspace)s AND f.left_at IS NULL AND g.pool_id = ANY(%(known)s::bigint[])
          AND NOT EXISTS (SELECT FROM talentpools_member m WHERE m.workspace_id = %(workspace)s
            AND m.left_at IS NULL AND m.pool_id = g.pool_id AND m.candidate_id = f.candidate_id)
          AND (NOT f.is_reviewed OR NOT EXISTS (SELECT FROM crm_candidate living
            WHERE living.workspace_id = %(workspace)s AND living.id = f.candidate_id
            AND living.archived_at IS NULL AND living.anonymized_at IS NULL
            AND living.merged_into_id IS NULL))
    ) stay
    JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = stay.candidate_id
    """,
)


@dataclass(frozen=True, slots=True)
class Health:
    """Every pool's figures; and how many people there are in all of them, each counted once."""

    figures: list[PoolFigure]
    people: int
    reachable: int
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Mix:
    """How many people are in exactly these pools, by group."""

    pools: frozenset[int]
    counts: Mapping[str, int]


def pool_health(question: Question) -> list[PoolFigure]:
    """Per living pool the reader may know of, by name; of the filters only pools and role families apply.

    People of a pool's sub-segments are people of the pool, each counted once.
    """
    return health(question).figures


def health(question: Question) -> Health:
    """The same, what they come to together, and as of when.

    Of many people what was counted lately answers (PoolMix); else they are counted now.
    """
    asked = list(pools_of(question).values_list("pk", "name"))
    ids = {pk for pk, _ in asked}
    counted_at, found = _kept(question.now) or (question.now, mixes(list(ids), now=question.now))
    by_pool: dict[int, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for mix in found:
        for pool in mix.pools & ids:
            by_pool[pool].update(mix.counts)
        if mix.pools & ids:
            whole.update(mix.counts)
    figures = [_figure(pk, name, by_pool[pk]) for pk, name in asked]
    return Health(figures, whole["people"], whole["reachable"], counted_at)


def mixes(pool_ids: list[int] | None, *, now: datetime) -> list[Mix]:
    """Everybody in these pools, or in any, by exactly which of them they are in. One statement."""
    flags: dict[str, Any] = {
        f"is_{name}": Case(When(condition, then=True), default=False, output_field=BooleanField())
        for name, condition in _conditions(now).items()
    }
    people, given = SearchCandidate.objects.annotate(**flags).values("id", *flags).query.sql_with_params()
    here = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(
            _MIXED.replace("[people]", people),
            [here, pool_ids, pool_ids, here, here, pool_ids, pool_ids, *given],
        )
        return [Mix(frozenset(row[0]), dict(zip(GROUPS, row[1:], strict=True))) for row in cursor.fetchall()]


def _kept(now: datetime) -> tuple[datetime, list[Mix]] | None:
    """What was counted last, unless that is too long ago."""
    rows = list(PoolMix.objects.filter(counted_at__gt=now - TRUSTED_FOR, counted_at__lte=now))
    if not rows:
        return None
    found = [Mix(frozenset(row.pools), {name: getattr(row, name) for name in GROUPS}) for row in rows]
    return rows[0].counted_at, found


def unknown_pools(question: Question) -> list[int]:
    """The pools asked for that this reader may not know of, or that are not there."""
    asked = question.filters.pools
    known = pools.visible_to(question.reader).filter(pk__in=asked).values_list("pk", flat=True)
    return sorted(set(asked) - set(known)) if asked else []


def pool_people(group: str, question: Question) -> QuerySet[SearchCandidate]:
    """The people behind one figure of the pools asked for (the groups of its definition)."""
    inside = Q(pk__in=[])
    for pool in pools_of(question):
        inside |= Q(pk__in=pools.people(pool).values("pk"))
    return SearchCandidate.objects.filter(inside).filter(_conditions(question.now)[group])


def pools_of(question: Question) -> QuerySet[Pool]:
    found, filters = pools.visible_to(question.reader), question.filters
    if filters.pools:
        found = found.filter(pk__in=filters.pools)
    return found.filter(role_family__in=filters.role_families) if filters.role_families else found


# Each person once, with the pools they are in.
_MIXED = """
    SELECT stay.pools, [counts]
    FROM (
        SELECT inside.candidate_id, array_agg(DISTINCT inside.pool_id) AS pools
        FROM (
            SELECT m.pool_id, m.candidate_id FROM talentpools_member m
            WHERE m.workspace_id = %s AND m.left_at IS NULL
              AND (%s::bigint[] IS NULL OR m.pool_id = ANY(%s::bigint[]))
            UNION ALL
            SELECT g.pool_id, f.candidate_id FROM talentpools_segmentmember f
            JOIN talentpools_segment g ON g.workspace_id = %s AND g.id = f.segment_id
            WHERE f.workspace_id = %s AND f.left_at IS NULL AND f.is_reviewed AND g.pool_id IS NOT NULL
              AND (%s::bigint[] IS NULL OR g.pool_id = ANY(%s::bigint[]))
        ) inside
        GROUP BY inside.candidate_id
    ) stay
    JOIN ([people]) c ON c.id = stay.candidate_id
    GROUP BY stay.pools
""".replace("[counts]", ", ".join(f"count(*) FILTER (WHERE c.is_{name}) AS {name}" for name in GROUPS))


def _figure(pk: int, name: str, row: Mapping[str, int]) -> PoolFigure:
    return PoolFigure(
        pool=pk,
        name=name,
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
