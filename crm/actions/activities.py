from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from crm.actions import engagement, events
from crm.kernel.errors import DomainError
from crm.models import Candidate, Event, User
from crm.policies.engagement import ONLY_WHEN_HUMAN, WEIGHTS

# What the outside may tell us happened. The rest is recorded by what does it here.
KINDS = frozenset(
    {*WEIGHTS, "message.sent", "message.delivered", "note.added", "stage.changed", "call.completed"}
)


class UnknownKind(DomainError):
    """There is no such kind of activity."""

    code = "unknown_kind"
    status = 400


@transaction.atomic
def record(
    *,
    candidate: Candidate,
    kind: str,
    at: datetime,
    ref: str = "",
    data: Mapping[str, Any] | None = None,
    by: User | None = None,
) -> tuple[Event, bool]:
    """Record what a person did elsewhere, once per (kind, ref); says whether it was new.

    Opens and clicks count as a human's unless `data.human` says "machine" or "unsure" (or false).
    """
    if kind not in KINDS:
        raise UnknownKind(fields={"kind": f"One of {', '.join(sorted(KINDS))}."})
    told = dict(data or {})
    if kind in ONLY_WHEN_HUMAN:
        told = _with_actor(told)
    recorded = events.record(kind, candidate=candidate, by=by, at=at, ref=ref, data=told)
    if recorded is None:
        return Event.objects.get(kind=kind, ref=ref), False
    if kind in WEIGHTS:
        engagement.refold(candidate_ids=[candidate.pk])
    return recorded, True


def _with_actor(data: dict[str, Any]) -> dict[str, Any]:
    said = data.get("human", data.get("actor", "human"))
    actor = {True: "human", False: "machine"}.get(said, said) if isinstance(said, bool) else said
    if actor not in ("human", "machine", "unsure"):
        actor = "unsure"
    return data | {"actor": actor, "human": actor == "human"}
