import uuid

from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Referral(WorkspaceOwned):
    """A colleague named somebody. Until that person agrees, this row is all there is of them."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked for consent"
        AGREED = "agreed", "In touch"
        DECLINED = "declined", "Does not want to"
        LAPSED = "lapsed", "Did not answer"

    key = models.UUIDField(default=uuid.uuid4)
    referrer_name = models.CharField(max_length=200)
    referrer_email = models.CharField(max_length=320)
    relation = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    # Emptied when the person declines or does not answer.
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=320, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    candidate = WorkspaceForeignKey(
        "crm.Candidate", models.CASCADE, null=True, blank=True, related_name="referrals"
    )
    message = WorkspaceForeignKey("crm.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="referral_once")]
