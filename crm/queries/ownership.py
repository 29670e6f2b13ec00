"""Whose the relation with a person is, worked out from what colleagues did. Three statements for many."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Event, Workspace
from crm.policies import ownership
from crm.policies.ownership import Ownership

TOUCHES = (
    "note.added",
    "task.finished",
    "call.completed",
    "call.attempted",
    "meeting.held",
    "promise.made",
    "promise.kept",
)
_TOUCHED = Q(kind__in=TOUCHES) | Q(kind="message.sent", data__kind="one_to_one")
CHANGES = ("owner.taken", "owner.handed_over", "owner.extended")


def ownerships(candidate_ids: Collection[int]) -> dict[int, Ownership]:
    """Those of these people who have an owner: who it is, and until when, as this workspace counts."""
    owned = Candidate.objects.filter(pk__in=candidate_ids).exclude(owner=None).select_related("owner")
    rows = {row.pk: row for row in owned.only("pk", "owner__name", "owner__email", "created_at")}
    if not rows:
        return {}
    touched = _touched(rows)
    days = Workspace.objects.values_list("ownership_days", flat=True).get(pk=current_workspace_id())
    found = {pk: ownership_of(row, touched_at=touched.get(pk), days=days) for pk, row in rows.items()}
    return {pk: one for pk, one in found.items() if one}


def last_touch() -> Any:
    """When the owner last did something about the person of the row, as a column; None for never."""
    by_owner = Q(actor_id=OuterRef("owner_id")) & _TOUCHED
    facts = Event.objects.filter(by_owner | Q(kind__in=CHANGES), candidate_id=OuterRef("pk"))
    return Subquery(facts.order_by("-occurred_at").values("occurred_at")[:1])


def held_q(*, now: datetime) -> Q:
    """People somebody owns still, over candidates or their search view; the others are free to take."""
    days = Workspace.objects.values_list("ownership_days", flat=True).get(pk=current_workspace_id())
    is_owned = Q(owner__isnull=False)
    if not days:
        return is_owned
    since = now - timedelta(days=days)
    by_owner = Q(actor_id=OuterRef("owner_id")) & _TOUCHED
    lately = Event.objects.filter(by_owner | Q(kind__in=CHANGES), occurred_at__gt=since)
    return is_owned & (Q(created_at__gt=since) | Q(Exists(lately.filter(candidate_id=OuterRef("pk")))))


def ownership_of(candidate: Candidate, *, touched_at: datetime | None, days: int) -> Ownership | None:
    """Who owns this person and until when, `touched_at` being their last_touch; no statement."""
    if candidate.owner_id is None:
        return None
    at = max(touched_at or candidate.created_at, candidate.created_at)
    return Ownership(candidate.owner_id, str(candidate.owner), at, ownership.ends(at, days=days))


def held_by_others(
    candidate_ids: Collection[int], *, by_id: int | None, now: datetime
) -> dict[int, Ownership]:
    """Those of these people whose owner somebody else should ask first."""
    if by_id is None:
        return {}
    found = ownerships(candidate_ids)
    return {pk: one for pk, one in found.items() if ownership.holds_against(one, by_id, now=now)}


def is_strict() -> bool:
    """Whether this workspace refuses what it otherwise warns of."""
    return Workspace.objects.values_list("is_ownership_strict", flat=True).get(pk=current_workspace_id())


def _touched(candidate_ids: Collection[int]) -> dict[int, datetime]:
    """When the owner last did something about each person, or the ownership was given or renewed."""
    by_owner = Q(actor_id=F("candidate__owner_id")) & _TOUCHED
    facts = Event.objects.filter(by_owner | Q(kind__in=CHANGES), candidate_id__in=list(candidate_ids))
    rows = facts.order_by().values_list("candidate_id").annotate(Max("occurred_at"))
    return {pk: at for pk, at in rows if pk is not None}
