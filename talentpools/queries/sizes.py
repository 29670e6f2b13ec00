"""How a segment grew and shrank, ready to be drawn."""

from typing import Any

from talentpools.models import Segment, SegmentSize

MOST = 200


def chart(segment: Segment) -> dict[str, Any] | None:
    """The last measurements as a line, oldest first; None before there are two."""
    found = SegmentSize.objects.filter(segment=segment).order_by("-measured_at", "-pk")[:MOST]
    measured = [(one.measured_at, one.size) for one in reversed(found)]
    if len(measured) < 2:
        return None
    points = [[at.isoformat(timespec="seconds"), size] for at, size in measured]
    line = {"type": "line", "step": "end", "name": "People", "data": points, "areaStyle": {"opacity": 0.08}}
    return {
        "options": {"xAxis": {"type": "time"}, "yAxis": {"type": "value"}, "series": [line]},
        "headers": ["Measured", "People"],
        "rows": [(f"{at:%Y-%m-%d %H:%M}", size) for at, size in reversed(measured)],
    }
