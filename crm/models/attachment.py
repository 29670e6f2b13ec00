from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class AttachmentColumns(WorkspaceOwned):
    """The columns a search in files needs, shared by the table and its search view."""

    # What is found by: every word of the text, lower case and without accents.
    words = models.GeneratedField(
        expression=Func(
            F("text"), template="to_tsvector('simple'::regconfig, rekindle_fold(%(expressions)s))"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta(WorkspaceOwned.Meta):
        abstract = True


class Attachment(AttachmentColumns):
    """A file about a person: a CV, a letter, a certificate. Its bytes lie in the file storage.

    `storage_name` is random, below the workspace's own folder; `file_name` is what people called it.
    In the background it is looked at for viruses, where there is a scanner (`scan`), then its text is taken
    out of it (`text_state`).
    """

    class Kind(models.TextChoices):
        CV = "cv", "CV"
        LETTER = "letter", "Cover letter"
        PORTFOLIO = "portfolio", "Portfolio"
        CERTIFICATE = "certificate", "Certificate"
        OTHER = "other", "Other"

    class TextState(models.TextChoices):
        WAITING = "waiting", "Waiting to be read"
        READING = "reading", "Being read"
        READ = "read", "Searchable"
        EMPTY = "empty", "No text in it"
        FAILED = "failed", "Cannot be read"

    class Scan(models.TextChoices):
        NONE = "", "Not looked at for viruses"
        WAITING = "waiting", "Waits for the virus scanner"
        CLEAN = "clean", "No virus found"
        INFECTED = "infected", "Locked away: a virus"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.CV)
    file_name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=100)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    dated_on = models.DateField(null=True, blank=True)
    text = models.TextField(blank=True)
    text_state = models.CharField(max_length=8, choices=TextState, default=TextState.WAITING)
    text_failure = models.CharField(max_length=200, blank=True)
    scan = models.CharField(max_length=8, choices=Scan, blank=True, default=Scan.NONE, db_default="")
    scan_words = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="the virus, or why the scan waits"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="deleted with its file a month later")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "storage_name"], name="attachment_storage_once")
        ]
        indexes = [
            GinIndex(
                fields=["workspace", "words"],
                opclasses=["int8_ops", "tsvector_ops"],
                condition=models.Q(removed_at=None),
                name="attachment_words",
            ),
            models.Index(
                fields=["text_state", "lease_until"],
                condition=models.Q(text_state__in=("waiting", "reading")) | models.Q(scan="waiting"),
                name="attachment_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_handed_out(self) -> bool:
        """Whether anybody may have its bytes: not before its scan, and never with a virus."""
        return self.scan in (self.Scan.NONE, self.Scan.CLEAN)


class SearchAttachment(AttachmentColumns):
    """The words of the workspace's files, through a view where they have their index. Read-only."""

    # A number and no reference: what deletes or carries a person's rows must not meet this view.
    candidate_id = models.BigIntegerField()

    class Meta(WorkspaceOwned.Meta):
        managed = False
        db_table = "crm_attachment_search"


class FieldProposal(WorkspaceOwned):
    """Something a file says about a person that the profile does not. A person decides about it."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        LINK = "link", "Link"
        SKILL = "skill", "Skill"

    class Verdict(models.TextChoices):
        OPEN = "", "Undecided"
        ACCEPTED = "accepted", "Accepted"
        DISMISSED = "dismissed", "Dismissed"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="field_proposals")
    attachment = WorkspaceForeignKey("crm.Attachment", models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=500)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default=Verdict.OPEN)
    decided_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "candidate", "kind", "value"], name="field_proposal_once"
            )
        ]
