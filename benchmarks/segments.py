"""Segment preview and first build, beside the SQL somebody would write by hand for the same question."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.report import Bench, Figure, once, p95
from crm.kernel.tenancy import workspace_scope
from crm.policies import engagement
from crm.queries import rules
from talentpools.actions import refreshes
from talentpools.models import Segment

RULES = [
    {"field": "role_family", "op": "in", "value": ["engineering", "sales"]},
    {"field": "engagement", "op": "gte", "value": 1},
    {"field": "country", "op": "in", "value": ["DE", "FR", "ES", "GB"]},
    {"activity": "event.attended", "op": "at_most", "count": 2, "within_days": 365},
    {"field": "skills", "op": "any_of", "value": ["Python", "Go", "PostgreSQL", "React"]},
]
POSITIVE = {"match": "all", "rules": RULES}
NEGATIVE = {"not": POSITIVE}

_MATCHING = """
    FROM crm_candidate_search c
    WHERE c.workspace_id = %(workspace)s AND c.role_family IN ('engineering', 'sales')
      AND c.engagement_key >= %(key)s AND c.country IN ('DE', 'FR', 'ES', 'GB')
      AND NOT EXISTS (
        SELECT 1 FROM (SELECT candidate_id FROM crm_event WHERE workspace_id = %(workspace)s
                       AND kind = 'event.attended' AND occurred_at BETWEEN %(since)s AND %(now)s
                       GROUP BY candidate_id HAVING count(*) > 2) e WHERE e.candidate_id = c.id)
      AND EXISTS (SELECT 1 FROM crm_candidateskill s WHERE s.workspace_id = %(workspace)s
                  AND s.candidate_id = c.id AND s.skill_id = ANY(%(skills)s))
"""
_COUNT = f"SELECT count(*) {_MATCHING}"
_COMPLEMENT = (
    f"SELECT (SELECT count(*) FROM crm_candidate_search WHERE workspace_id = %(workspace)s) - ({_COUNT})"
)
_BUILD = f"""
    WITH entered AS (
        INSERT INTO talentpools_segmentmember
            (workspace_id, segment_id, candidate_id, is_reviewed, entered_at, entered_by_version)
        SELECT %(workspace)s, %(segment)s, c.id, true, %(now)s, 1 {_MATCHING} RETURNING candidate_id)
    INSERT INTO crm_event (workspace_id, kind, candidate_id, occurred_at, recorded_at, ref, data)
    SELECT %(workspace)s, 'segment.entered', candidate_id, %(now)s, %(now)s, '', '{{}}' FROM entered
"""


class _Undo(Exception):
    """Takes a measured write back."""


def run(bench: Bench) -> Iterator[Figure]:
    """Preview, positive and negative, then the first build with its events."""
    now = timezone.now()
    with workspace_scope(bench.workspace_id):
        by_hand = _parameters(bench.workspace_id, now)
        assert rules.preview(POSITIVE, now=now).count == _one(_COUNT, by_hand)
        assert rules.preview(NEGATIVE, now=now).count == _one(_COMPLEMENT, by_hand)
        for name, tree, query in (("positive", POSITIVE, _COUNT), ("negative", NEGATIVE, _COMPLEMENT)):
            ours = p95(lambda tree=tree: rules.preview(tree, now=now))  # type: ignore[misc]
            floor = p95(lambda query=query: _one(query, by_hand))  # type: ignore[misc]
            yield Figure(f"preview, 5 rules, {name}, {bench.people:,}", ours, floor, "p95 ≤ 300 ms, ≤ 1.2 ×")
        yield _build(bench, now, by_hand)


def _build(bench: Bench, now: datetime, by_hand: dict[str, Any]) -> Figure:
    """Both with the deferred foreign keys checked, both taken back."""
    segment = Segment.objects.create(name=f"Bench {now.timestamp()}", rules=POSITIVE)
    ours = once(lambda: _taken_back(lambda: refreshes.refresh(segment=segment, now=now)))
    floor = once(lambda: _taken_back(lambda: _write(_BUILD, by_hand | {"segment": segment.pk})))
    segment.delete()
    return Figure(f"first build, 5 rules, {bench.people:,}", ours, floor, "≤ 3,000 ms, ≤ 1.5 ×")


def _taken_back(work: Any) -> None:
    try:
        with transaction.atomic():
            work()
            _write("SET CONSTRAINTS ALL IMMEDIATE", {})
            raise _Undo
    except _Undo:
        pass


def _parameters(workspace_id: int, now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM crm_skill WHERE folded IN ('python', 'go', 'postgresql', 'react')")
        skills = [row[0] for row in cursor.fetchall()]
    return {
        "workspace": workspace_id,
        "key": engagement.key_for_score(1, now),
        "now": now,
        "since": now - timedelta(days=365),
        "skills": skills,
    }


def _one(query: str, parameters: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def _write(query: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
