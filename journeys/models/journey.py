from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Journey(WorkspaceOwned):
    """A timed sequence of touches. `draft` is being written; people run through published versions."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        PAUSED = "paused", "Paused"
        DRAINING = "draining", "Letting people finish"
        STOPPED = "stopped", "Stopped"

    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    draft = models.JSONField(help_text="the file format rekindle.journey/1")
    version = WorkspaceForeignKey(
        "journeys.JourneyVersion", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_campaign = models.BooleanField(
        default=False, db_default=False, help_text="one mail at one time; listed as a campaign"
    )
    owner = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class JourneyVersion(WorkspaceOwned):
    """What was published, never changed afterwards; a run keeps its version."""

    journey = WorkspaceForeignKey("journeys.Journey", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    published_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "journey", "number"], name="journey_version_once")
        ]
