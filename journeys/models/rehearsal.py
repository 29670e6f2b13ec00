from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Rehearsal(WorkspaceOwned):
    """A journey played through over a copy of the state, on a clock that moves ahead. Nothing leaves."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Stopped"

    journey = WorkspaceForeignKey("journeys.Journey", models.CASCADE, related_name="rehearsals")
    starts_at = models.DateTimeField(help_text="the clock's first instant")
    days = models.PositiveSmallIntegerField()
    assumptions = models.JSONField(
        default=dict, help_text="open_rate, click_rate, reply_rate, seed, who enters"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=300, blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent of the clock's way")
    result = models.JSONField(default=dict, help_text="calendar, mailboxes, codes, collisions")
    requested_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="when the worker last gave a sign")
    finished_at = models.DateTimeField(null=True, blank=True)


class RehearsedPerson(WorkspaceOwned):
    """One person's way through a rehearsal: `path` is [[at in µs, journey, step, what, code, more], …]."""

    rehearsal = WorkspaceForeignKey("journeys.Rehearsal", models.CASCADE, related_name="people")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=10, help_text="active, completed, exited, holdout or refused at the end"
    )
    code = models.CharField(max_length=20, blank=True, help_text="what holds the person back, if anything")
    sent = models.PositiveSmallIntegerField(default=0)
    collisions = models.PositiveSmallIntegerField(default=0)
    path = models.JSONField(default=list)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "rehearsal", "candidate"], name="rehearsed_person_once"
            )
        ]
