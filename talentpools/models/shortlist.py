from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class ShortlistEntry(WorkspaceOwned):
    """A candidate picked for a requisition."""

    class Verdict(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        STAR = "star", "Star"

    requisition = WorkspaceForeignKey("crm.Requisition", models.CASCADE, related_name="shortlist_entries")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="shortlist_entries")
    note = models.CharField(max_length=1000, blank=True)
    added_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    added_at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=4, choices=Verdict, blank=True)
    verdict_note = models.CharField(max_length=1000, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "requisition", "candidate"], name="shortlist_entry_once"
            )
        ]
