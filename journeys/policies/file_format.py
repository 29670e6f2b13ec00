"""The values of a journey file, ``rekindle.journey/1``, once it has been read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

FORMAT = "rekindle.journey/1"


class Unit(StrEnum):
    """What a delay counts in; exactly one per delay."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


class StepType(StrEnum):
    """What a step does."""

    MESSAGE = "message"
    CHECK_IN = "check_in"
    JOB_ALERT = "job_alert"
    TASK = "task"
    WAIT = "wait"
    BRANCH = "branch"
    SPLIT = "split"
    UPDATE = "update"
    NOTIFY = "notify"
    ENROLL = "enroll"
    END = "end"


SENDING_TYPES = frozenset({StepType.MESSAGE, StepType.CHECK_IN, StepType.JOB_ALERT})
TRIGGERS = (
    "manual",
    "segment.entered",
    "stage.changed",
    "application.rejected",
    "event.attended",
    "form.submitted",
    "date",
)
EXIT_REASONS = (
    "replied",
    "meeting_booked",
    "applied",
    "in_process",
    "hired",
    "unsubscribed",
    "hard_bounce",
    "left_segment",
)
# A file that does not say gets what the sending rules promise for every journey.
DEFAULT_EXITS = ("replied", "meeting_booked", "applied", "hired", "unsubscribed", "hard_bounce")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Delay:
    """How long after the base, and at which wall time."""

    unit: Unit = Unit.MINUTES
    amount: int = 0
    at: time | None = None

    @property
    def is_zero(self) -> bool:
        return self.amount == 0 and self.at is None


@dataclass(frozen=True, slots=True)
class Window:
    """When mail may leave: weekdays (0 is Monday) and wall-time ranges, some of which pass midnight."""

    days: frozenset[int]
    ranges: tuple[tuple[time, time], ...]
    zone: str = "candidate"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What enrolls people by itself; ``options`` holds the trigger's own keys as written."""

    on: str
    options: dict[str, Any]

    @property
    def segment_id(self) -> int | None:
        segment = self.options.get("segment")
        return segment if isinstance(segment, int) else None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every step of the journey."""

    window: Window | None = None
    holidays: str = ""
    priority: int = 50
    reentry_days: int | None = None
    sender: str = "owner"
    holdout_percent: int = 0
    goal: dict[str, Any] | None = None
    exit_on: frozenset[str] = frozenset(DEFAULT_EXITS)


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a split."""

    name: str
    weight: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step as written; only the keys of its own type are ever filled."""

    id: str
    type: StepType
    after: Delay = Delay()
    template: str = ""
    thread: bool = False
    topic: str = ""
    form: str = ""
    limit: int = 2
    if_none: str = "skip"
    retry: Delay = Delay(Unit.WEEKS, 1)
    title: str = ""
    note: str = ""
    assignee: str = "owner"
    due: Delay | None = None
    hold: bool = False
    condition: dict[str, Any] | None = None
    wait: Delay | None = None
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    arms: tuple[Arm, ...] = ()
    changes: dict[str, Any] | None = None
    to: str = "owner"
    text: str = ""
    journey: int | None = None

    @property
    def is_sending(self) -> bool:
        return self.type in SENDING_TYPES

    @property
    def blocks(self) -> tuple[tuple[Step, ...], ...]:
        """The step lists inside this step, in reading order."""
        if self.type is StepType.BRANCH:
            return (self.then, self.otherwise)
        return tuple(arm.steps for arm in self.arms)


@dataclass(frozen=True, slots=True)
class JourneyFile:
    """A whole journey file."""

    name: str
    trigger: Trigger
    settings: Settings
    steps: tuple[Step, ...]

    def every_step(self) -> Iterator[Step]:
        """Yield each step, parents before what is inside them."""
        return _walk(self.steps)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: where, which rule, in words, and on which step."""

    where: str
    code: str
    sentence: str
    step: str = ""


def _walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for block in step.blocks:
            yield from _walk(block)
