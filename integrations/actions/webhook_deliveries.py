"""Telling webhooks what happened: at least once, each event with an id by which repeats are known."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import httpx
from django.db.models import F, Q
from django.utils import timezone

from crm.kernel import outbound
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from integrations.actions import webhooks
from integrations.models import Webhook, WebhookDelivery
from integrations.policies.webhook_signing import delay_after, signed_headers

State = WebhookDelivery.State
LEASE = timedelta(minutes=2)
BATCH = 50
AT_ONCE = 10
TIMEOUT = 10.0
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; `status` is None when there was no answer."""

    status: int | None
    failure: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver_due(*, workspace_id: int, seconds: float = 45.0) -> int:
    """Send what is due for about so many seconds; returns how many arrived."""
    until = timezone.now() + timedelta(seconds=seconds)
    arrived = 0
    with outbound.client(timeout=TIMEOUT) as client:
        while timezone.now() < until and (claimed := _claim(workspace_id)):
            # Side by side, so that one slow receiver does not keep the others waiting.
            with ThreadPoolExecutor(AT_ONCE) as pool:
                answers = list(pool.map(partial(_send, client), claimed))
            with workspace_scope(workspace_id):
                for delivery, answer in zip(claimed, answers, strict=True):
                    _record(delivery, answer)
            arrived += sum(answer.is_success for answer in answers)
    return arrived


def _claim(workspace_id: int) -> list[WebhookDelivery]:
    with workspace_scope(workspace_id):
        now = timezone.now()
        due = Q(state=State.WAITING, due_at__lte=now) | Q(state=State.SENDING, lease_until__lte=now)
        waiting = WebhookDelivery.objects.filter(due, webhook__disabled_at=None).select_related("webhook")
        claimed = list(
            waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")[:BATCH]
        )
        ids = [delivery.pk for delivery in claimed]
        WebhookDelivery.objects.filter(pk__in=ids).update(
            state=State.SENDING, attempt=F("attempt") + 1, lease_until=now + LEASE
        )
    for delivery in claimed:
        delivery.attempt += 1
    return claimed


def _send(client: httpx.Client, delivery: WebhookDelivery) -> Answer:
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    headers = signed_headers(
        delivery.webhook.secret, message_id=f"evt_{delivery.event_id}", body=body, now=timezone.now()
    )
    headers |= {"content-type": "application/json", "user-agent": "Rekindle-Webhooks"}
    try:
        response = client.post(delivery.webhook.url, content=body, headers=headers)
    except httpx.HTTPError as fault:
        return Answer(None, str(fault) or type(fault).__name__)
    if response.is_success:
        return Answer(response.status_code)
    return Answer(response.status_code, f"Answered {response.status_code} {response.reason_phrase}".strip())


def _record(delivery: WebhookDelivery, answer: Answer) -> None:
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.SENDING, attempt=delivery.attempt)
    now = timezone.now()
    if answer.is_success:
        mine.update(
            state=State.DELIVERED, status=answer.status, failure="", delivered_at=now, lease_until=None
        )
        return
    delay = None if answer.status == GONE else delay_after(delivery.attempt)
    failed = {"status": answer.status, "failure": answer.failure[:300], "lease_until": None}
    if delay is not None:
        mine.update(state=State.WAITING, due_at=now + delay, **failed)
    elif mine.update(state=State.FAILED, **failed):
        _switch_off(delivery.webhook_id, answer)


def _switch_off(webhook_id: int, answer: Answer) -> None:
    webhook = Webhook.objects.filter(pk=webhook_id, disabled_at=None).first()
    if webhook is None:
        return
    reason = f"It answered nothing good for more than a day. Last: {answer.failure}"
    if answer.status == GONE:
        reason = "It answered 410 Gone: whoever runs it wants no more."
    webhooks.switch(webhook=webhook, on=False, reason=reason[:300])
    enqueue("integrations.tell_webhook_off", webhook_id=webhook.pk)
