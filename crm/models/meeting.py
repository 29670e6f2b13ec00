import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class MeetingHours(WorkspaceOwned):
    """When a recruiter takes calls that people book themselves, and on which terms."""

    host = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=300, blank=True, help_text="a link, or “I call you”")
    time_zone = models.CharField(max_length=64)
    # {"mon": [["09:00", "12:00"], …], …}: walls of the clock in `time_zone`.
    weekly = models.JSONField(default=dict)
    minutes = models.PositiveSmallIntegerField(default=30)
    buffer_minutes = models.PositiveSmallIntegerField(default=10)
    notice_hours = models.PositiveSmallIntegerField(default=12)
    horizon_days = models.PositiveSmallIntegerField(default=21)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "host"], name="meeting_hours_once"),
            models.UniqueConstraint(fields=["workspace", "slug"], name="meeting_hours_slug"),
        ]

    def __str__(self) -> str:
        return self.title


class Meeting(WorkspaceOwned):
    """A call a person booked with a recruiter."""

    class State(models.TextChoices):
        BOOKED = "booked", "Booked"
        CANCELED = "canceled", "Canceled"

    key = models.UUIDField(default=uuid.uuid4, help_text="the UID of its calendar entry")
    hours = WorkspaceForeignKey("crm.MeetingHours", models.CASCADE, related_name="meetings")
    host = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="meetings")
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # With the pause after it: what no other meeting of this host may touch.
    busy = DateTimeRangeField()
    time_zone = models.CharField(max_length=64, help_text="the person's")
    words = models.CharField(max_length=500, blank=True, help_text="what they would like to talk about")
    state = models.CharField(max_length=8, choices=State, default=State.BOOKED)
    sequence = models.PositiveSmallIntegerField(default=0, help_text="of the calendar entry (RFC 5545)")
    canceled_by = models.CharField(max_length=10, blank=True, help_text="person | host")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="meeting_key"),
            ExclusionConstraint(
                name="meeting_never_twice",
                expressions=[
                    ("workspace", RangeOperators.EQUAL),
                    ("host", RangeOperators.EQUAL),
                    ("busy", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(state="booked"),
            ),
        ]
        indexes = [models.Index(fields=["workspace", "host", "starts_at"], name="meeting_of_host")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_online(self) -> bool:
        """The place is an address to open, and of a kind that is safe to link to."""
        return self.place.startswith(("https://", "http://")) and " " not in self.place
