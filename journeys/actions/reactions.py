"""What journeys do when something happens to a person: let them out, let them in, look at a branch again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from crm.actions import events
from crm.models import Event, Task
from journeys.actions import enrollments, merges, outcomes, returns
from journeys.actions.batch import FOLLOWER
from journeys.models import Enrollment, Journey, StepRun
from journeys.policies import exits, triggers
from journeys.policies.branching import Plan
from journeys.queries import conditions, plans

BATCH = 2_000
_OUTCOMES = frozenset(
    {
        "message.sent",
        "message.delivered",
        "message.bounced",
        "message.failed",
        "message.canceled",
        "message.unknown",
    }
)


@transaction.atomic
def follow(*, now: datetime, limit: int = BATCH) -> int:
    """Take the events handed to journeys and act on them; returns how many there were.

    Exits come first: nobody who replied is enrolled or written to by what follows.
    """
    taken = events.take(FOLLOWER, limit=limit)
    if not taken:
        return 0
    merges.follow(taken, now=now)
    returns.follow(taken)
    people = {event.candidate_id for event in taken if event.candidate_id}
    if any(event.kind in _OUTCOMES for event in taken):
        outcomes.settle(now=now, candidate_ids=people)
    _let_out(taken, now)
    _finish_tasks(taken, now)
    _look_again(people, now)
    _let_in(taken, now)
    return len(taken)


def _let_out(taken: Sequence[Event], now: datetime) -> None:
    reasons: dict[int, list[tuple[str, Event]]] = defaultdict(list)
    for event in taken:
        reason = exits.reason_for(event.kind, event.data)
        if reason and event.candidate_id:
            reasons[event.candidate_id].append((reason, event))
    if not reasons:
        return
    inside = Enrollment.objects.filter(candidate_id__in=reasons, state=Enrollment.State.ACTIVE)
    rows = list(inside.only("pk", "candidate_id", "version_id", "enrolled_at"))
    by_version = plans.plans_of({row.version_id for row in rows})
    leaving: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for reason, event in reasons[row.candidate_id]:
            if _leaves(by_version[row.version_id], reason, event):
                leaving[reason].append(row.pk)
                break
    for reason, ids in leaving.items():
        enrollments.exit_people(enrollment_ids=ids, reason=reason, now=now)


def _leaves(plan: Plan, reason: str, event: Event) -> bool:
    if reason == "left_segment" and plan.journey.trigger.segment_id != event.data.get("segment"):
        return False
    return exits.leaves(reason, plan.journey.settings.exit_on)


def _finish_tasks(taken: Sequence[Event], now: datetime) -> None:
    done = {event.data.get("task") for event in taken if event.kind == "task.finished"}
    if done:
        finish_tasks(now=now, task_ids=[task for task in done if isinstance(task, int)])


@transaction.atomic
def finish_tasks(*, now: datetime, task_ids: Iterable[int] | None = None) -> int:
    """People who waited for a task that is done move on; returns how many."""
    waiting = StepRun.objects.filter(state=StepRun.State.WAITING, refusal="task", task__done_at__isnull=False)
    if task_ids is not None:
        waiting = waiting.filter(task_id__in=Task.objects.filter(pk__in=list(task_ids)).values("pk"))
    runs = list(waiting.select_related("enrollment").order_by("pk")[:BATCH])
    for run in runs:
        StepRun.objects.filter(pk=run.pk).update(
            state=StepRun.State.DONE, refusal="", reason="", ended_at=now
        )
        _move_on(run.enrollment, now)
    return len(runs)


def _move_on(enrollment: Enrollment, now: datetime) -> None:
    """The scheduler takes it from a step that does nothing any more: the run finds it done and due."""
    plan = plans.plans_of([enrollment.version_id])[enrollment.version_id]
    step = plan.step(enrollment.step_id)
    following = plan.after(step) if step else ""
    standing = Enrollment.objects.filter(pk=enrollment.pk, state=Enrollment.State.ACTIVE)
    if not following:
        standing.update(
            state=Enrollment.State.COMPLETED, ended_at=now, due_at=None, waits_for="", waits_why=""
        )
        return
    stop = outcomes.arrive(enrollment, plan, following, now)
    standing.update(
        step_id=stop.step_id,
        base_at=stop.base_at,
        due_at=stop.due_at,
        waits_for=stop.code,
        waits_why=stop.sentence,
    )


def _look_again(people: set[int], now: datetime) -> None:
    """A branch that waits for its condition asks once more after each event of the person."""
    waiting = Enrollment.objects.filter(
        candidate_id__in=people, state=Enrollment.State.ACTIVE, waits_for="branch", due_at__gt=now
    )
    waiting.update(due_at=now)


def _let_in(taken: Sequence[Event], now: datetime) -> None:
    kinds = {event.kind for event in taken}
    live = Journey.objects.filter(state=Journey.State.LIVE, version__isnull=False)
    if not kinds & triggers.KINDS or not (found := list(live.order_by("pk"))):
        return
    by_version = plans.plans_of({journey.version_id or 0 for journey in found})
    for journey in found:
        plan = by_version[journey.version_id or 0]
        fired = [event for event in taken if triggers.fires(plan.journey.trigger, event.kind, event.data)]
        people = [event.candidate_id for event in fired if event.candidate_id]
        if rules := plan.journey.trigger.options.get("rules"):
            people = sorted(conditions.matching(rules, journey.pk, people, now=now))
        if people:
            enrollments.enroll(journey=journey, candidate_ids=people, now=now)
