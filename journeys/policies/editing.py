"""Changes to a journey document, one at a time. Each returns a new document and leaves the old one alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Steps = list[dict[str, Any]]


class NoSuchStep(LookupError):
    """The document has no such step or place any more."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A step and where it stands: the address of its list, and its position there."""

    step: dict[str, Any]
    where: str
    index: int
    depth: int


def spots(document: Document) -> Iterator[Spot]:
    """Every step with its address, parents before what is inside them."""
    return _walk(document.get("steps", []), "steps", 0)


def find(document: Document, step_id: str) -> Spot:
    """The step of that id."""
    for spot in spots(document):
        if spot.step.get("id") == step_id:
            return spot
    raise NoSuchStep(step_id)


def replaced(document: Document, step_id: str, step: dict[str, Any]) -> Document:
    """The document with this step in place of the one of that id."""
    changed = copy.deepcopy(document)
    spot = find(changed, step_id)
    _list_at(changed, spot.where)[spot.index] = step
    return changed


def inserted(document: Document, where: str, index: int, step: dict[str, Any]) -> Document:
    """The document with a step put into the list at that address."""
    changed = copy.deepcopy(document)
    steps = _list_at(changed, where)
    steps.insert(min(max(index, 0), len(steps)), step)
    return changed


def removed(document: Document, step_id: str) -> Document:
    """The document without the step and what is inside it."""
    changed = copy.deepcopy(document)
    spot = find(changed, step_id)
    del _list_at(changed, spot.where)[spot.index]
    return changed


def moved(document: Document, step_id: str, by: int) -> Document:
    """The document with the step one up (-1) or down (+1) in its list; at the edge nothing changes."""
    changed = copy.deepcopy(document)
    spot = find(changed, step_id)
    steps = _list_at(changed, spot.where)
    target = spot.index + by
    if 0 <= target < len(steps):
        steps[spot.index], steps[target] = steps[target], steps[spot.index]
    return changed


def new_id(document: Document, kind: str) -> str:
    """An id no step of the document has."""
    taken = {spot.step.get("id") for spot in spots(document)}
    return next(name for n in range(1, 1_000) if (name := f"{kind.replace('_', '-')}-{n}") not in taken)


def _walk(steps: Steps, where: str, depth: int) -> Iterator[Spot]:
    for index, step in enumerate(steps):
        yield Spot(step, where, index, depth)
        for key, block in blocks_of(step):
            yield from _walk(block, f"{where}.{index}.{key}", depth + 1)


def blocks_of(step: dict[str, Any]) -> list[tuple[str, Steps]]:
    """The step lists inside a step, with their key."""
    if step.get("type") == "branch":
        return [("then", step.get("then", [])), ("else", step.get("else", []))]
    return [(f"arms.{n}.steps", arm.get("steps", [])) for n, arm in enumerate(step.get("arms", []))]


def _list_at(document: Document, where: str) -> Steps:
    found: Any = document
    parts = where.split(".")
    if parts[0] != "steps":
        raise NoSuchStep(where)
    for part in parts:
        try:
            if isinstance(found, dict) and part in ("then", "else"):
                found = found.setdefault(part, [])
            else:
                found = found[int(part)] if part.isdecimal() else found[part]
        except (LookupError, TypeError) as missing:
            raise NoSuchStep(where) from missing
    if not isinstance(found, list):
        raise NoSuchStep(where)
    return found
