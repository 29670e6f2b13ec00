"""What a pool or a segment says, a line each, and what is different between two of them."""

import difflib
from collections.abc import Sequence
from typing import Any

from crm.policies.rules import words
from talentpools.models import Segment
from talentpools.queries import rule_readings
from talentpools.queries.rule_readings import Reading

Line = tuple[str, str]
"""A sign (+ new, - gone, or a blank) and what the line says."""


def of_pool(pool: Any) -> tuple[Line, ...]:
    """A stored pool, or one that is still a draft."""
    family = f"Role family: {pool.role_family}" if pool.role_family else ""
    return tuple((" ", line) for line in (pool.description, family) if line)


def of_segment(segment: Any) -> tuple[Line, ...]:
    """A stored segment, or one that is still a draft."""
    said = [segment.description] if segment.description else []
    parent = segment.parent.name if segment.parent else ""
    return tuple((" ", line) for line in [*said, *of_rules(segment.rules, segment.mode, parent)])


def of_rules(tree: Any, mode: str, parent: str) -> list[str]:
    """The rules aloud, a line each, those inside a group indented."""
    start = [f"Of the people in {parent}"] if parent else []
    reading = rule_readings.read(tree)
    said = _aloud(reading, 0) if reading else ["Rules that can no longer be read"]
    return [*start, str(Segment.Mode(mode).label), *said]


def compared(before: Sequence[Line], after: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that are new, gone, or in both."""
    found = difflib.ndiff([line for _, line in before], [line for _, line in after])
    return tuple((line[0], line[2:]) for line in found if line[0] in "+- ")


def is_change(lines: Sequence[Line]) -> bool:
    return any(sign in "+-" for sign, _ in lines)


def _aloud(reading: Reading, depth: int) -> list[str]:
    here = ["\u2003" * depth + words.text(reading.sentence)]
    return here + [line for inner in reading.rules for line in _aloud(inner, depth + 1)]
