"""The pools a new workspace begins with: one per recurring job family, each with three sub-segments."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StarterSegment:
    """A sub-segment, its rules written for one role family."""

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
            "Silver medalists",
            "Reached the final interview within the last year and were not chosen.",
            _all(of_family, _runner_up(), is_free, {"not": was_hired}),
        ),
        StarterSegment(
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
            "Alumni",
            "Worked here and left on good terms (tag “alumni”).",
            _all(of_family, {"field": "tags", "op": "any_of", "value": ["alumni"]}),
        ),
    )


def _runner_up() -> dict[str, Any]:
    return {
        "application": {
            "furthest_stage_at_least": "final_interview",
            "outcome": "rejected",
            "ended_within_days": 365,
        }
    }


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"match": "all", "rules": list(rules)}
