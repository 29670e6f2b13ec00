"""What is different between two journey files, in words."""

from __future__ import annotations

import json
from typing import Any

from journeys.policies import editing, wording

_SETTINGS = {
    "window": "when mail may leave",
    "holidays": "public holidays",
    "priority": "the priority",
    "reentry": "who may enter again",
    "sender": "the sender",
    "holdout_percent": "the share left out",
    "goal": "the goal",
    "exit_on": "what makes people leave",
}
_PARTS = {
    "after": "when it happens",
    "if": "the condition",
    "wait": "how long it waits",
    "form": "the questions",
    "limit": "how many jobs",
    "if_none": "what happens when no job fits",
    "thread": "whether it continues the thread",
}
_INSIDE = ("id", "then", "else", "arms")


def differences(old: dict[str, Any], new: dict[str, Any], templates: dict[str, str]) -> list[str]:
    """Sentences from the old file to the new one; none when they do the same."""
    found = []
    if old.get("name") != new.get("name"):
        found.append(f"Renamed from “{old.get('name')}” to “{new.get('name')}”.")
    if old.get("trigger") != new.get("trigger"):
        found.append(f"People enter differently: {_trigger(old)} became {_trigger(new)}.")
    found += _settings(old.get("settings") or {}, new.get("settings") or {})
    return found + _steps(old, new, templates)


def _trigger(file: dict[str, Any]) -> str:
    found = file.get("trigger") or {}
    more = [_said(value) for key, value in found.items() if key != "on"]
    return f"“{', '.join([wording.trigger(found), *more])}”"


def _settings(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return [
        f"Changed {_SETTINGS.get(key, key)}: {_said(old.get(key))} became {_said(new.get(key))}."
        for key in changed
    ]


def _steps(old: dict[str, Any], new: dict[str, Any], templates: dict[str, str]) -> list[str]:
    before = {spot.step["id"]: spot for spot in editing.spots(old)}
    after = {spot.step["id"]: spot for spot in editing.spots(new)}
    found = [f"Removed {_named(before[one].step, templates)}." for one in before if one not in after]
    found += [
        f"Added {_named(after[one].step, templates)}, {_when(after[one].step)}."
        for one in after
        if one not in before
    ]
    for one in (one for one in after if one in before):
        found += _changes(before[one].step, after[one].step, templates)
    kept = [one for one in before if one in after]
    order = [one for one in after if one in before]
    moved = {one for one, other in zip(kept, order, strict=True) if one != other}
    if moved:
        found.append(f"In another order: {', '.join(_named(after[one].step, templates) for one in order)}.")
    return found


def _changes(old: dict[str, Any], new: dict[str, Any], templates: dict[str, str]) -> list[str]:
    keys = [key for key in {**old, **new} if key not in _INSIDE and old.get(key) != new.get(key)]
    name = _named(new, templates)
    return [f"{name}: {_change(key, old.get(key), new.get(key), templates)}." for key in keys]


def _change(key: str, old: Any, new: Any, templates: dict[str, str]) -> str:
    if key in ("after", "wait"):
        return f"{_PARTS[key]} changed from {wording.delay(old)} to {wording.delay(new)}"
    if key == "template":
        return f"the mail changed from “{templates.get(old, old)}” to “{templates.get(new, new)}”"
    if key == "if":
        return f"the condition changed from {wording.condition(old or {})} to {wording.condition(new or {})}"
    return f"{_PARTS.get(key, key)} changed from {_said(old)} to {_said(new)}"


def _named(step: dict[str, Any], templates: dict[str, str]) -> str:
    kind = wording.KINDS.get(str(step.get("type")), (str(step.get("type")), ""))[0]
    return f"{kind} “{wording.title(step, templates)}”"


def _when(step: dict[str, Any]) -> str:
    return wording.delay(step.get("after"))


def _said(value: Any) -> str:
    if value in (None, "", [], {}, False):
        return "nothing"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(one.replace("_", " ") for one in value)
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return f"{value['pool']}: {value['name']}" if value.get("pool") else str(value["name"])
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
