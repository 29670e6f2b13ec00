from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Promise(WorkspaceOwned):
    """“I will come back to you by Friday about …”: a colleague's word to a person, kept or broken."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        BROKEN = "broken", "Broken"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="promises")
    made_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "made_by", "due_on"],
                condition=models.Q(outcome="open"),
                name="promise_open",
            )
        ]

    def __str__(self) -> str:
        return self.text
