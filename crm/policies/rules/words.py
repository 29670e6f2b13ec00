"""Reads a rule aloud, in parts a page can set in different weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from crm.models import Application, HiringStage
from crm.policies.rules.catalogue import ACTIVITY_KINDS, Field, Type
from crm.policies.rules.relations import Relation
from crm.policies.rules.tree import (
    ActivityRule,
    ApplicationRule,
    Days,
    FieldRule,
    Group,
    Not,
    Rule,
    Stay,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: the field it is about, a joining word, or a value."""

    kind: Literal["field", "is", "value"]
    text: str


Names = Callable[[str, Any], str]
"""How a stored value is called, such as the name behind an owner's id: `names("owner", 7)`."""

OPERATORS: Mapping[str, str] = {
    "eq": "is",
    "neq": "is not",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "in": "is one of",
    "not_in": "is none of",
    "any_of": "have any of",
    "all_of": "have all of",
    "none_of": "have none of",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "between": "is between",
    "before": "is before",
    "after": "is after",
    "on": "is on",
    "in_last_days": "is in the last",
    "not_in_last_days": "is not in the last",
    "in_next_days": "is in the next",
    "is_empty": "is empty",
    "is_not_empty": "is not empty",
    "is_true": "is yes",
    "is_false": "is not yes",
}
_DAYS = frozenset({"in_last_days", "not_in_last_days", "in_next_days"})
_COUNTS = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}
_GROUPS = {
    "all": "all of these hold",
    "any": "any of these holds",
    "none": "none of these holds",
}
_STAGES = dict(HiringStage.choices)


def sentence(rule: Rule, relations: Mapping[str, Relation], names: Names | None = None) -> tuple[Part, ...]:
    """One rule; a group is only named, its rules are read one by one."""
    if isinstance(rule, Group):
        return (Part("is", _GROUPS[rule.match]),)
    if isinstance(rule, Not):
        return (Part("is", "not:"), *sentence(rule.rule, relations, names))
    if isinstance(rule, FieldRule):
        return _field(rule, names or (lambda _, value: str(value)))
    if isinstance(rule, ActivityRule | ApplicationRule):
        return _activity(rule) if isinstance(rule, ActivityRule) else _application(rule)
    return (Part("is", "is"), Part("value", relations[rule.name].words(rule.value)))


def text(parts: tuple[Part, ...]) -> str:
    return " ".join(part.text for part in parts)


def value(field: Field, found: Any, names: Names | None = None) -> str:
    """A value of the field as people say it."""
    if isinstance(found, list | tuple):
        return ", ".join(value(field, one, names) for one in found)
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    if isinstance(found, date):
        return found.isoformat()
    called = dict(field.choices).get(str(found))
    return called or (names(field.key, found) if names else str(found))


def _field(rule: FieldRule, names: Names) -> tuple[Part, ...]:
    start = (Part("field", rule.field.label), Part("is", OPERATORS[rule.op]))
    if rule.value is None:
        return start
    if rule.op in _DAYS:
        never = (Part("is", "or never"),) if rule.op == "not_in_last_days" else ()
        return (*start, Part("value", _days(rule.value)), *never)
    if rule.op == "between":
        if rule.field.type is Type.NUMBER:
            low, high = (value(rule.field, end) for end in rule.value)
            return (*start, Part("value", low), Part("is", "and"), Part("value", high))
        return (*start[:1], Part("is", "is"), Part("value", _period(rule.value)))
    return (*start, Part("value", value(rule.field, rule.value, names) or "“”"))


def _activity(rule: ActivityRule) -> tuple[Part, ...]:
    times = "time" if rule.count == 1 else "times"
    found = [
        Part("field", ACTIVITY_KINDS[rule.kind].capitalize()),
        Part("is", _COUNTS[rule.op]),
        Part("value", f"{rule.count} {times}"),
    ]
    if rule.within_days is not None:
        found += [Part("is", "in the last"), Part("value", _days(rule.within_days))]
    if rule.between is not None:
        found += [Part("value", _period(rule.between))]
    return tuple(found)


def _application(rule: ApplicationRule) -> tuple[Part, ...]:
    found = [Part("field", "An application")]
    for saying, conditions in _conditions(rule):
        if len(found) > 1:
            found.append(Part("is", "and"))
        found += [Part("is", saying), Part("value", conditions)]
    return tuple(found) if len(found) > 1 else (*found, Part("is", "exists"))


def _conditions(rule: ApplicationRule) -> list[tuple[str, str]]:
    outcomes = dict(Application.Outcome.choices)
    spoken = {
        "for requisition": rule.requisition and f"#{rule.requisition}",
        "in role family": rule.role_family_in and _words(rule.role_family_in),
        "in department": rule.department_in and ", ".join(rule.department_in),
        "got at least as far as": rule.furthest_stage_at_least and _STAGES[rule.furthest_stage_at_least],
        "was in": rule.was_in_stage and _stay(rule.was_in_stage),
        "entered": rule.entered_stage and _stay(rule.entered_stage),
        "is now": rule.outcome and outcomes[rule.outcome].lower(),
        "because of": rule.rejection_reason_in and _words(rule.rejection_reason_in),
        "ended in the last": rule.ended_within_days is not None and _days(rule.ended_within_days),
        "was made in the last": rule.applied_within_days is not None and _days(rule.applied_within_days),
    }
    return [(saying, said) for saying, said in spoken.items() if said]


def _words(codes: tuple[str, ...]) -> str:
    return " or ".join(code.replace("_", " ") for code in codes)


def _stay(stay: Stay) -> str:
    return _STAGES[stay.stage] + (f" {_period(stay.during)}" if stay.during else "")


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _period(days: Days) -> str:
    start, end = days
    if start and end:
        return f"from {start.isoformat()} to {end.isoformat()}"
    return f"from {start.isoformat()} on" if start else f"until {end.isoformat()}" if end else "ever"
