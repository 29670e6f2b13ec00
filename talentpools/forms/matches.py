"""How the people of a requisition are narrowed: one reading for the page and the API."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from crm.kernel.errors import DomainError
from crm.models import Requisition, Stage
from crm.policies.rules.catalogue import ENGAGEMENT_LEVELS
from talentpools.queries import pools
from talentpools.queries.matches import MatchFilters
from talentpools.queries.reach import REACHABLE, SENTENCES

LEVELS = tuple(level for level, _ in ENGAGEMENT_LEVELS)
REACHES = (REACHABLE, *SENTENCES)
ANYBODY = "any"
GroupT = TypeVar("GroupT", bound=Model)
Asked = Mapping[str, Sequence[str]]


class InvalidFilter(DomainError):
    """These people cannot be asked for like this."""

    code = "invalid"
    status = 400


def read_filters(asked: Asked, requisition: Requisition, *, reader: int | None) -> MatchFilters:
    """What ?role_family, stage, skill, engagement, pool, segment, rules and reach ask for.

    Without a role family it is the requisition's own; `any` is everybody. Refuses pools and segments the
    reader may not know of like those that are not there.
    """
    family = _last(asked, "role_family") or requisition.role_family
    return MatchFilters(
        role_family="" if family == ANYBODY else family,
        stages=_choices(asked, "stage", Stage.values),
        skills=tuple(skill.strip() for skill in asked.get("skill", []) if skill.strip())[:20],
        levels=_choices(asked, "engagement", LEVELS),
        pool=_known(asked, "pool", pools.visible_to(reader)),
        segment=_known(asked, "segment", pools.segments_visible_to(reader)),
        rules=_rules(asked),
        reach=next(iter(_choices(asked, "reach", REACHES)), ""),
    )


def _choices(asked: Asked, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    given = tuple(value for value in asked.get(name, []) if value)
    if unknown := [value for value in given if value not in allowed]:
        raise InvalidFilter(fields={name: f"{unknown[0]} is none of {', '.join(allowed)}."})
    return given


def _known(asked: Asked, name: str, visible: QuerySet[GroupT]) -> GroupT | None:
    text = _last(asked, name)
    if not text:
        return None
    found = visible.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise InvalidFilter(fields={name: f"There is no such {name}."})
    return found


def _rules(asked: Asked) -> object:
    text = _last(asked, "rules")
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidFilter(fields={"rules": "Not JSON."}) from None


def _last(asked: Asked, name: str) -> str:
    given = [value.strip() for value in asked.get(name, []) if value.strip()]
    return given[-1] if given else ""
