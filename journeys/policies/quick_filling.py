"""The usual template, texts around plain merge fields, filled in without walking its tree for each person.

What it cannot do for certain as Liquid would (conditions, other filters, values that are no text) is left to
Liquid: the caller gets None. A test fills in the same templates both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.arguments import PositionalArgument
from liquid.builtin.output import OutputNode
from markupsafe import escape

# A longer mail is Liquid's to refuse.
_LONGEST = 150_000
_OWN_MEANING = frozenset({"size", "first", "last"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A merge field: where its value stands, and what is said where there is none."""

    path: tuple[str, ...]
    default: str | None
    name: str


Pattern: TypeAlias = Sequence[str | Slot]


def pattern_of(template: BoundTemplate) -> Pattern | None:
    """The template as texts and merge fields; None when it is more than that."""
    parts = [_part(node) for node in template.nodes]
    return None if any(part is None for part in parts) else [part for part in parts if part is not None]


def fill(pattern: Pattern, values: Mapping[str, Any], missing: list[str], *, is_html: bool) -> str | None:
    """The text with its values. What is missing is noted; None where only Liquid knows what a value means."""
    out: list[str] = []
    lacking: list[str] = []
    for part in pattern:
        if isinstance(part, str):
            out.append(part)
            continue
        found = _value(part, values)
        if found is None:
            return None
        if found.strip():
            out.append(str(escape(found)) if is_html and found is not part.default else found)
        else:
            lacking.append(part.name)
    text = "".join(out)
    if len(text) > _LONGEST:
        return None
    missing += lacking
    return text


def _value(slot: Slot, values: Mapping[str, Any]) -> str | None:
    """The text that stands there, empty for none; None when it is no text."""
    found: Any = values
    for depth, name in enumerate(slot.path):
        if not isinstance(found, dict) or (depth == 0 and name not in found):
            return None
        found = found.get(name)
        if found is None:
            break
    if found is None or found == "":
        return slot.default if slot.default is not None else ""
    return found if isinstance(found, str) else None


def _part(node: Node) -> str | Slot | None:
    if isinstance(node, ContentNode):
        return node.text
    expression = node.expression if isinstance(node, OutputNode) else None
    if not isinstance(expression, FilteredExpression) or not isinstance(expression.left, Path):
        return None
    path = tuple(segment for segment in expression.left.path if isinstance(segment, str))
    if len(path) < len(expression.left.path) or _OWN_MEANING.intersection(path):
        return None
    default = None
    if expression.filters:
        default = _default(expression)
        if default is None:
            return None
    return Slot(path, default, str(expression))


def _default(expression: FilteredExpression) -> str | None:
    filters = expression.filters or []
    arguments = filters[0].args
    if len(filters) > 1 or filters[0].name != "default" or len(arguments) != 1:
        return None
    first = arguments[0]
    if isinstance(first, PositionalArgument) and isinstance(first.value, StringLiteral):
        return str(first.value.value)
    return None
