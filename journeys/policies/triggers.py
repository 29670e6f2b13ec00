"""Which events enroll somebody by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeys.policies.file_format import Trigger

KINDS = frozenset(
    {"segment.entered", "stage.changed", "application.rejected", "event.attended", "form.submitted"}
)


def fires(trigger: Trigger, kind: str, data: Mapping[str, Any]) -> bool:
    """True when an event with this data is what the trigger waits for."""
    if trigger.on != kind:
        return False
    options = trigger.options
    if kind == "segment.entered":
        return bool(options.get("segment") == data.get("segment"))
    if kind == "stage.changed":
        return all(options.get(key) in (None, "", data.get(key)) for key in ("from", "to"))
    if kind in ("event.attended", "form.submitted"):
        key = kind.split(".", maxsplit=1)[0]
        # Who records an activity by the API may name the event by its number too.
        return options.get(key) in (None, "", data.get(key), str(data.get(f"{key}_id")))
    return True
