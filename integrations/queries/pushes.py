"""Who a push sends, and what came of it."""

from typing import Any

from django.db.models import QuerySet

from crm.models import Candidate, Requisition
from integrations.models import ExternalRef, Push, PushItem
from integrations.policies import preflight
from talentpools.queries import shortlists

_FIELDS = {"first_name": "first name", "last_name": "last name", "email": "e-mail address"}


WORKING = (Push.State.CHECKING, Push.State.SENDING, Push.State.UNDOING)


def is_undoable(item: PushItem) -> bool:
    """Whether this receipt made something in the ATS that has not been taken back."""
    made = item.verdict in (PushItem.Verdict.CREATE, PushItem.Verdict.ATTACH)
    return made and item.state == PushItem.State.DONE


def requisition_ref(requisition: Requisition) -> ExternalRef | None:
    """Where the requisition stands in an ATS, if it came from one."""
    refs = ExternalRef.objects.filter(kind=ExternalRef.Kind.REQUISITION, object_id=requisition.pk)
    return refs.select_related("connection").order_by("-read_at").first()


def items_of(push: Push) -> QuerySet[PushItem]:
    """The people of a push in the order of their names."""
    return push.items.select_related("candidate").order_by(
        "candidate__last_name", "candidate__first_name", "pk"
    )


def shortlist_of(requisition: Requisition) -> list[Candidate]:
    """The people a push of this requisition would send."""
    entries = shortlists.entries(requisition).select_related("candidate")
    return [entry.candidate for entry in entries.order_by("candidate__last_name", "pk")]


def pushes_of(requisition: Requisition) -> QuerySet[Push]:
    """Pushes that were sent, newest first."""
    sent = Push.objects.filter(
        requisition=requisition, state__in=[Push.State.SENDING, Push.State.FINISHED, Push.State.UNDOING]
    )
    return sent.select_related("created_by").order_by("-pk")[:10]


def told(push: Push) -> dict[str, Any]:
    """What the page of a push shows."""
    items = list(items_of(push))
    sends = [item for item in items if item.verdict in preflight.SENDS]
    settled = [item for item in items if item.finished_at]
    return {
        "push": push,
        "requisition": push.requisition,
        "connection": push.connection,
        "items": [(item, _reason(item), is_undoable(item)) for item in items],
        "sends": len(sends),
        "settled": len(settled),
        "failed": sum(item.state == PushItem.State.FAILED for item in items),
        "done": sum(item.state == PushItem.State.DONE for item in items),
        "undone": sum(item.state == PushItem.State.UNDONE for item in items),
        "undoing": sum(item.state == PushItem.State.UNDOING for item in items),
        "undoable": sum(is_undoable(item) for item in items),
        "is_working": push.state in WORKING,
    }


def receipt(push: Push) -> dict[str, Any]:
    """The push and each person's receipt, as the API shows it."""
    return {
        "id": push.pk,
        "requisition": push.requisition_id,
        "connection": push.connection_id,
        "state": push.state,
        "created_at": push.created_at.isoformat(),
        "finished_at": push.finished_at.isoformat() if push.finished_at else None,
        "items": [_line(item) for item in items_of(push)],
    }


def _reason(item: PushItem) -> str:
    if item.verdict != PushItem.Verdict.MISSING:
        return item.detail
    return ", ".join(_FIELDS.get(field.strip(), field.strip()) for field in item.detail.split(","))


def _line(item: PushItem) -> dict[str, Any]:
    is_missing = item.verdict == PushItem.Verdict.MISSING
    return {
        "candidate": item.candidate_id,
        "name": item.candidate.full_name,
        "verdict": item.verdict,
        "missing": [field.strip() for field in item.detail.split(",")] if is_missing else [],
        "detail": "" if is_missing else item.detail,
        "state": item.state,
        "attempts": item.attempt,
        "external_candidate_id": item.external_candidate_id,
        "external_application_id": item.external_application_id,
        "url": item.url,
        "failure": item.failure,
        "finished_at": item.finished_at.isoformat() if item.finished_at else None,
    }
