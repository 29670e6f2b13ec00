from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class TalentEvent(WorkspaceOwned):
    """People meet: a meetup, a fair, an open evening. On screen an “Event”; in code Event is the fact log."""

    class Kind(models.TextChoices):
        MEETUP = "meetup", "Meetup"
        CAREER_FAIR = "career_fair", "Career fair"
        OPEN_HOUSE = "open_house", "Open house"
        WEBINAR = "webinar", "Webinar"
        CAMPUS = "campus", "Campus visit"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Open for registration"
        CANCELED = "canceled", "Canceled"

    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.MEETUP)
    description = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="UTC")
    place = models.CharField(max_length=200, blank=True)
    online_url = models.CharField(max_length=300, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    has_waitlist = models.BooleanField(default=True)
    form = WorkspaceForeignKey("crm.CaptureForm", models.PROTECT, related_name="talent_events")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    owner = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    attendance_closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="talent_event_slug_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="talent_event_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Registration(WorkspaceOwned):
    """Somebody's place at an event, and whether they came. Once a person an event."""

    class State(models.TextChoices):
        REGISTERED = "registered", "Registered"
        WAITING = "waiting", "On the waiting list"
        PRESENT = "present", "Checked in"
        MISSED = "missed", "Did not come"
        CANCELED = "canceled", "Canceled"

    talent_event = WorkspaceForeignKey("crm.TalentEvent", models.CASCADE, related_name="registrations")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="registrations")
    submission = WorkspaceForeignKey(
        "crm.Submission", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.REGISTERED)
    is_walk_in = models.BooleanField(default=False)
    registered_at = models.DateTimeField()
    present_at = models.DateTimeField(null=True, blank=True)
    checked_in_by = models.ForeignKey(
        "crm.User", models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "talent_event", "candidate"], name="registration_once"
            )
        ]
