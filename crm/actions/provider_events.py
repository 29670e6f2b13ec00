"""What providers told us about our mails: kept first, once; acted on in a moment."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from crm.actions import consents, delivery_events, tracking, unsubscribes
from crm.actions.delivery_events import Report
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import Message, ProviderEvent, Suppression
from crm.policies import mail_text
from crm.policies.provider_words import Meaning, meaning_of
from crm.policies.reply_matching import key_of
from crm.providers.mail_hooks import Notice

MOST_ATTEMPTS = 5
KEPT = timedelta(days=30)
log = logging.getLogger(__name__)


@transaction.atomic
def receive(*, notices: Sequence[Notice]) -> int:
    """Keep these notices, to be acted on in a moment; what was kept before is not kept again."""
    rows = [
        ProviderEvent(
            digest=notice.digest, kind=notice.kind, key=notice.key, provider_id=notice.provider_id,
            reject_reason=notice.reject_reason, reason=notice.reason, link=notice.link, agent=notice.agent,
            at=notice.at,
        )
        for notice in notices
    ]  # fmt: skip
    known = set(
        ProviderEvent.objects.filter(digest__in=[row.digest for row in rows]).values_list("digest", flat=True)
    )
    fresh = {row.digest: row for row in rows if row.digest not in known}
    ProviderEvent.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    enqueue("crm.apply_provider_events")
    return len(fresh)


def apply_waiting(*, workspace_id: int) -> int:
    """Act on every notice waiting in this workspace; returns how many. Call it outside any scope.

    A notice is counted as tried before it is acted on, so one that kills its worker is left alone.
    """
    count = last_id = 0
    while event := _next(workspace_id, after_id=last_id):
        last_id = event.pk
        try:
            with workspace_scope(workspace_id):
                _apply(event)
        except Exception:
            log.exception("A provider's notice could not be applied", extra={"provider_event": event.pk})
        count += 1
    return count


@transaction.atomic
def forget_old() -> None:
    """Notices are only needed until nobody repeats them."""
    ProviderEvent.objects.filter(received_at__lt=timezone.now() - KEPT).delete()


def _next(workspace_id: int, *, after_id: int) -> ProviderEvent | None:
    with workspace_scope(workspace_id):
        waiting = ProviderEvent.objects.filter(applied_at=None, attempts__lt=MOST_ATTEMPTS, pk__gt=after_id)
        event = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if event is not None:
            ProviderEvent.objects.filter(pk=event.pk).update(attempts=event.attempts + 1)
        return event


@transaction.atomic
def _apply(event: ProviderEvent) -> None:
    locked = ProviderEvent.objects.select_for_update().filter(pk=event.pk, applied_at=None).first()
    if locked is None:
        return
    message = _message(locked)
    if message is not None:
        _act(locked, message, meaning_of(locked.kind, locked.reject_reason))
    elif _is_too_early(locked):
        return  # it overtook the record of its own sending: the sweeper brings it again
    ProviderEvent.objects.filter(pk=locked.pk).update(applied_at=timezone.now())


def _is_too_early(event: ProviderEvent) -> bool:
    return bool(event.provider_id) and not event.key and event.attempts < MOST_ATTEMPTS - 1


def _message(event: ProviderEvent) -> Message | None:
    """Our mail that it is about: by the key in its metadata, else by the provider's own id."""
    sent = Message.objects.select_related("candidate").filter(direction=Message.Direction.OUT)
    named = key_of(event.key)
    if named is not None:
        return sent.filter(key=named[0], workspace_id=named[1]).first()
    return sent.filter(provider_id=event.provider_id).first() if event.provider_id else None


def _act(event: ProviderEvent, message: Message, meaning: Meaning) -> None:
    at = min(event.at or event.received_at, timezone.now())
    if meaning.report:
        report = Report("", meaning.report, at, event.reason or event.reject_reason, meaning.is_hard)
        delivery_events.apply(message=message, report=report)
    if meaning.suppress:
        consents.suppress(address=message.to_address, reason=Suppression.Reason(meaning.suppress))
    if meaning.stops and message.candidate:
        unsubscribes.stop_everything(candidate=message.candidate, channel="provider")
    if event.kind == "opened":
        tracking.open_(message_id=message.pk, method="GET", agent=event.agent, at=at)
    elif event.kind == "clicked" and event.link:
        _click(event, message, at=at)


def _click(event: ProviderEvent, message: Message, *, at: object) -> None:
    links = mail_text.links_of(message.body_html)
    if event.link in links:
        tracking.click(
            message_id=message.pk,
            link=links.index(event.link),
            method="GET",
            agent=event.agent,
            at=at,  # type: ignore[arg-type]
        )
