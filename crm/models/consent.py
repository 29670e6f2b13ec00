from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Consent(WorkspaceOwned):
    """Why we may hold and write to a person: basis, wording, channel, until when. Never edited."""

    class Basis(models.TextChoices):
        CONSENT = "consent", "Consent"
        LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interest"
        APPLICATION = "application", "Applied to us"

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40, default="talent_pool")
    basis = models.CharField(max_length=24, choices=Basis)
    source = models.CharField(max_length=120)
    text_version = models.CharField(max_length=64, blank=True)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)


class Withdrawal(WorkspaceOwned):
    """The person took a consent back."""

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="withdrawals")
    purpose = models.CharField(max_length=40, default="talent_pool")
    channel = models.CharField(max_length=40)
    withdrawn_at = models.DateTimeField()


class Suppression(WorkspaceOwned):
    """An address nobody here may write to, kept as a keyed hash so that it survives erasure."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Address does not exist"
        COMPLAINED = "complained", "Reported as spam"
        ERASED = "erased", "Asked to be erased"
        WRONG_PERSON = "wrong_person", "Belongs to somebody else"

    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=16, choices=Reason)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "address_hash"], name="suppression_once")]


class DoNotContact(WorkspaceOwned):
    """Set by a user: leave this person, or everybody at this company, alone until it ends.

    A company is known by its name (as compared) or by the domain of its addresses.
    """

    class Scope(models.TextChoices):
        EVERYTHING = "everything", "Everything"
        AUTOMATED = "automated", "Automated mail only"
        TOPIC = "topic", "This topic only"

    class Effect(models.TextChoices):
        BLOCK = "block", "Nobody can write"
        WARN = "warn", "Warn whoever writes"

    candidate = WorkspaceForeignKey(
        "crm.Candidate", models.CASCADE, null=True, blank=True, related_name="do_not_contacts"
    )
    company_folded = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="as it was typed"
    )
    domain = models.CharField(max_length=200, blank=True, default="", db_default="")
    scope = models.CharField(
        max_length=12, choices=Scope, default=Scope.EVERYTHING, db_default=Scope.EVERYTHING
    )
    topic = models.CharField(max_length=40, blank=True, default="", db_default="")
    effect = models.CharField(max_length=8, choices=Effect, default=Effect.BLOCK, db_default=Effect.BLOCK)
    reason = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(candidate__isnull=False, company_folded="", domain="")
                | (models.Q(candidate__isnull=True) & ~models.Q(company_folded="", domain="")),
                name="do_not_contact_person_or_company",
            ),
            models.CheckConstraint(
                condition=models.Q(scope="topic") & ~models.Q(topic="")
                | ~models.Q(scope="topic") & models.Q(topic=""),
                name="do_not_contact_topic",
            ),
        ]
