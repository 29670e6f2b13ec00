from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Template(WorkspaceOwned):
    """A mail with merge fields in Liquid, kept in the content library under a key journeys refer to.

    Rows of one key that name a segment, a role family or a language are variants; each person gets the
    closest (policies/variants.py).
    """

    class Kind(models.TextChoices):
        VALUE = "value", "Something useful"
        JOB = "job", "Jobs that fit"
        CHECK_IN = "check_in", "Check-in"

    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.VALUE)
    topic = models.CharField(max_length=40, default="talent_community")
    role_family = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    segment = WorkspaceForeignKey(
        "talentpools.Segment", models.PROTECT, null=True, blank=True, related_name="template_variants"
    )
    layout = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="the frame around the words"
    )
    subject = models.CharField(max_length=300)
    body = models.TextField(help_text="plain paragraphs or HTML; Liquid merge fields")
    has_footer = models.BooleanField(
        default=True, help_text="unsubscribe link and postal address follow the text"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key", "role_family", "language", "segment"],
                nulls_distinct=False,
                name="template_variant_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Wording(WorkspaceOwned):
    """The words a template had when mail went out with them, and the pieces of content it drew in.

    Made when first sent, never changed afterwards: results belong to what people really read.
    """

    template = WorkspaceForeignKey("journeys.Template", models.CASCADE, related_name="wordings")
    digest = models.CharField(max_length=32)
    pieces = ArrayField(models.BigIntegerField(), default=list, help_text="ids of pieces, as shown")
    subject = models.CharField(max_length=300)
    body = models.TextField()
    first_used_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "template", "digest"], name="wording_once")
        ]


class CheckInForm(WorkspaceOwned):
    """Questions a check-in asks; each answer lands in a field of the person."""

    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    questions = models.JSONField(help_text="[{field, label, kind, choices}]")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="check_in_form_key_once")]


class CheckInAnswer(WorkspaceOwned):
    """What a person answered to a check-in, once per message that asked."""

    form = WorkspaceForeignKey("journeys.CheckInForm", models.PROTECT, related_name="answers")
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="check_in_answers")
    message = WorkspaceForeignKey("crm.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    values = models.JSONField(default=dict)
    wants_call = models.BooleanField(default=False)
    answered_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "message"],
                condition=models.Q(message__isnull=False),
                name="check_in_answer_once",
            )
        ]
