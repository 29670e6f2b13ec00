from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Template(WorkspaceOwned):
    """A mail with merge fields in Liquid, kept in the content library under a key journeys refer to."""

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
    subject = models.CharField(max_length=300)
    body = models.TextField(help_text="plain paragraphs or HTML; Liquid merge fields")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="template_key_once")]

    def __str__(self) -> str:
        return self.name


class CheckInForm(WorkspaceOwned):
    """Questions a check-in asks; each answer lands in a field of the person."""

    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    questions = models.JSONField(help_text="[{field, label, kind, choices}]")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="check_in_form_key_once")]
