from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Mailbox(WorkspaceOwned):
    """What one sender's mailbox may send in a day, how far apart, and when it last did."""

    sender = models.ForeignKey("crm.User", models.CASCADE, null=True, related_name="+", db_index=False)
    daily_limit = models.PositiveIntegerField(default=200)
    spacing_seconds = models.PositiveIntegerField(default=60)
    warm_up = models.JSONField(default=list, blank=True, help_text="limits of the first days of a new domain")
    opened_at = models.DateTimeField(null=True, blank=True)
    free_at = models.DateTimeField(null=True, blank=True)
    counted_on = models.DateField(null=True, blank=True)
    counted = models.PositiveIntegerField(default=0)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sender"], nulls_distinct=False, name="mailbox_once")
        ]
