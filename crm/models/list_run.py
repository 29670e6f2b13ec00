from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class ListRun(WorkspaceOwned):
    """Something done in the background with everybody a list showed: a change to each, or a file of all.

    Who is meant is settled when it starts (`ids`); `receipts` are the events that undo what was changed.
    """

    class Kind(models.TextChoices):
        BULK = "bulk", "Change"
        EXPORT = "export", "Export"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Stopped"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    kind = models.CharField(max_length=6, choices=Kind)
    action = models.CharField(max_length=20)
    params = models.JSONField(default=dict, blank=True)
    query = models.CharField(max_length=8_000, blank=True, help_text="the list's query string")
    ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    receipts = models.JSONField(default=list, blank=True)
    storage_name = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
