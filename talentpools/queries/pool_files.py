"""Pools and segments as files that another workspace can read: everything is called by its name."""

from typing import Any

from crm.policies.rules.relations import Language
from crm.queries import rule_files, rules
from crm.queries.rule_files import NotPortable
from talentpools.models import Pool, Segment
from talentpools.policies.pool_files import POOL, SEGMENT
from talentpools.queries import rule_relations, segments


def of_pool(pool: Pool) -> dict[str, Any]:
    """The pool with its sub-segments. Refuses when one of them names what the reader may not see."""
    spoken = rules.language()
    inside = segments.in_order(Segment.objects.filter(pool=pool).order_by("name", "pk"))
    return {
        "format": POOL,
        "name": pool.name,
        "description": pool.description,
        "role_family": pool.role_family,
        "visibility": pool.visibility,
        "segments": [_segment(one, spoken) for one in inside],
    }


def of_segment(segment: Segment) -> dict[str, Any]:
    """The segment, and the name of its pool. Refuses when it names what the reader may not see."""
    pool = segment.pool.name if segment.pool else None
    return {"format": SEGMENT, "pool": pool} | _segment(segment, rules.language())


def _segment(one: Segment, spoken: Language) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "description": one.description, "mode": one.mode}
    if one.parent_id is not None:
        parent = rule_relations.segment_named(one.parent_id)
        if parent is None:
            raise NotPortable
        found["parent"] = parent
    return found | {"rules": rule_files.to_file(one.rules, spoken)}
