import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class ConsentText(WorkspaceOwned):
    """The words somebody agreed to. Never edited: other words are another version."""

    version = models.CharField(max_length=64)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "version"], name="consent_text_once")]

    def __str__(self) -> str:
        return self.version


class CaptureForm(WorkspaceOwned):
    """Questions on a public page; whoever answers becomes, or is found again as, a candidate."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", "Talent community"
        EVENT = "event", "Event registration"
        ALUMNI = "alumni", "Alumni"
        REFERRAL = "referral", "Referral"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        CLOSED = "closed", "Closed"

    slug = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.COMMUNITY)
    title = models.CharField(max_length=120)
    intro = models.TextField(blank=True)
    questions = models.JSONField(default=list, help_text="see crm.policies.form_questions")
    consent_text = WorkspaceForeignKey("crm.ConsentText", models.PROTECT, related_name="+")
    consent_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty: no end")
    thanks = models.TextField(blank=True)
    source = models.CharField(max_length=120, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    needs_confirmation = models.BooleanField(default=False, help_text="double opt-in")
    allowed_sites = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    owner = models.ForeignKey(
        "crm.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="capture_form_slug_once")]

    def __str__(self) -> str:
        return self.title


class Submission(WorkspaceOwned):
    """What somebody answered, and where they came from that time. The person's first source is theirs."""

    class State(models.TextChoices):
        PENDING = "pending", "Waits for confirmation"
        RECEIVED = "received", "Received"

    form = WorkspaceForeignKey("crm.CaptureForm", models.PROTECT, related_name="submissions")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, null=True, related_name="submissions")
    key = models.UUIDField(default=uuid.uuid4, help_text="one per page shown: sent twice is once")
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    given = models.JSONField(default=dict, help_text="as it will be written to the person")
    answers = models.JSONField(default=list, help_text="[{id, label, value}] as they were asked")
    consent_text = WorkspaceForeignKey("crm.ConsentText", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=120, blank=True)
    medium = models.CharField(max_length=120, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    page = models.CharField(max_length=80, blank=True, help_text="landing page or site it was embedded in")
    was_known = models.BooleanField(default=False)
    message = WorkspaceForeignKey("crm.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="submission_once")]
        indexes = [models.Index(fields=["workspace", "form", "-submitted_at"], name="submission_recent")]

    @property
    def files(self) -> list[tuple[str, int]]:
        """What came with it and was kept: the name and the attachment."""
        return [(str(one["value"]), one["attachment"]) for one in self.answers if one.get("attachment")]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Each question and its answer in words."""
        return [
            (str(one["label"]), _words(one["value"])) for one in self.answers if not one.get("attachment")
        ]


class HeldFile(WorkspaceOwned):
    """A file a visitor chose, kept apart until it belongs to somebody.

    Without a submission the page was shown again with faults, and it waits a day. With one it waits for the
    address to be confirmed. Then it becomes an Attachment and this row is gone.
    """

    submission = WorkspaceForeignKey(
        "crm.Submission", models.CASCADE, null=True, blank=True, related_name="held_files"
    )
    question = models.CharField(max_length=60, help_text="the id of the question it answers")
    kind = models.CharField(max_length=12, help_text="as of crm.Attachment")
    file_name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=100)
    held_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "storage_name"], name="held_file_storage_once")
        ]

    @property
    def name(self) -> str:
        """Called as an uploaded file calls its own."""
        return self.file_name


class CaptureVisits(WorkspaceOwned):
    """How often a public page was opened on a day, by source. No cookie, no address: only a count."""

    page = models.CharField(max_length=80, help_text="form:<slug>, landing:<slug> or event:<slug>")
    source = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    visits = models.PositiveIntegerField(default=0)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "page", "day", "source"], name="capture_visits_once")
        ]


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
