from dataclasses import dataclass

from django.db.models import Q, QuerySet

from crm.models import Message

PAGE = 50
TROUBLED = (Message.State.UNKNOWN, Message.State.FAILED, Message.State.BOUNCED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait, for this reader and for everybody."""

    mine: int
    everybody: int
    trouble: int


def waiting(*, reader_id: int | None = None) -> QuerySet[Message]:
    """Replies nobody has dealt with, the newest first; with a reader, those to them or about their people."""
    found = _replies().filter(settled_at=None)
    if reader_id is not None:
        found = found.filter(Q(sender_id=reader_id) | Q(candidate__owner_id=reader_id))
    return found.order_by("-created_at", "-pk")


def settled() -> QuerySet[Message]:
    """Replies that were dealt with, the latest first."""
    return _replies().exclude(settled_at=None).order_by("-settled_at", "-pk")


def troubled() -> QuerySet[Message]:
    """Mails of ours that did not arrive, or about which nobody knows, the newest first."""
    rows = Message.objects.filter(direction=Message.Direction.OUT, state__in=TROUBLED, settled_at=None)
    return rows.select_related("candidate__owner", "sender").order_by("-created_at", "-pk")


def counts(*, reader_id: int) -> Counts:
    """The numbers on the tabs."""
    return Counts(waiting(reader_id=reader_id).count(), waiting().count(), troubled().count())


def _replies() -> QuerySet[Message]:
    rows = Message.objects.filter(direction=Message.Direction.IN, is_automatic=False)
    return rows.select_related("candidate__owner", "sender", "settled_by").defer("body_html")
