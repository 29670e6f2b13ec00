from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Note(WorkspaceOwned):
    """What a colleague wrote about a person; private ones are for their author alone."""

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="notes")
    author = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    body = models.TextField(max_length=20_000)
    is_private = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    pinned_at = models.DateTimeField(null=True, blank=True, help_text="shown above the timeline")


class Task(WorkspaceOwned):
    """Something a colleague should do about a person: call, answer, decide."""

    class Repeat(models.TextChoices):
        DAILY = "daily", "Every working day"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        QUARTERLY = "quarterly", "Every three months"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, null=True, related_name="tasks")
    assignee = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    title = models.CharField(max_length=300)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="the instant, where a time was given")
    repeats = models.CharField(max_length=10, choices=Repeat, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "assignee", "due_on"], condition=models.Q(done_at=None), name="task_open"
            )
        ]
