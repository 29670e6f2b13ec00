"""A batch of due enrollments as plain values: who stands where, and all that is known about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from journeys.policies import scheduler
from journeys.policies.branching import Plan
from journeys.policies.file_format import Step
from journeys.policies.persons import House, Person
from journeys.policies.pressure import Touch
from journeys.policies.refusals import Refusal
from journeys.policies.scheduler import State, Stop


@dataclass(frozen=True, slots=True)
class Course:
    """A journey as a walk needs it."""

    id: int
    name: str
    owner_id: int | None
    is_campaign: bool = False


@dataclass(slots=True)
class Traveler:
    """One enrollment as a walk reads it: where the person stands, since when, until when."""

    id: int
    journey_id: int
    version_id: int
    candidate_id: int
    enrolled_at: datetime
    step_id: str
    visit: int
    base_at: datetime | None
    due_at: datetime | None
    attempt: int
    waits_for: str
    waits_why: str = ""
    state: str = "active"
    paced_by_id: int | None = None
    exit_reason: str = ""
    ended_at: datetime | None = None


@dataclass(slots=True)
class Item:
    """One due enrollment with all that is known about it."""

    enrollment: Traveler
    journey: Course
    plan: Plan
    step: Step | None
    person: Person
    condition: bool | None = None
    has_reached_goal: bool = False

    @property
    def sender_id(self) -> int | None:
        """Whose mailbox a message leaves from."""
        named = self.plan.journey.settings.sender
        return int(named) if named != "owner" else self.person.owner_id or self.journey.owner_id


@dataclass(slots=True)
class Batch:
    """The items in the order they are decided: higher priority first."""

    now: datetime
    house: House
    items: list[Item]
    heard: dict[int, list[Touch]] = field(default_factory=dict)

    def sort(self) -> None:
        """Higher priority goes first; then who has been due for longer."""
        self.items.sort(
            key=lambda item: (
                -item.plan.journey.settings.priority,
                item.enrollment.due_at,
                item.enrollment.id,
            )
        )

    def state_of(self, item: Item, block: Refusal | None, topic: str = "") -> State:
        """What the scheduler is asked about; `topic` is that of the message, where one is to go."""
        enrollment, person = item.enrollment, item.person
        assert item.step is not None
        assert enrollment.due_at is not None
        return State(
            plan=item.plan,
            step=item.step,
            person=person.id,
            journey=item.journey.id,
            base_at=enrollment.base_at or enrollment.enrolled_at,
            due_at=enrollment.due_at,
            place=person.place(item.plan.journey.settings.holidays),
            window_place=person.window_place(item.plan.journey, self.house),
            budget=person.budget(self.house, topic),
            sent=self.heard.get(person.id, ()),
            block=block,
            not_before=person.earliest(),
            condition=item.condition,
            is_released=enrollment.waits_for == "released",
            is_promised=enrollment.waits_for == "pace",
            is_stopped=self.house.is_stopped,
        )


def first_stop(plan: Plan, person: Person, house: House, now: datetime) -> Stop:
    """Where somebody who enters now stands first."""
    holidays = plan.journey.settings.holidays
    return scheduler.stop_at(
        plan, plan.first, now, person.place(holidays), person.window_place(plan.journey, house)
    )


def shifted(traveler: Traveler, plan: Plan, person: Person, house: House, *, by: timedelta) -> Stop:
    """Where somebody stands when their clock stood still for that long."""
    assert traveler.due_at is not None
    base = (traveler.base_at or traveler.enrolled_at) + by
    if traveler.waits_for or traveler.step_id not in plan.steps:
        return Stop(traveler.step_id, base, traveler.due_at + by)
    place = person.place(plan.journey.settings.holidays)
    return scheduler.stop_at(plan, traveler.step_id, base, place, person.window_place(plan.journey, house))
