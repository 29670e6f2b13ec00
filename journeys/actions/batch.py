"""What one batch of due enrollments knows: locked rows, plans, people, history. Read once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from crm.kernel.tenancy import current_workspace_id
from crm.models import EventHandoff
from crm.queries.arrays import among
from journeys.models import Enrollment
from journeys.policies.batches import Batch, Item
from journeys.policies.file_format import StepType
from journeys.queries import conditions, people, plans
from journeys.queries.travelers import journeys_of, travelers

FOLLOWER = "journeys.follow_events"
# Three small steps, for together the planner may join and sort everything that is due to find a few: the
# enrollments due first, by their index; their people; and what else is due for these people.
_LIVE = """ANY(ARRAY(
    SELECT id FROM journeys_journey WHERE workspace_id = %(workspace)s AND state IN ('live', 'draining')))"""
_DUE = f"""e.workspace_id = %(workspace)s AND e.state = 'active' AND e.due_at <= %(now)s
  AND e.journey_id = {_LIVE}"""
_FIRST = f"""
SELECT e.id, e.candidate_id FROM journeys_enrollment e
WHERE {_DUE} ORDER BY e.due_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608 - fragments above
# Locks the person too: an unsubscribe or a reply is either seen here or waits for this commit, and two
# workers never decide about one person at once.
_PEOPLE = """
SELECT c.id FROM unnest(%(people)s::bigint[]) AS ours (id)
JOIN crm_candidate c ON c.workspace_id = %(workspace)s AND c.id = ours.id
ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
"""
_BESIDE = f"""
SELECT e.id, e.candidate_id FROM unnest(%(people)s::bigint[]) AS ours (id)
JOIN journeys_enrollment e ON e.candidate_id = ours.id
WHERE {_DUE} FOR NO KEY UPDATE OF e SKIP LOCKED
"""  # noqa: S608 - fragments above


def claim(*, now: datetime, limit: int) -> Batch:
    """Lock due enrollments nobody else holds, and everything due for the same people beside them."""
    values: dict[str, Any] = {"workspace": current_workspace_id(), "now": now, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, values)
        if first := dict(cursor.fetchall()):
            cursor.execute(_PEOPLE, values | {"people": list(set(first.values()))})
            people_held = [row[0] for row in cursor.fetchall()]
            cursor.execute(_BESIDE, values | {"people": people_held})
            first = dict(cursor.fetchall())
    return _load(_without_news(first), now)


def _without_news(locked: Mapping[int, int]) -> list[int]:
    """Those of the locked enrollments whose person has no event that waits to be followed.

    Asked after the locks, so that whatever was stored before the claim stops it; and not inside the claim,
    where fresh tables make the planner look through all events for each row.
    """
    if not locked:
        return []
    waiting = EventHandoff.objects.filter(
        among("event__candidate_id", set(locked.values())), subscriber=FOLLOWER
    )
    news = set(waiting.values_list("event__candidate_id", flat=True))
    return [pk for pk, candidate_id in locked.items() if candidate_id not in news]


def _load(ids: Sequence[int], now: datetime) -> Batch:
    at_home = people.house()
    if not ids:
        return Batch(now, at_home, [])
    rows = travelers(Enrollment.objects.filter(among("pk", ids)))
    by_version = plans.plans_of({row.version_id for row in rows})
    steps = {row.id: by_version[row.version_id].step(row.step_id) for row in rows}
    sending = {row.candidate_id for row in rows if (step := steps[row.id]) and step.is_sending}
    by_id = people.people({row.candidate_id for row in rows}, at_home, now=now, judged=sending)
    courses = journeys_of({row.journey_id for row in rows})
    items = [
        Item(row, courses[row.journey_id], by_version[row.version_id], steps[row.id], by_id[row.candidate_id])
        for row in rows
    ]
    ask_conditions(items, now)
    claimed = Batch(now, at_home, items, people.heard_at(sending, now=now) if sending else {})
    claimed.sort()
    return claimed


def ask_conditions(items: list[Item], now: datetime) -> None:
    """One query per branch and per goal, for everybody standing there."""
    branches: dict[tuple[int, str], list[Item]] = defaultdict(list)
    goals: dict[tuple[int, date], list[Item]] = defaultdict(list)
    for item in items:
        if item.step and item.step.type is StepType.BRANCH:
            branches[(item.enrollment.version_id, item.step.id)].append(item)
        if item.plan.journey.settings.goal:
            goals[(item.enrollment.version_id, item.enrollment.enrolled_at.date())].append(item)
    for group in branches.values():
        assert group[0].step is not None
        matched = _matching(group, group[0].step.condition, now)
        for item in group:
            item.condition = item.person.id in matched
    for (_, since), group in goals.items():
        goal = conditions.since(group[0].plan.journey.settings.goal or {}, since, now.date())
        matched = _matching(group, goal, now)
        for item in group:
            item.has_reached_goal = item.person.id in matched


def _matching(group: list[Item], tree: dict[str, Any] | None, now: datetime) -> set[int]:
    ids = {item.person.id for item in group}
    return conditions.matching(tree or {}, group[0].journey.id, ids, now=now)
