"""Addresses told about what happens here (docs/webhooks.md)."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import actor
from crm.api.paging import page
from crm.api.parsing import StrictSerializer
from crm.api.resources import Resource
from integrations.actions import webhooks
from integrations.models import Webhook, WebhookDelivery
from integrations.queries.webhooks import deliveries_of

MANAGE = "connections.manage"


class WebhookBody(StrictSerializer):
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


class Webhooks(Resource):
    """Addresses of yours that are told about events."""

    permission = {"GET": MANAGE, "POST": MANAGE}
    body = {"POST": WebhookBody}

    def get(self, request: Request) -> Response:
        """Every webhook; secrets do not come back."""
        return page(request, Webhook.objects.all(), represent)

    def post(self, request: Request) -> Response:
        """A new webhook. `secret` signs what we send; it is in this answer and in no other."""
        values = self.read(request)
        is_active = values.pop("is_active", True)
        made = webhooks.create(kinds=values.pop("events"), by=actor(request), **values)
        if not is_active:
            webhooks.switch(webhook=made, on=False, by=actor(request))
        return Response(represent(made) | {"secret": made.secret}, status=201)


class OneWebhook(Resource):
    """One webhook."""

    permission = {"GET": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE}
    body = {"PATCH": WebhookBody}

    def get(self, request: Request, webhook_id: int) -> Response:
        """Where it goes, about what, and whether it is on."""
        return Response(represent(get_object_or_404(Webhook.objects, pk=webhook_id)))

    def patch(self, request: Request, webhook_id: int) -> Response:
        """Change what is given; `is_active` switches it off and on."""
        webhook = get_object_or_404(Webhook.objects, pk=webhook_id)
        values = self.read(request, partial=True)
        is_active = values.pop("is_active", None)
        kinds = values.pop("events", None)
        changed = webhooks.update(webhook=webhook, kinds=kinds, by=actor(request), **values)
        if is_active is not None:
            webhooks.switch(webhook=changed, on=is_active, by=actor(request))
        return Response(represent(changed))

    def delete(self, request: Request, webhook_id: int) -> Response:
        """Forget it and what was delivered to it."""
        webhooks.remove(webhook=get_object_or_404(Webhook.objects, pk=webhook_id), by=actor(request))
        return Response(status=204)


class WebhookDeliveries(Resource):
    """What was sent to a webhook."""

    permission = {"GET": MANAGE}

    def get(self, request: Request, webhook_id: int) -> Response:
        """Every delivery with its state, attempts and the last answer."""
        webhook = get_object_or_404(Webhook.objects, pk=webhook_id)
        return page(request, deliveries_of(webhook).order_by(), represent_delivery)


class DeliveryRetry(Resource):
    """Sending something again."""

    permission = {"POST": MANAGE}

    def post(self, request: Request, delivery_id: int) -> Response:
        """Send it again now, with all its attempts."""
        delivery = get_object_or_404(WebhookDelivery.objects, pk=delivery_id)
        return Response(represent_delivery(webhooks.retry(delivery=delivery)), status=202)


def represent(webhook: Webhook) -> dict[str, Any]:
    columns = ("url", "description", "events", "disabled_reason", "created_at")
    return {
        "id": webhook.pk,
        **{name: getattr(webhook, name) for name in columns},
        "is_active": webhook.disabled_at is None,
    }


def represent_delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    columns = (
        "kind", "payload", "state", "attempt", "due_at", "status", "failure", "created_at", "delivered_at",
    )  # fmt: skip
    return {
        "id": delivery.pk,
        "webhook": delivery.webhook_id,
        "webhook_id": f"evt_{delivery.event_id}",
        **{name: getattr(delivery, name) for name in columns},
    }
