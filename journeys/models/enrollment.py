from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Enrollment(WorkspaceOwned):
    """A candidate's way through one version of a journey."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        COMPLETED = "completed", "Completed"
        EXITED = "exited", "Exited"
        HOLDOUT = "holdout", "Hold-out"

    journey = WorkspaceForeignKey("journeys.Journey", models.PROTECT, related_name="enrollments")
    version = WorkspaceForeignKey("journeys.JourneyVersion", models.PROTECT, related_name="enrollments")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="enrollments")
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    exit_reason = models.CharField(max_length=40, blank=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Where the person stands: the next step to run, when, and since when they have waited for it.
    step_id = models.CharField(max_length=60, blank=True)
    visit = models.PositiveSmallIntegerField(default=1)
    base_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paced_by = models.ForeignKey(
        "crm.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False,
        help_text="whose mailbox promised the slot, while waits_for is pace",
    )  # fmt: skip
    attempt = models.PositiveIntegerField(default=0)
    returns_on = models.DateField(
        null=True, blank=True, help_text="the day their reply named: they enter again"
    )
    waits_for = models.CharField(max_length=20, blank=True, help_text="code of what pushed due_at back")
    waits_why = models.CharField(max_length=300, blank=True, help_text="the same as a sentence")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "journey", "candidate"],
                condition=models.Q(state__in=["active", "holdout"]),
                name="enrollment_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at"], condition=models.Q(state="active"), name="enrollment_due"
            ),
            models.Index(fields=["workspace", "journey", "state", "step_id"], name="enrollment_standing"),
            models.Index(
                fields=["workspace", "paced_by", "due_at"],
                condition=models.Q(state="active", waits_for="pace"),
                name="enrollment_promises",
            ),
            models.Index(
                fields=["workspace", "returns_on"],
                condition=models.Q(returns_on__isnull=False),
                name="enrollment_returns",
            ),
        ]


class StepRun(WorkspaceOwned):
    """One step for one candidate: done, refused with a code, or held. The unit of work."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        DONE = "done", "Done"
        SENDING = "sending", "Message on its way"
        REFUSED = "refused", "Not sent"
        HELD = "held", "Waits for a person"
        FAILED = "failed", "Failed"

    enrollment = WorkspaceForeignKey("journeys.Enrollment", models.CASCADE, related_name="step_runs")
    journey = WorkspaceForeignKey("journeys.Journey", models.CASCADE, related_name="step_runs")
    step_id = models.CharField(max_length=60)
    visit = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=State)
    refusal = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="the refusal as a sentence")
    choice = models.CharField(max_length=60, blank=True, help_text="arm of a split, side of a branch")
    message = WorkspaceForeignKey(
        "crm.Message", models.SET_NULL, null=True, blank=True, related_name="step_runs"
    )
    wording = WorkspaceForeignKey(
        "journeys.Wording", models.SET_NULL, null=True, blank=True, related_name="step_runs"
    )
    task = WorkspaceForeignKey("crm.Task", models.SET_NULL, null=True, blank=True, related_name="step_runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "enrollment", "step_id", "visit"], name="step_run_once"
            )
        ]
        indexes = [models.Index(fields=["workspace", "journey", "step_id", "state"], name="step_run_counts")]
