from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class FigureView(WorkspaceOwned):
    """A page of figures with its period and filters, kept by name; shared ones are everybody's to open."""

    name = models.CharField(max_length=120)
    page = models.CharField(max_length=40)
    query = models.JSONField(default=dict, help_text="the address's parameters, name → values")
    days = models.PositiveIntegerField(null=True, help_text="the last so many days; null: the dates of query")
    owner = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, help_text="forgotten then; its owner may bring it back")

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "owner"], name="figure_view_owner")]

    def __str__(self) -> str:
        return self.name


class OpeningView(WorkspaceOwned):
    """The view a member's figures open with."""

    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    view = WorkspaceForeignKey("analytics.FigureView", models.CASCADE, related_name="openings")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="opening_view_once")]


class Mailing(WorkspaceOwned):
    """A view mailed every week or month to members of the workspace."""

    class Every(models.TextChoices):
        WEEK = "week", "Every week"
        MONTH = "month", "Every month"

    view = WorkspaceForeignKey("analytics.FigureView", models.CASCADE, related_name="mailings")
    every = models.CharField(max_length=5, choices=Every)
    next_at = models.DateTimeField()
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "next_at"], name="mailing_due")]


class Recipient(WorkspaceOwned):
    """A member who gets a mailing until they unsubscribe."""

    mailing = WorkspaceForeignKey("analytics.Mailing", models.CASCADE, related_name="recipients")
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "mailing", "user"], name="recipient_once")
        ]


class Copy(WorkspaceOwned):
    """One mail of a mailing to one recipient. Written before it is sent; sent at most once."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    recipient = WorkspaceForeignKey("analytics.Recipient", models.CASCADE, related_name="copies")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    failure = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "recipient", "due_at"], name="mailing_copy_once")
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at"], condition=models.Q(state="queued"), name="mailing_copy_queued"
            )
        ]
