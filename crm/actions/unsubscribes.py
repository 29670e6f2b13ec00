"""A person stops their mail, or lets it start again. What is queued follows at once."""

from django.db import transaction
from django.utils import timezone

from crm.actions import consents, events
from crm.actions.events import NewEvent
from crm.models import Candidate, ContactPoint, Message, Suppression, User
from crm.queries.suppressions import hash_of


@transaction.atomic
def stop_everything(*, candidate: Candidate, channel: str, by: User | None = None) -> None:
    """No more mail to this person; what is queued is canceled. When this commits, no claim takes one more.

    The candidate is locked before their messages, the order crm.actions.claims takes. Twice is once.
    """
    Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    consents.unsubscribe(candidate=candidate, channel=channel, by=by)
    cancel_queued(candidate=candidate, code="unsubscribed")


@transaction.atomic
def cancel_queued(*, candidate: Candidate, code: str, kind: str = "") -> int:
    """Take this person's waiting mails (of that kind) out of the queue and say why; returns how many."""
    waiting = Message.objects.filter(candidate=candidate, state=Message.State.QUEUED)
    waiting = waiting.filter(kind=kind) if kind else waiting
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


@transaction.atomic
def start_again(*, candidate: Candidate) -> None:
    """The person takes their own unsubscribe back, on their own page; nobody else can. Twice is once."""
    locked = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    if locked.unsubscribed_at is None:
        return
    Candidate.objects.filter(pk=locked.pk).update(unsubscribed_at=None, updated_at=timezone.now())
    hashes = [hash_of(address) for address in {locked.email, *_addresses(locked)} if address]
    own = Suppression.objects.filter(address_hash__in=hashes, reason=Suppression.Reason.UNSUBSCRIBED)
    for suppression in own:
        consents.unsuppress(suppression=suppression)
    events.record("candidate.subscribed", candidate=locked)


def _addresses(candidate: Candidate) -> list[str]:
    points = ContactPoint.objects.filter(candidate=candidate, kind=ContactPoint.Kind.EMAIL)
    return list(points.values_list("normalized", flat=True))
