from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Trace(WorkspaceOwned):
    """Where an erased person had been, as far as counts of the past need it; written once, when they go.

    A row says a pool or journey and its dates, a role family, who looked after them, or that a colleague got
    a reply. It holds no name, address or place, and no key to the person.
    """

    class Kind(models.TextChoices):
        POOL = "pool", "Was in a pool"
        JOURNEY = "journey", "Entered a journey"
        HOLDOUT = "holdout", "Was left alone by a journey"
        ROLE_FAMILY = "role_family", "Was of a role family"
        OWNER = "owner", "Was looked after by"
        REPLY = "reply", "Replied to"

    candidate_id = models.BigIntegerField(help_text="no key: what was counted outlives the person's erasure")
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=80, help_text="id of the pool, journey or colleague; the role family")
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [
            models.Index(fields=["workspace", "kind", "began_at"], name="trace_kind"),
            models.Index(fields=["workspace", "candidate_id", "kind"], name="trace_person"),
        ]
