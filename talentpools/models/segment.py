from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned
from talentpools.models.pool import Pool


class Segment(WorkspaceOwned):
    """A saved rule tree that fills itself (specs: segments). It may live under a pool."""

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic", "Matches become members"
        REVIEW = "review", "Matches wait for a person"

    name = models.CharField(max_length=120)
    description = models.CharField(max_length=400, blank=True)
    pool = WorkspaceForeignKey(
        "talentpools.Pool", models.CASCADE, null=True, blank=True, related_name="segments"
    )
    parent = WorkspaceForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    rules = models.JSONField()
    rules_version = models.PositiveIntegerField(default=1)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.AUTOMATIC)
    # Of a segment that stands alone; a sub-segment is seen by whoever sees its pool.
    visibility = models.CharField(
        max_length=14,
        choices=Pool.Visibility,
        default=Pool.Visibility.WORKSPACE,
        db_default=Pool.Visibility.WORKSPACE,
    )
    owner = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    size = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True, blank=True, help_text="last computed")
    refreshed_version = models.PositiveIntegerField(default=0, help_text="rules_version of that time")
    swept_at = models.DateTimeField(null=True, blank=True, help_text="last computed over everybody")
    refresh_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "pool", "name"], nulls_distinct=False, name="segment_name_once"
            ),
            models.CheckConstraint(
                condition=models.Q(pool=None) | models.Q(visibility=Pool.Visibility.WORKSPACE),
                name="sub_segment_seen_with_its_pool",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentVersion(WorkspaceOwned):
    """What a segment asked as of some day, and how many people came and went because of the change."""

    segment = WorkspaceForeignKey("talentpools.Segment", models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    parent_name = models.CharField(max_length=120, blank=True, help_text="what it was built on, then")
    mode = models.CharField(max_length=10, choices=Segment.Mode)
    saved_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    saved_at = models.DateTimeField()
    entered = models.PositiveIntegerField(null=True)
    left = models.PositiveIntegerField(null=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "segment", "version"], name="segment_version_once")
        ]


class SegmentMember(WorkspaceOwned):
    """A candidate's stay in a segment, with the version of the rules that let them in and out."""

    segment = WorkspaceForeignKey("talentpools.Segment", models.CASCADE, related_name="members")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="segment_members")
    is_reviewed = models.BooleanField(default=True, help_text="false: waits for a person to accept")
    entered_at = models.DateTimeField()
    entered_by_version = models.PositiveIntegerField(default=1)
    left_at = models.DateTimeField(null=True, blank=True)
    left_by_version = models.PositiveIntegerField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "segment", "candidate"],
                condition=models.Q(left_at=None),
                name="segment_member_once",
            )
        ]


class SegmentDecision(WorkspaceOwned):
    """A person's word that outlives every refresh: always in, never in."""

    class Verdict(models.TextChoices):
        INCLUDE = "include", "Always in"
        EXCLUDE = "exclude", "Never in"

    segment = WorkspaceForeignKey("talentpools.Segment", models.CASCADE, related_name="decisions")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="segment_decisions")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=200, blank=True, db_default="")
    decided_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "segment", "candidate"], name="segment_decision_once"
            )
        ]


class SegmentSize(WorkspaceOwned):
    """How many people a segment held at the end of a refresh that changed it."""

    segment = WorkspaceForeignKey("talentpools.Segment", models.CASCADE, related_name="sizes")
    size = models.PositiveIntegerField()
    entered = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    measured_at = models.DateTimeField()


class SegmentWatch(WorkspaceOwned):
    """Up to which events the segments of the workspace have taken changes in; one row.

    `snapshot` is PostgreSQL's own (pg_current_snapshot): what was in flight then is looked at again.
    """

    snapshot = models.TextField()
    floor_event_id = models.BigIntegerField(help_text="every event up to this one was taken in long ago")
    next_floor_id = models.BigIntegerField()
    floor_moved_at = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="segment_watch_once")]
