from django.db import models

from crm.kernel.encryption import EncryptedJSONField
from crm.kernel.tenancy import WorkspaceOwned


class MailAccount(WorkspaceOwned):
    """The workspace's own way out for mail: a provider's account or an SMTP server. One row a workspace.

    Until it is in use, mail leaves the way the operator set up (EMAIL_URL).
    """

    kind = models.CharField(max_length=20)
    settings = models.JSONField(default=dict, blank=True)
    credentials = EncryptedJSONField(null=True)
    from_address = models.CharField(max_length=320)
    reply_domain = models.CharField(
        max_length=253, blank=True, help_text="its MX leads to the provider, which posts us what arrives"
    )
    dkim_selectors = models.CharField(max_length=300, blank=True)
    hook_key = models.CharField(max_length=43, help_text="unguessable part of the provider's webhook address")
    in_use_at = models.DateTimeField(null=True, blank=True)
    test = models.JSONField(default=dict, blank=True, help_text="what became of the last test mail")
    domain = models.JSONField(default=dict, blank=True, help_text="what the name servers say about From")
    domain_checked_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="mail_account_once")]

    @property
    def from_domain(self) -> str:
        return self.from_address.rpartition("@")[2]


class ProviderEvent(WorkspaceOwned):
    """One thing a provider told us about one mail, kept before anybody acts on it. Twice told is one row."""

    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, help_text="delivered, bounced, opened, … as anymail names them")
    key = models.CharField(max_length=120, blank=True, help_text="our message key, out of the metadata")
    provider_id = models.CharField(max_length=200, blank=True)
    reject_reason = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    link = models.TextField(blank=True)
    agent = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="provider_event_once")]
        indexes = [
            models.Index(
                fields=["workspace", "id"], condition=models.Q(applied_at=None), name="provider_event_waiting"
            )
        ]


class ReplyMailbox(WorkspaceOwned):
    """A mailbox replies land in, read over IMAP. Of one recruiter, or of everybody (no owner)."""

    class Security(models.TextChoices):
        TLS = "tls", "TLS (port 993)"
        STARTTLS = "starttls", "STARTTLS (port 143)"
        PLAIN = "plain", "No encryption (own network only)"

    owner = models.ForeignKey(
        "crm.User", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    address = models.CharField(max_length=320)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(max_length=320)
    password = EncryptedJSONField()
    folder = models.CharField(max_length=120, default="INBOX")
    takes_plus = models.BooleanField(default=True, help_text="name+code@domain reaches the same mailbox")
    # What was read: a UID only counts under the UIDVALIDITY it was given under (RFC 3501, 2.3.1.1).
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0, help_text="mails of candidates it brought")
    due_at = models.DateTimeField(null=True, blank=True, help_text="when it is read next; null while off")
    read_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "owner"], nulls_distinct=False, name="reply_mailbox_once"
            )
        ]

    def __str__(self) -> str:
        return self.address
