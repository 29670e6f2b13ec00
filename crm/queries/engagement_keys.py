"""Everybody's key from their signals, as SQL over a batch of people: crm/policies/engagement.py in sets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from crm.kernel.tenancy import current_workspace_id
from crm.models import SearchCandidate
from crm.policies import engagement
from crm.policies.engagement import ONLY_WHEN_HUMAN, Level, Scale

SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Shift:
    """How many people would move from one level to another."""

    before: Level
    after: Level
    people: int

    @property
    def is_move(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Preview:
    """What another scale would do. `sampled` people were looked at; with more of them, figures scale up."""

    shifts: tuple[Shift, ...]
    sampled: int
    people: int

    @property
    def moved(self) -> int:
        return sum(shift.people for shift in self.shifts if shift.is_move)

    @property
    def is_exact(self) -> bool:
        return self.sampled == self.people


def preview(wanted: Scale, current: Scale, *, now: datetime) -> Preview:
    """Who would change level; beyond 20,000 people with signals, from an even sample. Two statements."""
    engaged = SearchCandidate.objects.filter(last_engaged_at__isnull=False)
    people = engaged.count()
    step = max(1, -(-people // SAMPLE))
    sampled = engaged.extra(where=["id %% %s = 0"], params=[step]) if step > 1 else engaged
    stored = dict(sampled.order_by().values_list("pk", "engagement_key"))
    computed = keys_of(sorted(stored), wanted)
    counts = Counter(
        (engagement.level_at(key, now, current), engagement.level_at(computed.get(pk), now, wanted))
        for pk, key in stored.items()
    )
    factor = people / len(stored) if stored else 1
    shifts = [Shift(before, after, round(count * factor)) for (before, after), count in counts.items()]
    order = {level: place for place, level in enumerate(("none", "cold", "warm", "hot"))}
    shifts.sort(key=lambda shift: (order[shift.before], order[shift.after]))
    return Preview(tuple(shifts), len(stored), people)


def keys_of(candidate_ids: Sequence[int], scale: Scale) -> dict[int, float]:
    """The keys of these people by that scale; who has no signal that weighs something is not there."""
    with connection.cursor() as cursor:
        cursor.execute(f"{KEYS} SELECT candidate_id, key FROM keys", parameters(candidate_ids, scale))  # noqa: S608
        return dict(cursor.fetchall())


def parameters(candidate_ids: Sequence[int], scale: Scale) -> dict[str, Any]:
    """What `KEYS` is asked with."""
    weighing = {kind: float(weight) for kind, weight in scale.weights.items() if weight > 0}
    return {
        "workspace": current_workspace_id(),
        "ids": list(candidate_ids),
        "kinds": list(weighing),
        "weights": list(weighing.values()),
        "shared": sorted(ONLY_WHEN_HUMAN),
        "half_life": scale.half_life,
        "epoch": scale.epoch,
    }


# The j-th earlier signal of the same kind within 24 h halves the weight, down to an eighth. The frame holds
# every signal of the same instant, so those with a later id are taken off again.
KEYS = """
    WITH weighing (kind, weight) AS (SELECT * FROM unnest(%(kinds)s::text[], %(weights)s::float8[])),
    disproved AS (
        SELECT (data->>'event')::bigint AS id FROM crm_event
        WHERE workspace_id = %(workspace)s AND candidate_id = ANY(%(ids)s)
          AND kind = 'message.click_disproved' AND data->>'event' IS NOT NULL
    ), signals AS (
        SELECT e.candidate_id, e.kind, e.occurred_at, e.id, w.weight
        FROM crm_event e JOIN weighing w ON w.kind = e.kind
        WHERE e.workspace_id = %(workspace)s AND e.candidate_id = ANY(%(ids)s)
          AND (e.kind <> ALL(%(shared)s) OR coalesce(e.data->>'human', '') IN ('true', 'human')
               OR coalesce(e.data->>'actor', '') = 'human')
          AND NOT EXISTS (SELECT 1 FROM disproved d WHERE d.id = e.id)
    ), counted AS (
        SELECT candidate_id, weight, occurred_at,
               count(*) OVER (PARTITION BY candidate_id, kind ORDER BY occurred_at
                              RANGE BETWEEN interval '24 hours' PRECEDING AND CURRENT ROW)
               - count(*) OVER (PARTITION BY candidate_id, kind, occurred_at)
               + row_number() OVER (PARTITION BY candidate_id, kind, occurred_at ORDER BY id) - 1 AS earlier
        FROM signals
    ), terms AS (
        SELECT candidate_id,
               ln(weight * power(0.5::float8, least(earlier, 3)::float8)) / ln(2::float8)
               + (extract(epoch FROM occurred_at)::float8 / 86400 - %(epoch)s) / %(half_life)s AS term
        FROM counted
    ), largest AS (
        SELECT candidate_id, term, max(term) OVER (PARTITION BY candidate_id) AS top FROM terms
    ), keys AS (
        SELECT candidate_id,
               max(top) + ln(sum(power(2::float8, term - top))) / ln(2::float8) AS key
        FROM largest GROUP BY candidate_id
    )
"""
