from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class DuplicatePair(WorkspaceOwned):
    """Two records that may be one person, with what speaks for it, until a person decides.

    `first` is the older record. Somebody's “not the same person” is kept, so the pair never comes back.
    """

    class State(models.TextChoices):
        OPEN = "open", "To decide"
        WAITING = "waiting", "Being merged"
        MERGED = "merged", "Merged"
        DISMISSED = "dismissed", "Not the same person"

    first = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="+")
    second = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    signs = ArrayField(
        models.CharField(max_length=20),
        default=list,
        help_text="codes of what both have: email, profile, phone, …",
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    batch = WorkspaceForeignKey(
        "crm.MergeBatch", models.SET_NULL, null=True, blank=True, related_name="pairs"
    )
    receipt_id = models.BigIntegerField(null=True, blank=True, help_text="the merge's event, for its undo")
    failure = models.CharField(max_length=200, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "state", "-score", "id"], name="duplicate_pair_queue")]


class MergeBatch(WorkspaceOwned):
    """Pairs somebody had merged at once: worked through in the background, undone as a whole."""

    class State(models.TextChoices):
        RUNNING = "running", "Merging"
        FINISHED = "finished", "Merged"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    made_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
