from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.encryption import EncryptedJSONField
from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Webhook(WorkspaceOwned):
    """An address of somebody else's that is told what happens here. See docs/webhooks.md."""

    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=60), help_text="kinds of events it is told about")
    secret = EncryptedJSONField(help_text="whsec_…, signs what we send")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "url"], name="webhook_url_once")]

    def __str__(self) -> str:
        return self.description or self.url


class WebhookDelivery(WorkspaceOwned):
    """One event on its way to one webhook; tried again until it arrives or its attempts are used up."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"

    webhook = WorkspaceForeignKey("integrations.Webhook", models.CASCADE, related_name="deliveries")
    event_id = models.BigIntegerField(help_text="the event's id; the receiver tells repeats by it")
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status last answered")
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "webhook", "event_id"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="webhook_delivery_due",
            )
        ]
