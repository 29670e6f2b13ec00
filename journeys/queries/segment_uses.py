"""Which journeys build on a segment or a pool (settings.SEGMENT_USES, POOL_USES)."""

from typing import Any

from journeys.models import Campaign, Journey, JourneyVersion, Template
from talentpools.queries.segment_uses import Use


def uses(segment_id: int) -> list[Use]:
    """Journeys that start from the segment or name it in a rule, templates and campaigns for its members."""
    variants = Template.objects.filter(segment_id=segment_id).order_by("name", "pk")
    found = [Use("Template", row.name, "journeys:template", row.pk) for row in variants]
    rows = Campaign.objects.filter(segment_id=segment_id).select_related("journey").order_by("pk")
    found += [Use("Campaign", row.journey.name, "journeys:campaign", row.pk) for row in rows]
    return _naming("segment", segment_id) + found


def pool_uses(pool_id: int) -> list[Use]:
    """Journeys that add people to the pool or name it in a rule, in their draft or the version that runs."""
    return _naming("pool", pool_id)


def _naming(noun: str, pk: int) -> list[Use]:
    journeys = Journey.objects.select_related("version").order_by("name", "pk")
    return [
        Use("Journey", journey.name, "journeys:journey", journey.pk)
        for journey in journeys
        if _names(journey.draft, noun, pk)
        or (journey.version and _names(journey.version.definition, noun, pk))
    ]


def is_followed(segment_id: int) -> bool:
    """Whether any journey, in any version somebody may still run through, acts on who is in the segment."""
    versions = JourneyVersion.objects.values_list("definition", flat=True)
    return any(_names(definition, "segment", segment_id) for definition in versions)


def _names(node: Any, noun: str, pk: int) -> bool:
    if isinstance(node, dict):
        return node.get(noun) == pk or any(_names(one, noun, pk) for one in node.values())
    return isinstance(node, list) and any(_names(one, noun, pk) for one in node)
