"""What one batch of due enrollments knows: locked rows, plans, people, history. Read once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from crm.kernel.tenancy import current_workspace_id
from crm.models import EventHandoff
from journeys.models import Enrollment
from journeys.policies.batches import Batch, Item
from journeys.policies.file_format import StepType
from journeys.queries import conditions, people, plans
from journeys.queries.travelers import journeys_of, travelers

FOLLOWER = "journeys.follow_events"
# Locks the person too: an unsubscribe or a reply is either seen here or waits for this commit, and two
# workers never decide about one person at once.
_CLAIM = """
SELECT e.id FROM journeys_enrollment e
JOIN journeys_journey j ON j.workspace_id = e.workspace_id AND j.id = e.journey_id
JOIN crm_candidate c ON c.workspace_id = e.workspace_id AND c.id = e.candidate_id
WHERE e.workspace_id = %(workspace)s AND e.state = 'active' AND e.due_at <= %(now)s
  AND j.state IN ('live', 'draining') {only}
ORDER BY e.due_at, e.id LIMIT %(limit)s
FOR NO KEY UPDATE OF e, c SKIP LOCKED
"""


def claim(*, now: datetime, limit: int) -> Batch:
    """Lock due enrollments nobody else holds, and everything due for the same people beside them."""
    ids = _locked(now, limit)
    if ids:
        owners = Enrollment.objects.filter(pk__in=ids).values_list("candidate_id", flat=True)
        ids |= _locked(now, limit * 20, beside=list(owners))
    return _load(_without_news(ids), now)


def _locked(now: datetime, limit: int, beside: list[int] | None = None) -> set[int]:
    statement = _CLAIM.format(only="" if beside is None else "AND e.candidate_id = ANY(%(beside)s)")
    parameters: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "now": now,
        "limit": limit,
        "beside": beside,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {row[0] for row in cursor.fetchall()}


def _without_news(ids: set[int]) -> list[int]:
    """Those of the locked enrollments whose person has no event that waits to be followed.

    Asked after the locks, so that whatever was stored before the claim stops it; and not inside the claim,
    where fresh tables make the planner look through all events for each row.
    """
    people = dict(Enrollment.objects.filter(pk__in=ids).values_list("pk", "candidate_id"))
    waiting = EventHandoff.objects.filter(subscriber=FOLLOWER, event__candidate_id__in=set(people.values()))
    news = set(waiting.values_list("event__candidate_id", flat=True)) if people else set()
    return [pk for pk, candidate_id in people.items() if candidate_id not in news]


def _load(ids: Iterable[int], now: datetime) -> Batch:
    at_home = people.house()
    rows = travelers(Enrollment.objects.filter(pk__in=list(ids)))
    by_id = people.people({row.candidate_id for row in rows}, at_home, now=now)
    by_version = plans.plans_of({row.version_id for row in rows})
    courses = journeys_of({row.journey_id for row in rows})
    items = [
        Item(
            row,
            courses[row.journey_id],
            by_version[row.version_id],
            by_version[row.version_id].step(row.step_id),
            by_id[row.candidate_id],
        )
        for row in rows
    ]
    ask_conditions(items, now)
    sending = {item.person.id for item in items if item.step and item.step.is_sending}
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
