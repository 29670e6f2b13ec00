from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class HiringStage(models.TextChoices):
    """The ATS stages every vendor's own are mapped to, in order. Not the CRM stages of a Candidate."""

    APPLIED = "applied", "Applied"
    SCREENING = "screening", "Screening"
    INTERVIEW = "interview", "Interview"
    FINAL_INTERVIEW = "final_interview", "Final interview"
    OFFER = "offer", "Offer"
    HIRED = "hired", "Hired"


HIRING_STAGE_ORDER = {stage: rank for rank, stage in enumerate(HiringStage.values)}


class Application(WorkspaceOwned):
    """A person in the process of one requisition."""

    class Outcome(models.TextChoices):
        ACTIVE = "active", "Active"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        HIRED = "hired", "Hired"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="applications")
    requisition = WorkspaceForeignKey("crm.Requisition", models.CASCADE, related_name="applications")
    applied_at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.ACTIVE)
    ended_at = models.DateTimeField(null=True, blank=True)
    hired_at = models.DateTimeField(null=True, blank=True, help_text="what the ATS calls the hire date")
    rejection_reason = models.CharField(
        max_length=40, blank=True, help_text="canonical: timing, headcount, runner_up, …"
    )
    rejection_reason_text = models.CharField(max_length=200, blank=True, help_text="the vendor's words")
    furthest_stage = models.CharField(max_length=20, choices=HiringStage, blank=True)
    furthest_rank = models.SmallIntegerField(
        default=-1, help_text="position of furthest_stage in HiringStage"
    )
    current_stage = models.CharField(max_length=20, blank=True)
    current_stage_name = models.CharField(max_length=120, blank=True, help_text="the vendor's own name")
    is_pushed = models.BooleanField(default=False, help_text="created in the ATS by a push from here")
    read_at = models.DateTimeField(null=True, blank=True, help_text="when the ATS last told us")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [
            models.Index(fields=["workspace", "applied_at"], name="application_applied"),
            models.Index(
                fields=["workspace", "outcome", "furthest_rank", "ended_at"], name="application_outcome"
            ),
        ]


class StageEntry(WorkspaceOwned):
    """One stay of an application in a stage."""

    application = WorkspaceForeignKey("crm.Application", models.CASCADE, related_name="stage_entries")
    stage = models.CharField(max_length=20, choices=HiringStage, blank=True, help_text="blank while unmapped")
    vendor_stage = models.CharField(max_length=120, blank=True)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "application", "vendor_stage", "entered_at"], name="stage_entry_once"
            )
        ]
        indexes = [models.Index(fields=["workspace", "stage", "entered_at"], name="stage_entry_period")]


class Offer(WorkspaceOwned):
    """One version of an offer. The latest version of an application decides."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    application = WorkspaceForeignKey("crm.Application", models.CASCADE, related_name="offers")
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status)
    extended_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "application", "version"], name="offer_version_once")
        ]
        indexes = [
            models.Index(fields=["workspace", "status", "resolved_at"], name="offer_resolved"),
            models.Index(fields=["workspace", "extended_at"], name="offer_extended"),
        ]
