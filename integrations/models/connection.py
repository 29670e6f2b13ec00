import json
import zlib
from typing import Any

from django.db import models

from crm.kernel.encryption import EncryptedJSONField
from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Connection(WorkspaceOwned):
    """One account in one applicant tracking system."""

    class State(models.TextChoices):
        NEW = "new", "Not checked yet"
        CONNECTED = "connected", "Connected"
        NEEDS_ATTENTION = "needs_attention", "Needs attention"
        PAUSED = "paused", "Paused"

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=State, default=State.NEW)
    attention = models.CharField(max_length=400, blank=True, help_text="what is wrong and how to mend it")
    settings = models.JSONField(default=dict, blank=True, help_text="base_url and the vendor's options")
    credentials = EncryptedJSONField(null=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    verdict = models.JSONField(default=dict, blank=True, help_text="what the last live check found")
    webhook_key = models.CharField(max_length=43, help_text="unguessable part of our webhook address")
    synced_at = models.DateTimeField(null=True, blank=True)
    next_sync_at = models.DateTimeField(null=True, blank=True)
    remap_is_due = models.BooleanField(
        default=False, db_default=False, help_text="fields were mapped while a sync ran; it is applied after"
    )
    created_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="connection_name_once"),
            models.UniqueConstraint(fields=["workspace", "webhook_key"], name="connection_webhook_key"),
        ]

    def __str__(self) -> str:
        return self.name


class StageMapping(WorkspaceOwned):
    """Which of our hiring stages a vendor's stage is; blank until somebody says so."""

    connection = WorkspaceForeignKey("integrations.Connection", models.CASCADE, related_name="stage_mappings")
    vendor_stage = models.CharField(max_length=120)
    stage = models.CharField(max_length=20, blank=True)
    is_default = models.BooleanField(default=True, help_text="guessed from the name, nobody confirmed it")
    seen = models.PositiveIntegerField(default=0)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "connection", "vendor_stage"], name="stage_mapping_once"
            )
        ]


class FieldMapping(WorkspaceOwned):
    """Which field of ours a field of the ATS fills, where a person decided so; without one the default holds.

    `field` is “said.current_title” for what every connector tells, “told.custom_fields.visa” for what only
    the payload has. A blank target leaves it out.
    """

    class Record(models.TextChoices):
        CANDIDATE = "candidate", "Candidate"
        APPLICATION = "application", "Application"
        REQUISITION = "requisition", "Requisition"

    connection = WorkspaceForeignKey("integrations.Connection", models.CASCADE, related_name="field_mappings")
    record = models.CharField(max_length=12, choices=Record)
    field = models.CharField(max_length=200)
    label = models.CharField(max_length=200, help_text="what the ATS calls it")
    target = models.CharField(max_length=80, blank=True, help_text="a field of ours, or custom.<key>")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "connection", "record", "field"], name="field_mapping_once"
            )
        ]


class ExternalRef(WorkspaceOwned):
    """Their id and our row.

    A rejection or a hire of theirs is a column of our application: its reference points there.
    """

    class Kind(models.TextChoices):
        CANDIDATE = "candidate", "Candidate"
        REQUISITION = "requisition", "Requisition"
        APPLICATION = "application", "Application"
        OFFER = "offer", "Offer"
        USER = "user", "User"
        STAGE = "stage", "Stage entry"
        REJECTION = "rejection", "Rejection"
        HIRE = "hire", "Hire"
        INTERVIEW = "interview", "Interview"
        SCORECARD = "scorecard", "Scorecard"

    connection = WorkspaceForeignKey("integrations.Connection", models.CASCADE, related_name="external_refs")
    kind = models.CharField(max_length=12, choices=Kind)
    external_id = models.CharField(max_length=120)
    object_id = models.BigIntegerField(help_text="id of our row of that kind in this workspace")
    url = models.CharField(max_length=400, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="hash of the last mapped record")
    applied = models.JSONField(default=dict, blank=True, help_text="values last taken over from the ATS")
    read_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "connection", "kind", "external_id"], name="external_ref_once"
            )
        ]
        indexes = [models.Index(fields=["workspace", "kind", "object_id"], name="external_ref_object")]


class RawRecord(WorkspaceOwned):
    """A vendor's record as it came, compressed, so that mapping can be run again."""

    connection = WorkspaceForeignKey("integrations.Connection", models.CASCADE, related_name="raw_records")
    kind = models.CharField(max_length=30)
    external_id = models.CharField(max_length=120)
    payload = models.BinaryField(help_text="zlib-compressed JSON")
    digest = models.CharField(max_length=64)
    read_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "connection", "kind", "external_id"], name="raw_record_once"
            )
        ]

    def read(self) -> dict[str, Any]:
        """The payload as the ATS sent it."""
        found: dict[str, Any] = json.loads(zlib.decompress(bytes(self.payload)))
        return found
