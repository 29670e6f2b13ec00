"""Where a journey file refers to something of its workspace: one walk, whoever changes what stands there."""

from __future__ import annotations

from typing import Any, Protocol

from crm.policies.rules.places import Place

Document = dict[str, Any]


class Names(Protocol):
    """Puts a name in the place of an id, or an id in the place of a name."""

    def segment(self, told: Any, place: Place) -> Any:
        """A segment."""

    def pool(self, told: Any, place: Place) -> Any:
        """A pool."""

    def journey(self, told: Any, place: Place) -> Any:
        """Another journey."""

    def user(self, told: Any, place: Place) -> Any:
        """A colleague; “owner” stays what it is."""

    def rules(self, told: Any, place: Place) -> Any:
        """A tree of rules."""


_OF_STEPS = {
    "if": "rules", "assignee": "user", "to": "user", "journey": "journey",
    "add_to_pool": "pool", "remove_from_pool": "pool",
}  # fmt: skip
_OF_START = {
    ("trigger", "segment"): "segment", ("trigger", "rules"): "rules",
    ("settings", "goal"): "rules", ("settings", "sender"): "user",
}  # fmt: skip


def changed(document: Any, names: Names, place: Place) -> Any:
    """The document with every reference changed; what has the wrong shape passes, for `parse` to refuse."""
    if not isinstance(document, dict):
        return document
    found = dict(document)
    for (part, key), kind in _OF_START.items():
        inner = found.get(part)
        if isinstance(inner, dict) and key in inner:
            told = getattr(names, kind)(inner[key], place.at(part, key))
            found[part] = inner | {key: told}
    return found | _blocks(found, ("steps",), names, place)


def _blocks(inside: Document, keys: tuple[str, ...], names: Names, place: Place) -> Document:
    return {
        key: [_step(one, names, place.at(key, n)) for n, one in enumerate(inside[key])]
        for key in keys
        if isinstance(inside.get(key), list)
    }


def _step(step: Any, names: Names, place: Place) -> Any:
    if not isinstance(step, dict):
        return step
    found = {
        key: getattr(names, _OF_STEPS[key])(value, place.at(key)) if key in _OF_STEPS else value
        for key, value in step.items()
    }
    found |= _blocks(step, ("then", "else"), names, place)
    if isinstance(step.get("arms"), list):
        found["arms"] = [
            arm | _blocks(arm, ("steps",), names, place.at("arms", n)) if isinstance(arm, dict) else arm
            for n, arm in enumerate(step["arms"])
        ]
    return found
