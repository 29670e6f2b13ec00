"""Steps, delays and triggers said in words, for the cards of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_UNITS = {
    "minutes": "minute",
    "hours": "hour",
    "days": "day",
    "weeks": "week",
    "months": "month",
    "working_days": "working day",
}
KINDS: dict[str, tuple[str, str]] = {
    "message": ("Message", "mail"),
    "check_in": ("Check-in", "clipboard-list"),
    "job_alert": ("Job alert", "briefcase"),
    "task": ("Task", "list-checks"),
    "wait": ("Wait", "hourglass"),
    "branch": ("Branch", "git-branch"),
    "split": ("Split", "split"),
    "update": ("Update", "pencil"),
    "notify": ("Notify", "bell"),
    "enroll": ("Enroll", "route"),
    "end": ("End", "flag"),
}
_TRIGGERS = {
    "manual": "People are enrolled by hand",
    "segment.entered": "When somebody enters a segment",
    "stage.changed": "When the stage changes",
    "application.rejected": "When an application is rejected",
    "event.attended": "When somebody attended an event",
    "form.submitted": "When somebody submits a form",
    "date": "On a date of the person",
}


def delay(value: dict[str, Any] | None) -> str:
    """“after 4 weeks, at 09:30”; “at once” for none."""
    if not value:
        return "at once"
    unit = next((unit for unit in _UNITS if unit in value), "")
    amount = value.get(unit, 0)
    words = f"after {amount} {_UNITS.get(unit, '')}{'' if amount == 1 else 's'}" if amount else "at once"
    return f"{words}, at {value['at']}" if value.get("at") else words


def title(step: dict[str, Any], templates: dict[str, str], steps: Mapping[str, str] | None = None) -> str:
    """What a card is headed with. `steps` names the mails a condition may be about."""
    kind = step.get("type", "")
    named = {
        "task": step.get("title"),
        "notify": step.get("text"),
        "branch": f"If {condition(step.get('if') or {}, steps)}{_waiting(step)}",
        "split": " / ".join(f"{arm.get('name')} {arm.get('weight')}" for arm in step.get("arms", [])),
        "update": changes(step),
        "wait": delay(step.get("after")).removeprefix("after ").capitalize(),
        "enroll": f"Journey {step.get('journey')}",
        "end": "The journey ends here",
    }.get(kind)
    key = str(step.get("template", ""))
    return str(named or templates.get(key) or key or KINDS.get(kind, (kind, ""))[0])


def condition(rule: dict[str, Any], steps: Mapping[str, str] | None = None) -> str:
    """A branch's condition, as far as it is one of the usual ones."""
    if message := rule.get("message"):
        step = str(message.get("step", "a message"))
        return f"“{(steps or {}).get(step, step)}” was {message.get('was')}"
    if activity := rule.get("activity"):
        window = f" within {rule['within_days']} days" if rule.get("within_days") else ""
        return f"{str(activity).replace('.', ' ')} at least {rule.get('count', 1)}×{window}"
    if segment := rule.get("segment"):
        return f"in segment {segment['name'] if isinstance(segment, dict) else segment}"
    if field := rule.get("field"):
        return f"{field} {str(rule.get('op', '')).replace('_', ' ')} {rule.get('value', '')}".strip()
    return "its rules match"


def _waiting(step: dict[str, Any]) -> str:
    """How long the yes may take to come."""
    return f", within {delay(step['wait']).removeprefix('after ')}" if step.get("wait") else ""


def changes(step: dict[str, Any]) -> str:
    """What an update does."""
    parts = []
    if stage := step.get("stage"):
        parts.append(f"stage to {str(stage).replace('_', ' ')}")
    parts += [f"add tag {tag}" for tag in step.get("add_tags", [])]
    parts += [f"remove tag {tag}" for tag in step.get("remove_tags", [])]
    parts += [f"set {name}" for name in step.get("fields", {})]
    parts += [key.replace("_", " ") for key in ("add_to_pool", "remove_from_pool") if step.get(key)]
    return ", ".join(parts).capitalize()


def trigger(value: dict[str, Any]) -> str:
    """How people come in."""
    return _TRIGGERS.get(str(value.get("on")), str(value.get("on")))
