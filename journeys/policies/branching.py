"""Which step comes next, and which side of a branch or split a person takes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from journeys.policies.file_format import Arm, JourneyFile, Step, StepType


@dataclass(frozen=True, slots=True)
class Plan:
    """A journey as the scheduler walks it: steps by id, and what follows each."""

    journey: JourneyFile
    steps: dict[str, Step]
    following: dict[str, str]
    first: str

    def step(self, step_id: str) -> Step | None:
        """The step of that id, if the version has it."""
        return self.steps.get(step_id)

    def after(self, step: Step, choice: str = "") -> str:
        """The id of the step that follows; empty at the end. Branches rejoin after their block."""
        if step.type is StepType.END:
            return ""
        inner = self._inside(step, choice)
        return inner[0].id if inner else self.following[step.id]

    @staticmethod
    def _inside(step: Step, choice: str) -> tuple[Step, ...]:
        if step.type is StepType.BRANCH:
            return step.then if choice == "then" else step.otherwise
        return next((arm.steps for arm in step.arms if arm.name == choice), ())


def plan(journey: JourneyFile) -> Plan:
    """Lay a journey out for walking."""
    steps = {step.id: step for step in journey.every_step()}
    following: dict[str, str] = {}
    _follow(journey.steps, "", following)
    return Plan(journey, steps, following, journey.steps[0].id if journey.steps else "")


def arm_for(step: Step, *, person: int, journey: int) -> str:
    """The arm of a split, the same for a person each time they come by."""
    return _weighted(step.arms, share(f"split:{journey}:{step.id}:{person}"))


def is_held_out(percent: int, *, person: int, journey: int) -> bool:
    """True for the stable random share of people who are left out so that lift can be measured."""
    return percent > 0 and share(f"holdout:{journey}:{person}") * 100 < percent


def unchanged(old: JourneyFile, new: JourneyFile) -> frozenset[str]:
    """The ids of the old steps before the first that differs; people who stand there may move."""
    before, after = list(old.every_step()), list(new.every_step())
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    return frozenset(step.id for step in before[:same])


def share(text: str) -> float:
    """A stable number from 0 to 1 for a text: the same person is always on the same side."""
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _weighted(arms: tuple[Arm, ...], share: float) -> str:
    reach = share * sum(arm.weight for arm in arms)
    for arm in arms:
        reach -= arm.weight
        if reach < 0:
            return arm.name
    return arms[-1].name


def _follow(steps: tuple[Step, ...], rejoin: str, following: dict[str, str]) -> None:
    for index, step in enumerate(steps):
        following[step.id] = steps[index + 1].id if index + 1 < len(steps) else rejoin
        for block in step.blocks:
            _follow(block, following[step.id], following)
