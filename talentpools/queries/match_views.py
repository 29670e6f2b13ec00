"""The log of scores that were shown, as rows of a file."""

from collections.abc import Iterator

from crm.models import Event, Requisition
from talentpools.policies.matching import WEIGHTS

HEAD = ("seen_at", "seen_by", "model", "candidate", "score", *WEIGHTS, "input_digest")


def exported(requisition: Requisition) -> Iterator[tuple[object, ...]]:
    """One row per person and view, the latest view first; the head is the first row."""
    yield HEAD
    seen = Event.objects.filter(kind="matches.viewed", data__requisition=requisition.pk)
    for view in seen.select_related("actor").order_by("-occurred_at", "-pk").iterator(chunk_size=50):
        for one in view.data["people"]:
            points = (one["points"].get(criterion, "") for criterion in WEIGHTS)
            who = view.actor.email if view.actor else ""
            yield (
                view.occurred_at.isoformat(), who, view.data["model"], one["candidate"], one["score"],
                *points, view.data["digest"],
            )  # fmt: skip
