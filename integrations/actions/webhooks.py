"""The addresses told about what happens here."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.actions import events, subscriptions
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.models import Event, User
from integrations.models import Webhook, WebhookDelivery
from integrations.policies.webhook_events import KINDS
from integrations.policies.webhook_signing import new_secret

SUBSCRIBER = "integrations.queue_webhooks"
DELIVER = "integrations.deliver_webhooks"
BATCH = 1_000


class BadAddress(DomainError):
    """A webhook goes to an https address."""

    code = "bad_url"
    status = 400


class UnknownKind(DomainError):
    """There is no such kind of event."""

    code = "unknown_event"
    status = 400


class UrlTaken(DomainError):
    """There is a webhook with this address already."""

    code = "url_taken"
    status = 409


@transaction.atomic
def create(*, url: str, kinds: Sequence[str], description: str = "", by: User | None) -> Webhook:
    """Tell this address about these kinds of events, from the next one on.

    Raises BadAddress, UnknownKind, UrlTaken.
    """
    _check(url, kinds)
    webhook = Webhook(url=url, events=sorted(set(kinds)), description=description, created_by=by)
    webhook.secret = new_secret()
    _keep(webhook)
    events.record("webhook.created", by=by, data={"webhook": webhook.pk})
    return webhook


@transaction.atomic
def update(
    *,
    webhook: Webhook,
    url: str | None = None,
    kinds: Sequence[str] | None = None,
    description: str | None = None,
    by: User | None,
) -> Webhook:
    """Change what is given. Raises as create does."""
    webhook.url = webhook.url if url is None else url
    webhook.events = webhook.events if kinds is None else sorted(set(kinds))
    webhook.description = webhook.description if description is None else description
    _check(webhook.url, webhook.events)
    _keep(webhook)
    events.record("webhook.changed", by=by, data={"webhook": webhook.pk})
    return webhook


@transaction.atomic
def roll_secret(*, webhook: Webhook, by: User | None) -> Webhook:
    """Sign with a new secret from now on."""
    webhook.secret = new_secret()
    webhook.save(update_fields=["secret"])
    events.record("webhook.changed", by=by, data={"webhook": webhook.pk})
    return webhook


@transaction.atomic
def switch(*, webhook: Webhook, on: bool, reason: str = "", by: User | None = None) -> None:
    """Stop or go on telling this address. What happens while it is off is not told later."""
    webhook.disabled_at = None if on else webhook.disabled_at or timezone.now()
    webhook.disabled_reason = "" if on else reason
    webhook.save(update_fields=["disabled_at", "disabled_reason"])
    _subscribe()
    events.record("webhook.resumed" if on else "webhook.paused", by=by, data={"webhook": webhook.pk})


@transaction.atomic
def remove(*, webhook: Webhook, by: User | None) -> None:
    """Forget the address and what was delivered to it."""
    events.record("webhook.removed", by=by, data={"webhook": webhook.pk})
    webhook.delete()
    _subscribe()


@transaction.atomic
def queue_waiting(*, limit: int = BATCH) -> int:
    """A delivery per waiting event and webhook that wants its kind; returns how many events were taken."""
    taken = events.take(SUBSCRIBER, limit=limit)
    active = list(Webhook.objects.filter(disabled_at=None))
    now = timezone.now()
    rows = [
        WebhookDelivery(
            webhook=webhook, event_id=event.pk, kind=event.kind, payload=_payload(event), due_at=now
        )
        for event in taken
        for webhook in active
        if event.kind in webhook.events
    ]
    if rows:
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        enqueue(DELIVER)
    return len(taken)


@transaction.atomic
def retry(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send it again now, with all its attempts; one that is on its way is left alone."""
    resting = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=WebhookDelivery.State.SENDING)
    resting.update(state=WebhookDelivery.State.WAITING, attempt=0, due_at=timezone.now(), failure="")
    enqueue(DELIVER)
    delivery.refresh_from_db()
    return delivery


def _payload(event: Event) -> dict[str, object]:
    return {
        "type": event.kind,
        "timestamp": event.occurred_at.isoformat(),
        "data": {"id": event.pk, "candidate": event.candidate_id, "actor": event.actor_id, **event.data},
    }


def _check(url: str, kinds: Sequence[str]) -> None:
    parts = urlsplit(url)
    schemes = ("https", "http") if settings.ALLOW_PRIVATE_HOSTS else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username:
        raise BadAddress(fields={"url": str(BadAddress.__doc__)})
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise UnknownKind(fields={"events": f"There is no event “{unknown[0]}”."})
    if not kinds:
        raise UnknownKind("Choose at least one kind of event.", fields={"events": "Choose at least one."})


def _keep(webhook: Webhook) -> None:
    try:
        with transaction.atomic():
            webhook.save()
    except IntegrityError as taken:
        raise UrlTaken(fields={"url": str(UrlTaken.__doc__)}) from taken
    _subscribe()


def _subscribe() -> None:
    wanted = Webhook.objects.filter(disabled_at=None).values_list("events", flat=True)
    subscriptions.replace(subscriber=SUBSCRIBER, kinds={kind for kinds in wanted for kind in kinds})
