"""The pools offered as templates: one per recurring job family, each with four sub-segments.

A new workspace begins with all of them; the gallery offers each one, whole or in part.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StarterSegment:
    """A sub-segment, its rules written for one role family. `key` is what a form calls it."""

    key: str
    name: str
    description: str
    rules: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StarterPool:
    """A pool, the role family it is for, and its sub-segments."""

    name: str
    role_family: str
    description: str
    segments: tuple[StarterSegment, ...]


_FAMILIES = (
    ("Engineering", "engineering", "People who build: backend, frontend, data, infrastructure."),
    ("Sales", "sales", "People who sell, and who lead those who do."),
    ("Operations", "operations", "People who keep the company running."),
    ("Customer success", "customer_success", "People who keep customers well."),
)


def pools() -> tuple[StarterPool, ...]:
    """The four starter pools."""
    return tuple(
        StarterPool(name, family, description, _segments(family)) for name, family, description in _FAMILIES
    )


def _segments(family: str) -> tuple[StarterSegment, ...]:
    of_family = {"field": "role_family", "op": "eq", "value": family}
    is_free = {"not": {"application": {"outcome": "active"}}}
    was_hired = {"application": {"outcome": "hired"}}
    return (
        StarterSegment(
            f"{family}:silver",
            "Silver medalists",
            "Reached the final interview within the last year and were not chosen.",
            _all(of_family, _turned_down("final_interview", 365), is_free, {"not": was_hired}),
        ),
        StarterSegment(
            f"{family}:timing",
            "Strong, wrong moment",
            "Interviewed well in the last two years; the time or the headcount decided.",
            _all(
                of_family,
                _turned_down("interview", 730, reasons=["timing", "headcount"]),
                is_free,
                {"not": was_hired},
            ),
        ),
        StarterSegment(
            f"{family}:events",
            "Met at events",
            "Came to an event in the last two years and have not applied since a year.",
            _all(
                of_family,
                {"activity": "event.attended", "op": "at_least", "count": 1, "within_days": 730},
                {"not": {"application": {"applied_within_days": 365}}},
                is_free,
            ),
        ),
        StarterSegment(
            f"{family}:alumni",
            "Alumni",
            "Worked here and left on good terms (tag “alumni”).",
            _all(
                of_family,
                {"field": "tags", "op": "any_of", "value": ["alumni"]},
                {"field": "do_not_contact", "op": "is_false"},
            ),
        ),
    )


def _turned_down(stage: str, days: int, *, reasons: list[str] | None = None) -> dict[str, Any]:
    conditions: dict[str, Any] = {"furthest_stage_at_least": stage, "outcome": "rejected"}
    if reasons:
        conditions["rejection_reason_in"] = reasons
    return {"application": conditions | {"ended_within_days": days}}


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"match": "all", "rules": list(rules)}
