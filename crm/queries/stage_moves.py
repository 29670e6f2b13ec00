"""Who moved along the CRM stages, when, and what moved them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from crm.models import Event, Stage

HOW = {"ats": "ATS progress", "reply": "a reply", "journey": "a journey's rule"}


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one person; `how` it came about in a word or two."""

    event: Event
    before: str
    after: str
    how: str


def moves(stage: str = "") -> QuerySet[Event]:
    """Every move of people who are still here, the latest first; with `stage`, those into or out of it."""
    found = Event.objects.filter(
        kind="stage.changed", candidate__merged_into=None, candidate__anonymized_at=None
    )
    if stage:
        found = found.filter(data__to=stage) | found.filter(data__from=stage)
    return found.select_related("candidate", "actor").order_by("-occurred_at", "-pk")


def told(page: Sequence[Event]) -> list[Move]:
    """These moves in words."""
    labels = {value: str(label) for value, label in Stage.choices}
    return [
        Move(
            event,
            labels.get(event.data.get("from", ""), ""),
            labels.get(event.data.get("to", ""), ""),
            HOW.get(event.data.get("by", ""), "by hand" if event.actor_id else "an import or a program"),
        )
        for event in page
    ]
