from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Trim

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Stage(models.TextChoices):
    """CRM stages mirror the hiring process; the order is the order of the process."""

    INITIAL_INTEREST = "initial_interest", "Initial interest"
    SCREENING = "screening", "Screening"
    INTERVIEW_READY = "interview_ready", "Interview ready"
    OFFER_READY = "offer_ready", "Offer ready"


class Availability(models.TextChoices):
    NOT_LOOKING = "not_looking", "Not looking"
    OPEN = "open", "Open to hear"
    ACTIVE = "active", "Actively looking"


class RoleFamily(models.TextChoices):
    ENGINEERING = "engineering", "Engineering"
    SALES = "sales", "Sales"
    OPERATIONS = "operations", "Operations"
    CUSTOMER_SUCCESS = "customer_success", "Customer success"
    PRODUCT = "product", "Product"
    DESIGN = "design", "Design"
    MARKETING = "marketing", "Marketing"
    PEOPLE = "people", "People"
    FINANCE = "finance", "Finance"
    LEADERSHIP = "leadership", "Leadership"


class Seniority(models.TextChoices):
    JUNIOR = "junior", "Junior"
    MID = "mid", "Mid-level"
    SENIOR = "senior", "Senior"
    STAFF = "staff", "Staff"
    LEAD = "lead", "Lead"
    EXECUTIVE = "executive", "Executive"


class ConsentState(models.TextChoices):
    NONE = "none", "None"
    PENDING = "pending", "Pending"
    GRANTED = "granted", "Granted"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EmailState(models.TextChoices):
    NONE = "none", "No address"
    OK = "ok", "Deliverable"
    BOUNCED = "bounced", "Bounced"
    SUPPRESSED = "suppressed", "Suppressed"


OUTSIDE_ASCII = "[^ -~]"

# Whom lists and segments show, as the search view says it.
LIVING = models.Q(archived_at=None, anonymized_at=None, merged_into=None)


def folded(expression: models.Expression | F) -> models.GeneratedField:
    """A stored copy of a text, lower case and without accents, for comparison and search."""
    return models.GeneratedField(
        expression=models.Func(expression, function="rekindle_fold", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )


class CandidateColumns(WorkspaceOwned):
    """The columns of a candidate, shared by the table and its search view."""

    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=320, blank=True, help_text="the primary address, normalized")
    headline = models.CharField(max_length=300, blank=True)
    current_title = models.CharField(max_length=200, blank=True)
    current_company = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=120, blank=True, help_text="where the person came from")
    origin = models.CharField(max_length=60, blank=True, help_text="how the record was made")
    owner = models.ForeignKey(
        "crm.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    role_family = models.CharField(max_length=40, blank=True)
    seniority = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=40, blank=True, choices=Stage)
    availability = models.CharField(max_length=20, blank=True, choices=Availability)
    years_experience = models.FloatField(null=True, blank=True)
    notice_days = models.PositiveIntegerField(null=True, blank=True)
    relocation = models.BooleanField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    # The person's own wishes; they always win over any journey.
    preferred_gap_days = models.PositiveSmallIntegerField(null=True, blank=True)
    not_before = models.DateField(null=True, blank=True, help_text="“write again in September”")
    topics_declined = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    # Summaries kept by the actions that record the facts.
    email_state = models.CharField(max_length=12, choices=EmailState, default=EmailState.NONE)
    consent = models.CharField(max_length=12, choices=ConsentState, default=ConsentState.NONE)
    consent_expires_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    do_not_contact_at = models.DateTimeField(null=True, blank=True)
    last_contacted_at = models.DateTimeField(null=True, blank=True)
    last_engaged_at = models.DateTimeField(null=True, blank=True)
    last_replied_at = models.DateTimeField(null=True, blank=True)
    engagement_key = models.FloatField(
        null=True, blank=True, help_text="log2(raw) + t/half-life; null = never"
    )
    in_process = models.BooleanField(default=False, help_text="an application is active in an ATS")

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    anonymized_at = models.DateTimeField(null=True, blank=True)
    merged_into = WorkspaceForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # Fields a person edited here; an ATS value that is older never overwrites them. {field: ISO time}
    edited_fields = models.JSONField(default=dict, blank=True)

    full_name = models.GeneratedField(
        expression=Trim(Concat(F("first_name"), Value(" "), F("last_name"))),
        output_field=models.TextField(),
        db_persist=True,
    )
    first_name_folded = folded(F("first_name"))
    last_name_folded = folded(F("last_name"))
    full_name_folded = folded(Trim(Concat(F("first_name"), Value(" "), F("last_name"))))
    headline_folded = folded(F("headline"))
    current_title_folded = folded(F("current_title"))
    current_company_folded = folded(F("current_company"))
    city_folded = folded(F("city"))
    region_folded = folded(F("region"))
    source_folded = folded(F("source"))
    search_text = folded(
        Concat(
            F("first_name"), Value(" "), F("last_name"), Value(" "), F("email"), Value(" "),
            F("current_title"), Value(" "), F("current_company"),
        )
    )  # fmt: skip

    class Meta(WorkspaceOwned.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.full_name or self.email or "Somebody"


class Candidate(CandidateColumns):
    """A person we want to stay in touch with, whether or not they ever applied."""

    class Meta(WorkspaceOwned.Meta):
        indexes = [
            models.Index(fields=["workspace", "email"], name="candidate_email"),
            # The few addresses that are compared without their accents.
            models.Index(
                F("workspace"),
                models.Func(F("email"), function="rekindle_fold", output_field=models.TextField()),
                condition=models.Q(email__regex=OUTSIDE_ASCII),
                name="candidate_accented_email",
            ),
            models.Index(fields=["workspace", "full_name_folded"], name="candidate_name"),
            # Living people by engagement, with what most rules ask beside it: counted from the index alone.
            models.Index(
                fields=["workspace", "engagement_key", "id"],
                include=["role_family", "seniority", "stage", "country"],
                condition=LIVING,
                name="candidate_warmth",
            ),
            models.Index(fields=["workspace", "id"], condition=LIVING, name="candidate_living"),
            models.Index(
                fields=["workspace", "last_name_folded", "id"], condition=LIVING, name="candidate_last_name"
            ),
            models.Index(fields=["workspace", "role_family", "stage"], name="candidate_family_stage"),
            # A column of the board: the latest sign first, however many stand in the stage.
            models.Index(
                F("workspace"),
                F("stage"),
                F("last_engaged_at").desc(nulls_last=True),
                F("id").desc(),
                condition=LIVING & models.Q(stage__gt=""),
                name="candidate_board",
            ),
            models.Index(fields=["workspace", "owner"], name="candidate_owner"),
            models.Index(fields=["workspace", "created_at"], name="candidate_created"),
            models.Index(fields=["workspace", "last_engaged_at"], name="candidate_engaged"),
            GinIndex(
                fields=["workspace", "search_text"],
                opclasses=["int8_ops", "gin_trgm_ops"],
                name="candidate_search",
            ),
        ]


class CustomField(WorkspaceOwned):
    """A field the workspace added; its values live in Candidate.custom under `key`."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        BOOL = "bool", "Yes or no"
        CHOICE = "choice", "Choice"
        SET = "set", "Several choices"

    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0, db_default=0, help_text="the order it is shown in")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, help_text="no longer offered; values are kept")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="custom_field_key")]

    def __str__(self) -> str:
        return self.label
