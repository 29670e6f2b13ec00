from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Requisition(WorkspaceOwned):
    """An opening people are hired for, from the ATS or made here."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ON_HOLD = "on_hold", "On hold"
        CLOSED = "closed", "Closed"
        FILLED = "filled", "Filled"
        CANCELED = "cancelled", "Canceled"

    title = models.CharField(max_length=200)
    code = models.CharField(max_length=60, blank=True, help_text="the number people call it by")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    openings = models.PositiveSmallIntegerField(default=1)
    department = models.CharField(max_length=120, blank=True)
    location = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    is_remote = models.BooleanField(default=False)
    role_family = models.CharField(max_length=40, blank=True)
    seniority = models.CharField(max_length=40, blank=True)
    skills = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    pay_to = models.PositiveIntegerField(
        null=True, blank=True, help_text="the most it pays a year, in the workspace’s currency"
    )
    description = models.TextField(blank=True)
    hiring_manager = models.ForeignKey(
        "crm.User", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    hiring_manager_name = models.CharField(max_length=120, blank=True)
    recruiter = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    filled_at = models.DateTimeField(null=True, blank=True)
    read_from = models.CharField(
        max_length=120,
        blank=True,
        db_default="",
        help_text="the ATS account that tells of it; blank = made here",
    )
    read_at = models.DateTimeField(null=True, blank=True, help_text="when the ATS last told us")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "status", "-opened_at"], name="requisition_status")]

    def __str__(self) -> str:
        return self.title


class RequisitionHold(WorkspaceOwned):
    """A time the requisition was on hold; taken out of time to fill."""

    requisition = WorkspaceForeignKey("crm.Requisition", models.CASCADE, related_name="holds")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
