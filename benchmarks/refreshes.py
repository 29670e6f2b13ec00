"""Bringing a hundred stored segments up to date: nothing changed, 1 % changed, ten times as many people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.report import Bench, Figure, Memory, once, p95
from crm.actions import candidates
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate
from talentpools.actions import changes, refreshes
from talentpools.models import Segment

SEGMENTS = 100
FAMILIES = ("engineering", "sales", "operations", "customer_success")
COUNTRIES = ("DE", "FR", "ES", "PT", "GB", "US", "CH", "NL")
SKILLS = ("Python", "Go", "Django", "PostgreSQL", "Kubernetes", "React", "Salesforce", "Lean", "Zendesk")
STAGES = ("initial_interest", "screening", "interview_ready", "offer_ready")


def run(bench: Bench) -> Iterator[Figure]:
    """Refreshes as the background task does them; the floor asks the same hundred questions in plain SQL."""
    _prepare(bench.workspace_id)
    quiet = p95(lambda: _take_in(bench), times=5)
    yield Figure(f"refresh, nothing changed, {SEGMENTS} segments, {bench.people:,}", quiet, 0, "≤ 1,000 ms")
    for share in (1_000, 100):
        changed = _change(bench, share)
        memory = Memory()
        ours = once(lambda: _take_in(bench))
        floor = once(lambda changed=changed: _by_hand(bench, changed))  # type: ignore[misc]
        said = f"refresh, {len(changed):,} changed, {SEGMENTS} segments, {bench.people:,}"
        reach = "≤ 20,000 ms" if share == 100 else "a tenth of the next"
        yield Figure(said, ours, floor, reach, peak_mb=memory.grown_mb)


def _take_in(bench: Bench) -> None:
    # What follows from an event may be written later, so each look goes back two minutes: not here.
    changes.take_in(workspace_id=bench.workspace_id, now=timezone.now() + changes.AFTERMATH)


def _prepare(workspace_id: int) -> None:
    """A hundred segments, built once and kept; the watch stands at now."""
    with workspace_scope(workspace_id):
        known = set(Segment.objects.values_list("name", flat=True))
        missing = [number for number in range(SEGMENTS) if _name(number) not in known]
        Segment.objects.exclude(name__startswith="Bench segment ").delete()
    for number in missing:
        with workspace_scope(workspace_id):
            segment = Segment.objects.create(name=_name(number), rules=_rules(number))
            refreshes.refresh(segment=segment, now=timezone.now())
    changes.take_in(workspace_id=workspace_id, now=timezone.now())
    with workspace_scope(workspace_id):
        Segment.objects.update(swept_at=timezone.now())


def _name(number: int) -> str:
    return f"Bench segment {number}"


def _rules(number: int) -> dict[str, Any]:
    rules = [
        {"field": "role_family", "op": "eq", "value": FAMILIES[number % 4]},
        {"field": "country", "op": "in", "value": [COUNTRIES[number % 8], COUNTRIES[(number + 3) % 8]]},
        {"field": "skills", "op": "any_of", "value": [SKILLS[number % 9]]},
        {"field": "stage", "op": "eq", "value": STAGES[number // 4 % 4]},
    ]
    if number % 2:
        rules.append({"activity": "event.attended", "op": "at_most", "count": 2, "within_days": 365})
    return {"match": "all", "rules": rules}


def _change(bench: Bench, share: int) -> list[int]:
    """Move one person in so many to another stage, through the door people use."""
    with workspace_scope(bench.workspace_id):
        everybody = Candidate.objects.order_by("pk").values_list("pk", flat=True)
        chosen = list(everybody.extra(where=[f"id %% {share} = 7"])[: bench.people // share])
        for place, stage in enumerate(STAGES):
            candidates.set_stage(candidate_ids=chosen[place::4], stage=stage, by=None)
    return chosen


def _by_hand(bench: Bench, changed: list[int]) -> None:
    """Who of the changed people belongs, and who is a member: the two sides of each difference."""
    with workspace_scope(bench.workspace_id), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT folded, id FROM crm_skill WHERE workspace_id = %s", [bench.workspace_id])
        skills = dict(cursor.fetchall())
        segments = dict(Segment.objects.values_list("name", "pk"))
        now = timezone.now()
        for number in range(SEGMENTS):
            asked = _asked(number, now, skills) | {"workspace": bench.workspace_id, "ids": changed}
            cursor.execute(_QUESTION.format(seldom=_SELDOM if number % 2 else ""), asked)
            cursor.fetchall()
            cursor.execute(_MEMBERS, asked | {"segment": segments[_name(number)]})
            cursor.fetchall()


def _asked(number: int, now: datetime, skills: dict[str, int]) -> dict[str, Any]:
    return {
        "family": FAMILIES[number % 4],
        "countries": [COUNTRIES[number % 8], COUNTRIES[(number + 3) % 8]],
        "skill": skills[SKILLS[number % 9].lower()],
        "stage": STAGES[number // 4 % 4],
        "since": now - timedelta(days=365),
        "now": now,
    }


_QUESTION = """
    SELECT c.id FROM crm_candidate c
    WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s) AND c.role_family = %(family)s
      AND c.country = ANY(%(countries)s) AND c.stage = %(stage)s AND c.archived_at IS NULL
      AND c.anonymized_at IS NULL AND c.merged_into_id IS NULL
      AND EXISTS (SELECT 1 FROM crm_candidateskill s WHERE s.workspace_id = %(workspace)s
                  AND s.candidate_id = c.id AND s.skill_id = %(skill)s) {seldom}
"""
_SELDOM = """
      AND (SELECT count(*) FROM crm_event e WHERE e.workspace_id = %(workspace)s AND e.candidate_id = c.id
           AND e.kind = 'event.attended' AND e.occurred_at BETWEEN %(since)s AND %(now)s) <= 2
"""
_MEMBERS = """
    SELECT candidate_id FROM talentpools_segmentmember WHERE workspace_id = %(workspace)s
      AND segment_id = %(segment)s AND left_at IS NULL AND candidate_id = ANY(%(ids)s)
"""
