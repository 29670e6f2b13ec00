"""What happens to one enrollment at one instant: a pure function of (state, clock).

The run hands in the state it locked and the real clock; a rehearsal hands in a copy and its own clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from journeys.policies import refusals
from journeys.policies.branching import Plan, arm_for
from journeys.policies.file_format import Delay, Step, StepType
from journeys.policies.pace import Mailbox
from journeys.policies.pressure import Budget, Touch, slide_for
from journeys.policies.refusals import Fate, Refusal
from journeys.policies.timing import Place, due_after, roll_forward

OVERDUE = timedelta(hours=72)
# How soon a message asks again whether automated mail goes on.
ASK_AGAIN = timedelta(hours=1)


class Verdict(StrEnum):
    """What becomes of the step now."""

    GO = "go"  # do it
    WAIT = "wait"  # stay here until `until`
    HOLD = "hold"  # stay here until a person decides
    SKIP = "skip"  # leave it out and go on
    EXIT = "exit"  # the journey ends for this person


@dataclass(frozen=True, slots=True)
class State:
    """All the scheduler may know about one enrollment."""

    plan: Plan
    step: Step
    person: int
    journey: int
    base_at: datetime
    due_at: datetime
    place: Place
    window_place: Place
    budget: Budget = field(default_factory=Budget)
    sent: Sequence[Touch] = ()
    block: Refusal | None = None
    not_before: datetime | None = None
    condition: bool | None = None
    is_released: bool = False
    is_promised: bool = False
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and what people are told about it."""

    verdict: Verdict
    code: str = ""
    sentence: str = ""
    until: datetime | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where an enrollment stands next: the step, since when, due when, and why not sooner."""

    step_id: str
    base_at: datetime
    due_at: datetime
    code: str = ""
    sentence: str = ""


def decide(state: State, now: datetime) -> Decision:
    """What to do with the step the enrollment stands at. A message that may go still asks `pace`."""
    if now < state.due_at:
        return Decision(Verdict.WAIT, until=state.due_at)
    if state.step.is_sending:
        return _decide_send(state, now)
    if state.step.type is StepType.BRANCH:
        return _decide_branch(state, now)
    if state.step.type is StepType.SPLIT:
        choice = arm_for(state.step, person=state.person, journey=state.journey)
        return Decision(Verdict.GO, choice=choice)
    return Decision(Verdict.GO)


def pace(state: State, now: datetime, mailbox: Mailbox) -> Decision:
    """Take the mailbox's next slot for a message that may go; the last question before it leaves."""
    window, place = state.plan.journey.settings.window, state.window_place
    opens = partial(roll_forward, window=window, place=place)
    slot = mailbox.take(now, opens, is_promised=state.is_promised)
    if slot <= now:
        return Decision(Verdict.GO)
    return Decision(Verdict.WAIT, "pace", refusals.refusal("pace").sentence, slot)


def next_stop(state: State, completed_at: datetime, choice: str = "") -> Stop | None:
    """Where the enrollment goes after the step was completed at that instant; None at the journey's end."""
    step_id = state.plan.after(state.step, choice)
    if not step_id:
        return None
    return stop_at(state.plan, step_id, completed_at, state.place, state.window_place)


def stop_at(plan: Plan, step_id: str, base: datetime, place: Place, window_place: Place) -> Stop:
    """Arrive at a step: when it is due, rolled into the window when it sends something."""
    step = plan.steps[step_id]
    due = due_after(base, step.after, place)
    if not step.is_sending:
        return Stop(step_id, base, due)
    window = plan.journey.settings.window
    opened = roll_forward(due, window, window_place)
    if opened == due:
        return Stop(step_id, base, due)
    held = closed(due, window_place)
    return Stop(step_id, base, opened, held.code, held.sentence)


def _decide_send(state: State, now: datetime) -> Decision:
    if state.block is not None:
        return _blocked(state.block)
    if now - state.due_at > OVERDUE and not state.is_released:
        return _blocked(refusals.refusal("overdue"))
    return _later(state, now) or Decision(Verdict.GO)


def _blocked(block: Refusal) -> Decision:
    verdict = {Fate.HOLD: Verdict.HOLD, Fate.SKIP: Verdict.SKIP, Fate.EXIT: Verdict.EXIT}[block.fate]
    return Decision(verdict, block.code, block.sentence)


def _later(state: State, now: datetime) -> Decision | None:
    """A stop of all automated mail, the person's own date, contact pressure, then the window."""
    if state.is_stopped:
        stopped = refusals.refusal("sender_stopped")
        return _slide(state, now + ASK_AGAIN, stopped.code, stopped.sentence)
    if state.not_before is not None and state.not_before > now:
        asked = f"Asked not to hear from us before {state.not_before:%-d %b %Y}."
        return _slide(state, state.not_before, "gap", asked)
    if slide := slide_for(now, state.sent, state.budget):
        return _slide(state, slide.until, slide.code, slide.sentence)
    opened = roll_forward(now, state.plan.journey.settings.window, state.window_place)
    if opened > now:
        held = closed(now, state.window_place)
        return Decision(Verdict.WAIT, held.code, held.sentence, opened)
    return None


def _slide(state: State, until: datetime, code: str, sentence: str) -> Decision:
    opened = roll_forward(until, state.plan.journey.settings.window, state.window_place)
    return Decision(Verdict.WAIT, code, sentence, opened)


def closed(moment: datetime, place: Place) -> Refusal:
    """What a closed window is called: a holiday, or the hours."""
    is_holiday = place.calendar.is_holiday(moment.astimezone(place.zone).date())
    return refusals.refusal("holiday" if is_holiday else "window")


def _decide_branch(state: State, now: datetime) -> Decision:
    if state.condition:
        return Decision(Verdict.GO, choice="then")
    deadline = _deadline(state.step.wait, state)
    if deadline is not None and now < deadline:
        return Decision(Verdict.WAIT, "branch", "Waits for the branch's condition to come true.", deadline)
    return Decision(Verdict.GO, choice="else")


def _deadline(wait: Delay | None, state: State) -> datetime | None:
    if wait is None:
        return None
    reached = due_after(state.base_at, state.step.after, state.place)
    return due_after(reached, wait, state.place)


def no_match(state: State, now: datetime) -> Decision:
    """A job alert without a job: left out, or looked at again later, as the step says."""
    sentence = "No open job matches."
    if state.step.if_none == "skip":
        return Decision(Verdict.SKIP, "no_match", sentence)
    return _slide(state, due_after(now, state.step.retry, state.place), "no_match", sentence)
