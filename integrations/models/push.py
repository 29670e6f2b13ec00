from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Push(WorkspaceOwned):
    """One action: put these shortlisted people into the ATS for this requisition.

    It begins as a pre-flight; nothing is written in the ATS before somebody confirmed it.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Checking"
        READY = "ready", "Ready to send"
        SENDING = "sending", "Sending"
        FINISHED = "finished", "Finished"
        UNDOING = "undoing", "Taking back"

    connection = WorkspaceForeignKey("integrations.Connection", models.PROTECT, related_name="pushes")
    requisition = WorkspaceForeignKey("crm.Requisition", models.PROTECT, related_name="pushes")
    state = models.CharField(max_length=8, choices=State, default=State.CHECKING)
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)


class PushItem(WorkspaceOwned):
    """One person of a push, and the receipt."""

    class State(models.TextChoices):
        CHECKING = "checking", "Checking"
        CHECKED = "checked", "Checked"
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        REFUSED = "refused", "Refused"
        UNDOING = "undoing", "Taking back"
        UNDONE = "undone", "Taken back"

    class Verdict(models.TextChoices):
        CREATE = "create", "New candidate"
        ATTACH = "attach", "New application for a known candidate"
        ALREADY_THERE = "already_there", "Already in this process"
        CONFLICT = "conflict", "Several candidates match"
        MISSING = "missing", "Something is missing"
        FORBIDDEN = "forbidden", "The key may not do this"

    push = WorkspaceForeignKey("integrations.Push", models.CASCADE, related_name="items")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="push_items")
    verdict = models.CharField(max_length=14, choices=Verdict, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKING)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    matches = ArrayField(
        models.CharField(max_length=120),
        null=True,
        blank=True,
        help_text="who they may be in the ATS, if several",
    )
    external_candidate_id = models.CharField(max_length=120, blank=True)
    external_application_id = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=400, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "push", "candidate"], name="push_item_once"),
            # Two workers that look somebody up at the same moment would both create them.
            models.UniqueConstraint(
                fields=["workspace", "candidate"],
                condition=models.Q(state="sending"),
                name="push_item_one_at_a_time",
            ),
        ]
