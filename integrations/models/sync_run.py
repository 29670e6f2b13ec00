from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class SyncRun(WorkspaceOwned):
    """One pull from an ATS. `cursor` is where the last committed page ended, so a killed run goes on.

    `remap` asks no ATS: it goes over what was read before, with the fields as they are mapped now.
    """

    class Mode(models.TextChoices):
        FULL = "full", "Everything"
        INCREMENTAL = "incremental", "What changed"
        REMAP = "remap", "Fields mapped again"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    connection = WorkspaceForeignKey("integrations.Connection", models.CASCADE, related_name="sync_runs")
    mode = models.CharField(max_length=12, choices=Mode)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    cursor = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(
        default=dict, blank=True, help_text="{kind: {read, created, changed, unchanged, skipped}}"
    )
    expected = models.JSONField(
        default=dict,
        blank=True,
        db_default=models.Value({}, models.JSONField()),
        help_text="{kind: how many the ATS says there are}",
    )
    skips = models.JSONField(
        default=dict,
        blank=True,
        db_default=models.Value({}, models.JSONField()),
        help_text="{kind: {why it was not kept: how many}}",
    )
    warnings = models.JSONField(default=list, blank=True)
    failure = models.CharField(max_length=400, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "connection"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="sync_run_one_at_a_time",
            )
        ]


class InboundWebhook(WorkspaceOwned):
    """A vendor's hint, stored once before anybody acts on it."""

    connection = WorkspaceForeignKey(
        "integrations.Connection", models.CASCADE, related_name="inbound_webhooks"
    )
    digest = models.CharField(max_length=64)
    action = models.CharField(max_length=80, blank=True)
    body = models.BinaryField()
    headers = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), help_text="those that carry meaning"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "connection", "digest"], name="inbound_webhook_once")
        ]
