from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Campaign(WorkspaceOwned):
    """One mail to a segment at one time. Under it lies a journey of one step, so there is one way to send."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        SENT = "sent", "Sent"
        CANCELED = "canceled", "Canceled"

    journey = WorkspaceForeignKey("journeys.Journey", models.PROTECT, related_name="campaigns")
    segment = WorkspaceForeignKey("talentpools.Segment", models.PROTECT, related_name="campaigns")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    send_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "journey"], name="campaign_journey_once"),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(send_at__isnull=False),
                name="campaign_scheduled_for_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "send_at"],
                condition=models.Q(state="scheduled"),
                name="campaign_due",
            )
        ]


class CampaignRefusal(WorkspaceOwned):
    """Somebody of the segment who did not get the campaign, and by which rule."""

    campaign = WorkspaceForeignKey("journeys.Campaign", models.CASCADE, related_name="refusals")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="campaign_refusals")
    code = models.CharField(max_length=20)
    sentence = models.CharField(max_length=300)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "campaign", "candidate"], name="campaign_refusal_once"
            )
        ]
