"""What a stored document (rules, a journey) asks of a field. Read leniently: old documents count too."""

from collections.abc import Iterator
from typing import Any


def values_asked(document: Any, field: str) -> set[str] | None:
    """The values the document's rules compare the field with, as texts; None when none names the field."""
    rules = list(_rules_on(document, field))
    if not rules:
        return None
    return {str(value) for rule in rules for value in _listed(rule.get("value"))}


def _rules_on(node: Any, field: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("field") == field:
            yield node
        for inner in node.values():
            yield from _rules_on(inner, field)
    elif isinstance(node, list):
        for inner in node:
            yield from _rules_on(inner, field)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
