from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Cost(WorkspaceOwned):
    """Money spent on hiring, in the workspace's currency, by origin and category."""

    class Origin(models.TextChoices):
        CRM = "crm", "CRM"
        EXTERNAL = "external", "External"

    origin = models.CharField(max_length=10, choices=Origin)
    category = models.CharField(max_length=80)
    amount_cents = models.BigIntegerField()
    incurred_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "incurred_on"], name="cost_period")]
