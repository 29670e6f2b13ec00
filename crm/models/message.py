import uuid

from django.db import models
from django.utils import timezone

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Message(WorkspaceOwned):
    """A mail to or from a candidate. Outgoing ones move queued → sending → sent | failed | unknown."""

    class Direction(models.TextChoices):
        OUT = "out", "Sent"
        IN = "in", "Received"

    class Kind(models.TextChoices):
        JOURNEY = "journey", "Journey"
        NEWSLETTER = "newsletter", "Newsletter"
        ONE_TO_ONE = "one_to_one", "One to one"
        SERVICE = "service", "Service"  # answers what somebody just did: please confirm, your ticket

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Outcome unknown"
        CANCELED = "canceled", "Canceled"
        RECEIVED = "received", "Received"

    class Outcome(models.TextChoices):
        INTERESTED = "interested", "Interested"
        NOT_NOW = "not_now", "Not now"
        NOT_INTERESTED = "not_interested", "Not interested"
        WRONG_PERSON = "wrong_person", "Wrong person"
        STOP = "stop", "Asked to stop"

    key = models.UUIDField(
        default=uuid.uuid4, help_text="travels in the Message-ID and the provider's metadata"
    )
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, null=True, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    kind = models.CharField(max_length=12, choices=Kind)
    topic = models.CharField(max_length=40, blank=True)
    sender = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    from_address = models.CharField(max_length=400, blank=True)
    to_address = models.CharField(max_length=400, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    calendar = models.TextField(
        blank=True, default="", db_default="", help_text="an iCalendar invitation that goes along"
    )
    layout = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="the frame around the words"
    )
    language = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="its footer’s; blank: the person’s"
    )
    rfc_message_id = models.CharField(max_length=300, blank=True)
    in_reply_to = WorkspaceForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="replies")
    references = models.TextField(blank=True)

    state = models.CharField(max_length=10, choices=State)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    is_automatic = models.BooleanField(
        default=False, help_text="out of office, bounce: never counts as a reply"
    )
    match = models.CharField(
        max_length=12, blank=True, help_text="token | references | from: how a reply found its person"
    )
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="the reply was dealt with")
    settled_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)

    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="message_key_once"),
            models.UniqueConstraint(
                fields=["workspace", "direction", "rfc_message_id"],
                condition=~models.Q(rfc_message_id=""),
                name="message_id_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at"], condition=models.Q(state="queued"), name="message_due"
            ),
            models.Index(
                fields=["workspace", "lease_until"], condition=models.Q(state="sending"), name="message_lease"
            ),
            models.Index(fields=["workspace", "sent_at"], name="message_sent"),
            models.Index(fields=["workspace", "direction", "created_at"], name="message_inbox"),
        ]

    def __str__(self) -> str:
        return self.subject


class InboundMail(WorkspaceOwned):
    """A raw mail as it came, stored before anybody reads it. Twice the same mail is one row."""

    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, null=True, related_name="inbound_mails")
    digest = models.CharField(max_length=64)
    recipient = models.CharField(max_length=400)
    raw = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="inbound_mail_once")]
