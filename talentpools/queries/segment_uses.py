"""Where a segment is used; apps above tell through settings.SEGMENT_USES, dotted paths to (id) → [Use]."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from talentpools.queries import segments


@dataclass(frozen=True, slots=True)
class Use:
    """Something that builds on a segment. `url_name` and `pk` lead to it."""

    kind: str
    name: str
    url_name: str
    pk: int


def uses(segment_id: int) -> list[Use]:
    """The segments, journeys and whatever else name this segment."""
    found = [
        Use("Segment", one.name, "talentpools:segment", one.pk) for one in segments.dependents(segment_id)
    ]
    for path in settings.SEGMENT_USES:
        tell: Callable[[int], list[Use]] = import_string(path)
        found += tell(segment_id)
    return found
