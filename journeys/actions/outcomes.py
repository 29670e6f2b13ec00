"""What became of queued messages: sent ones let the journey go on, failed ones wait for a person."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from crm.actions import event_sets, rowsets
from crm.models import Message
from journeys.models import Enrollment, StepRun
from journeys.policies import refusals, scheduler
from journeys.policies.branching import Plan
from journeys.policies.persons import House, Person
from journeys.policies.scheduler import Stop
from journeys.queries import people, plans

_LEFT = (Message.State.SENT, Message.State.DELIVERED, Message.State.BOUNCED)
_LOST = (Message.State.FAILED, Message.State.CANCELED)
_UNKNOWN = "Nobody can say whether the message arrived. It is settled by the provider's word, or by you."


@transaction.atomic
def settle(*, now: datetime, candidate_ids: Collection[int] | None = None, limit: int = 1_000) -> int:
    """Move on the steps whose message has an outcome; returns how many. Twice is once.

    A message's moment is read on the clock of the run that queued it, so that a run with a clock of its own
    schedules what follows on that clock.
    """
    found = _with_outcome(candidate_ids, limit)
    if not found:
        return 0
    settled = _Settled(now, found)
    for run in found:
        settled.add(run)
    settled.write()
    return len(found)


def arrive(enrollment: Enrollment, plan: Plan, step_id: str, at: datetime) -> Stop:
    """Where one person stands when they get to this step at that instant."""
    house = people.house()
    person = people.people([enrollment.candidate_id], house, now=at)[enrollment.candidate_id]
    return _stop(plan, step_id, at, person, house)


def _stop(plan: Plan, step_id: str, at: datetime, person: Person, house: House) -> Stop:
    place = person.place(plan.journey.settings.holidays)
    return scheduler.stop_at(plan, step_id, at, place, person.window_place(plan.journey, house))


def _with_outcome(candidate_ids: Collection[int] | None, limit: int) -> list[StepRun]:
    new = Q(state=StepRun.State.SENDING, message__state__in=(*_LEFT, *_LOST, Message.State.UNKNOWN))
    # Somebody sent a failed one again from the inbox, and now it left.
    mended = Q(state=StepRun.State.FAILED, message__state__in=_LEFT)
    waiting = StepRun.objects.filter(new | mended)
    waiting = waiting.exclude(refusal="unknown", message__state=Message.State.UNKNOWN)
    if candidate_ids is not None:
        waiting = waiting.filter(enrollment__candidate_id__in=candidate_ids)
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    locked = StepRun.objects.filter(pk__in=ids, state__in=(StepRun.State.SENDING, StepRun.State.FAILED))
    locked = locked.select_for_update(skip_locked=True, of=("self", "enrollment"))
    return list(locked.select_related("enrollment", "message"))


def _on_the_runs_clock(run: StepRun, message: Message) -> datetime:
    """When the message left, as the run that queued it tells the time (`tick --at` has its own)."""
    sent_at = message.sent_at or message.created_at
    if abs(sent_at - run.started_at) > abs(sent_at - message.created_at):
        sent_at = run.started_at + (sent_at - message.created_at)
    return max(sent_at, run.started_at)


class _Settled:
    """Collects what the outcomes change."""

    def __init__(self, now: datetime, found: list[StepRun]) -> None:
        self.now = now
        self.house = people.house()
        self.people = people.people({run.enrollment.candidate_id for run in found}, self.house, now=now)
        self.plans = plans.plans_of({run.enrollment.version_id for run in found})
        self.step_runs: list[dict[str, Any]] = []
        self.standings: list[dict[str, Any]] = []
        self.completed: dict[int, list[int]] = {}

    def add(self, run: StepRun) -> None:
        message = run.message
        assert message is not None
        if message.state == Message.State.UNKNOWN:
            self._note(run, StepRun.State.SENDING, "unknown", _UNKNOWN, None)
            self._stand(run, waits_for="unknown", waits_why=_UNKNOWN)
        elif message.state == Message.State.CANCELED and message.failure in refusals.CODES:
            refused = refusals.refusal(message.failure)
            self._note(run, StepRun.State.REFUSED, refused.code, refused.sentence, self.now)
            self._stand(run, waits_for=refused.code, waits_why=refused.sentence)
        elif message.state in _LOST:
            why = (message.failure or "The message could not be sent.")[:300]
            self._note(run, StepRun.State.FAILED, "failed", why, self.now)
            self._stand(run, waits_for="failed", waits_why=why)
        else:
            self._go_on(run, message)

    def _go_on(self, run: StepRun, message: Message) -> None:
        sent_at = _on_the_runs_clock(run, message)
        self._note(run, StepRun.State.DONE, "", run.reason, sent_at)
        if run.enrollment.state != Enrollment.State.ACTIVE or run.enrollment.step_id != run.step_id:
            return
        plan = self.plans[run.enrollment.version_id]
        step = plan.step(run.step_id)
        following = plan.after(step) if step else ""
        if not following:
            self.completed.setdefault(run.journey_id, []).append(run.enrollment.candidate_id)
            self._stand(run, state=Enrollment.State.COMPLETED, ended_at=sent_at)
            return
        person = self.people[run.enrollment.candidate_id]
        stop = _stop(plan, following, sent_at, person, self.house)
        self._stand(
            run,
            step_id=stop.step_id,
            base_at=stop.base_at,
            due_at=stop.due_at,
            waits_for=stop.code,
            waits_why=stop.sentence,
        )

    def _note(self, run: StepRun, state: str, refusal: str, reason: str, ended_at: datetime | None) -> None:
        self.step_runs.append(
            {"id": run.pk, "state": state, "refusal": refusal, "reason": reason, "ended_at": ended_at}
        )

    def _stand(self, run: StepRun, **changes: Any) -> None:
        enrollment = run.enrollment
        if enrollment.state != Enrollment.State.ACTIVE:
            return
        row = {
            "id": enrollment.pk,
            "state": enrollment.state,
            "step_id": enrollment.step_id,
            "base_at": enrollment.base_at,
            "due_at": None,
            "ended_at": None,
            "waits_for": "",
            "waits_why": "",
        }
        self.standings.append(row | changes)

    def write(self) -> None:
        rowsets.update(StepRun, self.step_runs)
        rowsets.update(Enrollment, self.standings)
        for journey_id, candidates in self.completed.items():
            event_sets.record_for(candidates, "journey.completed", at=self.now, data={"journey": journey_id})
