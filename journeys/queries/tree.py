"""A journey's draft as a tree of cards: what each step says, its counts, its faults."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journeys.models import Journey
from journeys.policies import editing, wording
from journeys.policies.file_format import Fault
from journeys.policies.parsing import parse
from journeys.policies.validation import validate
from journeys.queries import journeys, templates
from journeys.queries.surroundings import surroundings


@dataclass(frozen=True, slots=True)
class Card:
    """One step of the tree."""

    id: str
    kind: str
    label: str
    icon: str
    title: str
    when: str
    where: str
    index: int
    counts: Mapping[str, int]
    faults: tuple[str, ...]
    lanes: tuple["Lane", ...]
    is_sending: bool

    @property
    def next_index(self) -> int:
        return self.index + 1

    @property
    def menu_id(self) -> str:
        return f"add-after-{self.id}"


@dataclass(frozen=True, slots=True)
class Lane:
    """A list of steps inside a branch or a split, with the address new steps are put at."""

    name: str
    where: str
    cards: tuple[Card, ...]

    @property
    def menu_id(self) -> str:
        return f"add-in-{self.where.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole journey, and the faults that belong to no step."""

    cards: tuple[Card, ...]
    faults: tuple[str, ...]

    @property
    def is_publishable(self) -> bool:
        return not self.faults and not self.faulty

    @property
    def faulty(self) -> list[Card]:
        """The steps to mend first, from top to bottom."""
        return [card for card in _flat(self.cards) if card.faults]


def tree(journey: Journey) -> Tree:
    """The draft with counts and faults."""
    faults = faults_of(journey)
    names = dict(templates.living().values_list("key", "name"))
    drawing = _Drawing(names, journeys.step_counts(journey.pk), faults)
    cards = drawing.cards(journey.draft.get("steps", []), "steps")
    return Tree(cards, tuple(fault.sentence for fault in faults if not fault.step))


def faults_of(journey: Journey) -> tuple[Fault, ...]:
    """What keeps the draft from being published."""
    parsed = parse(journey.draft)
    if parsed.journey is None:
        return parsed.faults
    return validate(parsed.journey, surroundings(journey.pk))


class _Drawing:
    def __init__(
        self, names: dict[str, str], counts: Mapping[str, Counter[str]], faults: tuple[Fault, ...]
    ) -> None:
        self.names, self.counts, self.faults = names, counts, faults
        self.mails: dict[str, str] = {}

    def cards(self, steps: list[dict[str, Any]], where: str) -> tuple[Card, ...]:
        return tuple(self._card(step, where, index) for index, step in enumerate(steps))

    def _card(self, step: dict[str, Any], where: str, index: int) -> Card:
        kind, step_id = str(step.get("type", "")), str(step.get("id", ""))
        label, icon = wording.KINDS.get(kind, (kind, "circle"))
        title = wording.title(step, self.names, self.mails)
        self.mails[step_id] = title
        return Card(
            id=step_id,
            kind=kind,
            label=label,
            icon=icon,
            title=title,
            when="" if kind in ("end", "wait") else wording.delay(step.get("after")),
            where=where,
            index=index,
            counts=dict(self.counts.get(step_id, {})),
            faults=tuple(fault.sentence for fault in self.faults if fault.step == step_id),
            lanes=self._lanes(step, where, index),
            is_sending=kind in ("message", "check_in", "job_alert"),
        )

    def _lanes(self, step: dict[str, Any], where: str, index: int) -> tuple[Lane, ...]:
        names = (
            ["Yes", "No"] if step.get("type") == "branch" else [arm["name"] for arm in step.get("arms", [])]
        )
        return tuple(
            Lane(name, f"{where}.{index}.{key}", self.cards(block, f"{where}.{index}.{key}"))
            for name, (key, block) in zip(names, editing.blocks_of(step), strict=False)
        )


def _flat(cards: tuple[Card, ...]) -> list[Card]:
    found: list[Card] = []
    for card in cards:
        found.append(card)
        for lane in card.lanes:
            found.extend(_flat(lane.cards))
    return found
