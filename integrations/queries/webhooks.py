"""Webhooks with what became of their deliveries."""

from django.db.models import Count, Max, Q, QuerySet

from integrations.models import Webhook, WebhookDelivery


def with_counts() -> QuerySet[Webhook]:
    """Every webhook with `delivered`, `waiting` and `failed` deliveries and when one `last_arrived`."""
    state = WebhookDelivery.State
    return Webhook.objects.annotate(
        delivered=Count("deliveries", filter=Q(deliveries__state=state.DELIVERED)),
        waiting=Count("deliveries", filter=Q(deliveries__state__in=[state.WAITING, state.SENDING])),
        failed=Count("deliveries", filter=Q(deliveries__state=state.FAILED)),
        last_arrived=Max("deliveries__delivered_at"),
    ).order_by("pk")


def deliveries_of(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    """What was sent to it or waits, newest first."""
    return WebhookDelivery.objects.filter(webhook=webhook).order_by("-pk")
