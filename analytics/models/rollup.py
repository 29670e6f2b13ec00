"""What is folded from facts, so that a page of figures need not read them all. Any of it can be rebuilt."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned

SHAPE = 5
"""Raised when a rollup gets another column: what was folded before is not trusted and folded again."""


class Standing(WorkspaceOwned):
    """An application with what was decided about it: where it came from, whether its person was nurtured,
    why, when it was accepted and by which offer. A period of hires is read from here alone.

    What an erased person's were is final; only the dates the ATS corrects still follow.
    """

    class Origin(models.TextChoices):
        CRM = "crm", "CRM"
        EXTERNAL = "external", "External"

    application = WorkspaceForeignKey("crm.Application", models.CASCADE, related_name="standings")
    # Of the application, as they were at the fold. No keys: what was decided outlives the person's erasure.
    candidate_id = models.BigIntegerField(null=True)
    requisition_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=120, blank=True, db_default="")
    furthest_rank = models.SmallIntegerField(db_default=-1)
    accepted_at = models.DateTimeField(null=True, help_text="by the latest offer, else the ATS's hire date")
    has_offer = models.BooleanField(db_default=False, help_text="accepted by an offer")
    offer_state = models.CharField(max_length=10, blank=True, db_default="", help_text="of the latest offer")
    resolved_at = models.DateTimeField(null=True)
    first_applied_at = models.DateTimeField(null=True, help_text="the person's first application anywhere")
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
        indexes = [
            models.Index(
                fields=["workspace", "accepted_at"],
                condition=models.Q(accepted_at__isnull=False),
                name="standing_accepted",
            ),
            models.Index(
                fields=["workspace", "extended_at"],
                condition=models.Q(extended_at__isnull=False),
                name="standing_extended",
            ),
            # Sources are counted over every application of a period, from the index alone.
            models.Index(
                fields=["workspace", "applied_at"],
                include=["candidate_id", "requisition_id", "source", "furthest_rank"],
                name="standing_applied",
            ),
            models.Index(
                fields=["workspace", "requisition_id"],
                include=["candidate_id", "origin", "accepted_at"],
                name="standing_requisition",
            ),
        ]


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
    is_lost = models.BooleanField(db_default=False, help_text="unsubscribed, bounced, withdrawn or archived")
    # What is no sign of the person: shown beside the figures that leave it out.
    machine_clicked_at = models.DateTimeField(null=True, help_text="first click that no human made")
    auto_replied_at = models.DateTimeField(null=True, help_text="first answer of their mail program")
    terms = models.PositiveIntegerField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "candidate"], name="outreach_once")]
        # Both cohorts are counted from their index alone: a year of them is most of the table's pages.
        indexes = [
            models.Index(
                fields=["workspace", "contacted_at"],
                include=[
                    "candidate",
                    "delivered_at",
                    "engaged_at",
                    "replied_at",
                    "screening_started_at",
                    "screened_at",
                    "is_lost",
                    "machine_clicked_at",
                    "auto_replied_at",
                ],
                name="outreach_cohort",
            ),
            models.Index(
                fields=["workspace", "delivered_at"],
                include=["candidate", "answered_at", "auto_replied_at"],
                name="outreach_answers",
            ),
        ]


class Stay(WorkspaceOwned):
    """One stay of a person in a CRM stage, from the change that began it to the one that ended it."""

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="+")
    ordinal = models.BigIntegerField(help_text="the event that began it; 0: created in the stage")
    stage = models.CharField(max_length=20)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    next_stage = models.CharField(max_length=20, blank=True)
    archived_at = models.DateTimeField(null=True, help_text="the person's; who is archived waits no longer")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "candidate", "ordinal"], name="stay_once")
        ]
        indexes = [
            models.Index(
                fields=["workspace", "entered_at"],
                include=["candidate", "stage", "left_at", "next_stage", "archived_at"],
                name="stay_entered",
            ),
        ]


class Reach(WorkspaceOwned):
    """A person within a group of messages (a journey, step, template, sender, variant or pool): when the
    first one was delivered to them, and when they first answered any of them.

    What an erased person's were is final: their messages are gone, and counts of the past stay.
    """

    candidate_id = models.BigIntegerField(help_text="no key: what was counted outlives the person's erasure")
    grouping = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    delivered_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    is_final = models.BooleanField(db_default=False, help_text="the person was erased")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "candidate_id", "grouping", "key"], name="reach_once"
            )
        ]
        # A year of every group is counted from the index alone.
        indexes = [
            models.Index(
                fields=["workspace", "grouping", "delivered_at"],
                include=["candidate_id", "key", "replied_at", "is_final"],
                name="reach_delivered",
            ),
        ]


class PoolMix(WorkspaceOwned):
    """How many people are in exactly these pools, and how they are, as of `counted_at`.

    Kept only where there are many people in pools; every pool, and any of them together, is a sum of mixes.
    """

    pools = ArrayField(models.BigIntegerField())
    people = models.PositiveIntegerField()
    reachable = models.PositiveIntegerField()
    warm = models.PositiveIntegerField()
    contacted_42 = models.PositiveIntegerField()
    contacted_91 = models.PositiveIntegerField()
    expiring = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "pools"], name="pool_mix_once")]


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
    next_floor_xid = models.BigIntegerField(
        null=True, help_text="transactions before this one may still write events up to next_floor_id"
    )
    floor_moved_at = models.DateTimeField()
    folded_at = models.DateTimeField()
    swept_at = models.DateTimeField(null=True, help_text="last computed over everybody")
    time_zone = models.CharField(max_length=64, help_text="whose days the day counts are of")
    terms = models.PositiveIntegerField()
    shape = models.PositiveSmallIntegerField(db_default=1, help_text="SHAPE of the rollups when folded")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="fold_mark_once")]
