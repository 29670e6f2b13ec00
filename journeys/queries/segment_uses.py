"""Which journeys build on a segment (settings.SEGMENT_USES)."""

from typing import Any

from journeys.models import Journey, JourneyVersion
from talentpools.queries.segment_uses import Use


def uses(segment_id: int) -> list[Use]:
    """Journeys that start from the segment or name it in a rule, in their draft or the version that runs."""
    journeys = Journey.objects.select_related("version").order_by("name", "pk")
    return [
        Use("Journey", journey.name, "journeys:journey", journey.pk)
        for journey in journeys
        if _names(journey.draft, segment_id)
        or (journey.version and _names(journey.version.definition, segment_id))
    ]


def is_followed(segment_id: int) -> bool:
    """Whether any journey, in any version somebody may still run through, acts on who is in the segment."""
    versions = JourneyVersion.objects.values_list("definition", flat=True)
    return any(_names(definition, segment_id) for definition in versions)


def _names(node: Any, segment_id: int) -> bool:
    if isinstance(node, dict):
        return node.get("segment") == segment_id or any(_names(one, segment_id) for one in node.values())
    return isinstance(node, list) and any(_names(one, segment_id) for one in node)
