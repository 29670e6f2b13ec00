"""What is folded from facts, so that a page of figures need not read them all. Any of it can be rebuilt."""

from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Standing(WorkspaceOwned):
    """What was decided about an application: where it came from, whether its person was nurtured, why.

    `applied_at`, `is_pushed` and `extended_at` are the facts it rests on; with others it holds no more.
    """

    class Origin(models.TextChoices):
        CRM = "crm", "CRM"
        EXTERNAL = "external", "External"

    application = WorkspaceForeignKey("crm.Application", models.CASCADE, related_name="standings")
    applied_at = models.DateTimeField()
    is_pushed = models.BooleanField()
    extended_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=10, choices=Origin)
    is_assisted = models.BooleanField()
    reason = models.CharField(max_length=20, help_text="pushed, pool_and_word, assisted, …")
    in_pool_since = models.DateTimeField(null=True)
    touch_kind = models.CharField(max_length=60, null=True)  # noqa: DJ001 - null like the touch itself
    touched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    known_since = models.DateTimeField(null=True)
    nurtured_at = models.DateTimeField(null=True)
    terms = models.PositiveIntegerField(help_text="the version of the definitions it was decided by")
    decided_at = models.DateTimeField()
    is_final = models.BooleanField(
        default=False, help_text="the person was erased: nothing left to decide by"
    )

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "application"], name="standing_once")]


class Outreach(WorkspaceOwned):
    """How far a person came since we first wrote to them. One row per person ever written to."""

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="+")
    contacted_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    engaged_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="first reply after the first delivery")
    screening_started_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(null=True)
    terms = models.PositiveIntegerField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "candidate"], name="outreach_once")]
        indexes = [
            models.Index(fields=["workspace", "contacted_at"], name="outreach_contacted"),
            models.Index(fields=["workspace", "delivered_at"], name="outreach_delivered"),
        ]


class DayCount(WorkspaceOwned):
    """How often something happened on a day of the workspace's zone, and to how many people."""

    day = models.DateField()
    kind = models.CharField(max_length=60)
    events = models.PositiveIntegerField()
    people = models.PositiveIntegerField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "day", "kind"], name="day_count_once")]


class FoldMark(WorkspaceOwned):
    """Up to which events the rollups are folded; one row.

    `snapshot` is PostgreSQL's own: what was in flight then is looked at again, so none is missed.
    """

    snapshot = models.TextField()
    floor_event_id = models.BigIntegerField(help_text="every event up to this one was folded long ago")
    next_floor_id = models.BigIntegerField()
    floor_moved_at = models.DateTimeField()
    folded_at = models.DateTimeField()
    swept_at = models.DateTimeField(null=True, help_text="last computed over everybody")
    time_zone = models.CharField(max_length=64, help_text="whose days the day counts are of")
    terms = models.PositiveIntegerField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="fold_mark_once")]
