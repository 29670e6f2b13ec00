from django.db import transaction

from crm.actions import consents, events
from crm.actions.events import NewEvent
from crm.models import Candidate, Message, User


@transaction.atomic
def stop_everything(*, candidate: Candidate, channel: str, by: User | None = None) -> None:
    """No more mail to this person; what is queued is canceled. When this commits, no claim takes one more.

    The candidate is locked before their messages, the order crm.actions.claims takes. Twice is once.
    """
    Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    consents.unsubscribe(candidate=candidate, channel=channel, by=by)
    cancel_queued(candidate=candidate, code="unsubscribed")


@transaction.atomic
def cancel_queued(*, candidate: Candidate, code: str) -> int:
    """Take this person's waiting mails out of the queue and say why; returns how many."""
    waiting = Message.objects.filter(candidate=candidate, state=Message.State.QUEUED)
    rows = list(waiting.select_for_update().order_by("pk"))
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Message.State.CANCELED, failure=code, lease_until=None
    )
    events.record_many(
        NewEvent(
            "message.canceled",
            candidate.pk,
            data={"message": row.pk, "kind": row.kind, "topic": row.topic, "code": code},
        )
        for row in rows
    )
    return len(rows)
