"""How the people of a requisition are narrowed: one reading for the page and the API."""

import json
from collections.abc import Mapping, Sequence

from crm.kernel.errors import DomainError
from crm.models import Requisition, Stage
from crm.policies.rules.catalogue import ENGAGEMENT_LEVELS
from talentpools.queries.matches import MatchFilters

LEVELS = tuple(level for level, _ in ENGAGEMENT_LEVELS)
ANYBODY = "any"
Asked = Mapping[str, Sequence[str]]


class InvalidFilter(DomainError):
    """These people cannot be asked for like this."""

    code = "invalid"
    status = 400


def read_filters(asked: Asked, requisition: Requisition) -> MatchFilters:
    """What ?role_family, stage, skill, engagement, pool, segment and rules ask for.

    Without a role family it is the requisition's own; `any` is everybody.
    """
    family = _last(asked, "role_family") or requisition.role_family
    return MatchFilters(
        role_family="" if family == ANYBODY else family,
        stages=_choices(asked, "stage", Stage.values),
        skills=tuple(skill.strip() for skill in asked.get("skill", []) if skill.strip())[:20],
        levels=_choices(asked, "engagement", LEVELS),
        pool=_number(asked, "pool"),
        segment=_number(asked, "segment"),
        rules=_rules(asked),
    )


def _choices(asked: Asked, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    given = tuple(value for value in asked.get(name, []) if value)
    if unknown := [value for value in given if value not in allowed]:
        raise InvalidFilter(fields={name: f"{unknown[0]} is none of {', '.join(allowed)}."})
    return given


def _number(asked: Asked, name: str) -> int | None:
    text = _last(asked, name)
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise InvalidFilter(fields={name: "The id of one, a number."})
    return int(text)


def _rules(asked: Asked) -> object:
    text = _last(asked, "rules")
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidFilter(fields={"rules": "Not JSON."}) from None


def _last(asked: Asked, name: str) -> str:
    return "".join(asked.get(name, [])[-1:]).strip()
