"""Rules in the candidate list's query string (`rules=`, the rule language): read, said, added one by one."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.models import CustomField
from crm.policies.rules import catalogue, words
from crm.policies.rules.catalogue import OPERATORS, Field, Type
from crm.policies.rules.places import InvalidRules
from crm.policies.rules.relations import Language
from crm.policies.rules.tree import Rule
from crm.queries import rules

_NAME = "rules"
_WITHOUT_VALUE = frozenset({"is_empty", "is_not_empty", "is_true", "is_false"})
_DAYS = frozenset({"in_last_days", "not_in_last_days", "in_next_days"})
_LISTS = frozenset({"in", "not_in", "any_of", "all_of", "none_of"})


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in force as a sentence, and the query string without it."""

    sentence: str
    remove_url: str


def rule_from(query: QueryDict) -> Rule | None:
    """The rules of the query string; None when there are none. Raises InvalidRules."""
    tree = _tree(query)
    return rules.parse(tree) if tree is not None else None


def said(query: QueryDict, spoken: Language) -> list[Said]:
    """Each rule aloud; a tree that is no plain list of rules is one."""
    tree = _tree(query)
    if tree is None:
        return []
    items = tree["rules"] if tree.get("match") == "all" and tree.get("rules") else [tree]
    return [
        Said(
            words.text(words.sentence(rules.parse(item, spoken), spoken.relations)),
            _without(query, items, place),
        )
        for place, item in enumerate(items)
    ]


def with_rule(query: QueryDict, spoken: Language) -> str:
    """The query string with the rule of the small form (`rule_field`, `rule_op`, `rule_value`) joined to it.

    Raises InvalidRules when the three make no rule.
    """
    key, op, text = (query.get(f"rule_{name}", "") for name in ("field", "op", "value"))
    rule: dict[str, Any] = {"field": key, "op": op}
    if op not in _WITHOUT_VALUE:
        rule["value"] = _value(spoken, key, op, text.strip())
    tree = _tree(query)
    items = [] if tree is None else tree["rules"] if tree.get("match") == "all" else [tree]
    joined = {"match": "all", "rules": [*items, rule]}
    rules.parse(joined, spoken)
    changed = query.copy()
    for name in ("rule_field", "rule_op", "rule_value", "page"):
        changed.pop(name, None)
    changed[_NAME] = json.dumps(joined, separators=(",", ":"))
    return f"?{changed.urlencode()}"


def fields(own: Iterable[CustomField]) -> list[tuple[str, str]]:
    """What a rule may be about: (key, label)."""
    return [(field.key, field.label) for field in catalogue.fields(own).values()]


def operators() -> list[tuple[str, str]]:
    """Every operator once, as people say it."""
    named = dict.fromkeys(op for ops in OPERATORS.values() for op in ops)
    return [(op, words.OPERATORS[op]) for op in named]


def _tree(query: QueryDict) -> dict[str, Any] | None:
    given = query.get(_NAME, "")
    if not given:
        return None
    try:
        tree = json.loads(given)
    except ValueError as wrong:
        raise InvalidRules("The rules in this address are no JSON.") from wrong
    if not isinstance(tree, dict):
        raise InvalidRules("The rules in this address are no rule.")
    return tree


def _without(query: QueryDict, items: list[Any], place: int) -> str:
    rest = [item for at, item in enumerate(items) if at != place]
    changed = query.copy()
    for name in (_NAME, "page"):
        changed.pop(name, None)
    if rest:
        changed[_NAME] = json.dumps({"match": "all", "rules": rest}, separators=(",", ":"))
    return f"?{changed.urlencode()}"


def _value(spoken: Language, key: str, op: str, text: str) -> Any:
    field = spoken.fields.get(key)
    if op in _LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if op in _DAYS or (field and field.type is Type.NUMBER):
        return _number(text, op)
    if op == "between":
        return [part.strip() for part in text.replace(" and ", ",").split(",")]
    return _coded(field, text) if field else text


def _number(text: str, op: str) -> Any:
    parts = text.replace(" and ", ";").split(";") if op == "between" else [text]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return text
    whole = [int(number) if number.is_integer() else number for number in numbers]
    return whole if op == "between" else whole[0]


def _coded(field: Field, text: str) -> str:
    """A choice may be said as people say it."""
    labels = {label.lower(): value for value, label in field.choices}
    return labels.get(text.lower(), text)
