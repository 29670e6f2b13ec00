from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Receipt(WorkspaceOwned):
    """What one bulk change did, so that it can be shown and taken back."""

    class Kind(models.TextChoices):
        POOL_ADD = "pool_add", "Added to a pool"
        POOL_REMOVE = "pool_remove", "Removed from a pool"
        SEGMENT_ACCEPT = "segment_accept", "Accepted into a segment"
        SEGMENT_REFUSE = "segment_refuse", "Kept out of a segment"
        SHORTLIST_ADD = "shortlist_add", "Shortlisted"
        SHORTLIST_REMOVE = "shortlist_remove", "Taken off a shortlist"

    kind = models.CharField(max_length=20, choices=Kind)
    target_id = models.BigIntegerField(help_text="the pool, segment or requisition")
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField(default=0)
    undo = models.JSONField(help_text="what is needed to take it back")
    made_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
