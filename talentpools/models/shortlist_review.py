from datetime import datetime

from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned
from talentpools.models.shortlist import ShortlistEntry


class ShortlistReview(WorkspaceOwned):
    """A hiring manager asked by mail to judge one shortlist; the link in the mail is all they need."""

    requisition = WorkspaceForeignKey("crm.Requisition", models.CASCADE, related_name="shortlist_reviews")
    reviewer_name = models.CharField(max_length=120, blank=True)
    reviewer_email = models.CharField(max_length=320)
    request = models.CharField(max_length=1000, blank=True, help_text="what the recruiter wrote to them")
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "requisition", "reviewer_email"],
                condition=models.Q(revoked_at=None),
                name="shortlist_review_once",
            )
        ]
        indexes = [models.Index(fields=["workspace", "reviewer_email"], name="shortlist_review_reviewer")]

    def __str__(self) -> str:
        return self.reviewer_name or self.reviewer_email

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


class ReviewVerdict(WorkspaceOwned):
    """What one reviewer thinks of one person on the list."""

    class Reason(models.TextChoices):
        SKILLS = "skills", "Skills do not fit"
        TOO_JUNIOR = "too_junior", "Not enough experience yet"
        TOO_SENIOR = "too_senior", "Too senior for this role"
        DOMAIN = "domain", "Other field than ours"
        LOCATION = "location", "Place or time zone"
        TIMING = "timing", "Not now, perhaps later"
        KNOWN = "known", "I know this person, let us talk"
        OTHER = "other", "Something else"

    review = WorkspaceForeignKey("talentpools.ShortlistReview", models.CASCADE, related_name="verdicts")
    entry = WorkspaceForeignKey("talentpools.ShortlistEntry", models.CASCADE, related_name="verdicts")
    verdict = models.CharField(max_length=4, choices=ShortlistEntry.Verdict)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    given_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "review", "entry"], name="review_verdict_once")
        ]
