"""Enrolling and advancing 100,000 people, beside the SQL somebody would write for the same rows."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks.report import Bench, Figure, Memory, once
from benchmarks.touch import a_journey, reachable_people
from crm.kernel.tenancy import workspace_scope
from crm.models import Message
from journeys.actions import enrollments, runs
from journeys.models import Enrollment, Journey

PEOPLE = 100_000
WORKERS = 2
STEPS: tuple[dict[str, Any], ...] = (
    {
        "id": "b", "type": "branch", "if": {"field": "country", "op": "eq", "value": "DE"},
        "then": [{"id": "w1", "type": "wait", "after": {"days": 1}}],
        "else": [{"id": "w2", "type": "wait", "after": {"days": 1}}],
    },
    {"id": "m", "type": "message", "template": "bench"},
)  # fmt: skip
_FLOOR = """
    WITH entered AS (
        INSERT INTO journeys_enrollment
            (workspace_id, journey_id, version_id, candidate_id, state, exit_reason, enrolled_at, step_id,
             visit, base_at, due_at, attempt, waits_for, waits_why)
        SELECT %(workspace)s, %(journey)s, %(version)s, c.id, 'active', '', %(now)s, 'b',
               1, %(now)s, %(now)s, 0, '', ''
        FROM crm_candidate c WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s)
        RETURNING candidate_id)
    INSERT INTO crm_event (workspace_id, kind, candidate_id, occurred_at, recorded_at, ref, data)
    SELECT %(workspace)s, 'journey.enrolled', candidate_id, %(now)s, %(now)s, '', '{}' FROM entered
"""


class _Undo(Exception):
    """Takes a measured write back."""


def run(bench: Bench) -> Iterator[Figure]:
    """Enroll, then let everybody walk: a branch, a wait, a message row."""
    count = min(PEOPLE, bench.people)
    workspace_id, ids = reachable_people(count)
    with workspace_scope(workspace_id):
        journey = a_journey("Bench advance", *STEPS)
        now = timezone.now()
    floor = once(lambda: _by_hand(workspace_id, journey, ids, now))
    memory = Memory()
    ours = once(lambda: _enroll(workspace_id, journey, ids, now))
    grown = memory.grown_mb
    yield Figure(f"enroll {count:,}", ours, floor, "≤ 10,000 ms", peak_mb=grown)
    memory = Memory()
    taken = once(lambda: _advance(workspace_id, now))
    taken += once(lambda: _advance(workspace_id, now + timedelta(days=1)))
    grown = memory.grown_mb
    with workspace_scope(workspace_id):
        assert Message.objects.filter(step_runs__journey=journey).count() == count
    rate = 3 * count / taken * 1_000
    yield Figure("advance: branch, wait, message row", rate, 0, "≥ 10,000/s", unit="runs/s", peak_mb=grown)


def _enroll(workspace_id: int, journey: Journey, ids: list[int], now: datetime) -> None:
    with workspace_scope(workspace_id):
        done = enrollments.enroll(journey=journey, candidate_ids=ids, now=now)
    assert done.count == len(ids), done.refused[:3]


def _advance(workspace_id: int, now: datetime) -> None:
    """Workers as in production: processes of their own over the same rows."""
    connections.close_all()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        for done in [pool.submit(_work, workspace_id, now) for _ in range(WORKERS)]:
            done.result()


def _work(workspace_id: int, now: datetime) -> None:
    while True:
        with workspace_scope(workspace_id):
            if not runs.run_due(now=now).seen:
                return


def _by_hand(workspace_id: int, journey: Journey, ids: list[int], now: datetime) -> None:
    values: dict[str, Any] = {"workspace": workspace_id, "journey": journey.pk, "version": journey.version_id}
    values |= {"ids": ids, "now": now}
    try:
        with workspace_scope(workspace_id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FLOOR, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            raise _Undo
    except _Undo:
        pass
    with workspace_scope(workspace_id):
        assert not Enrollment.objects.filter(journey=journey).exists()
