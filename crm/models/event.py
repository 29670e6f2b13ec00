from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Event(WorkspaceOwned):
    """Something that happened, in the past tense, written in the transaction of the change. Append-only.

    `candidate` is whom it happened to, if anybody; `ref` makes a fact from outside unique per kind;
    `data` holds ids, codes and numbers, never names or addresses.
    """

    kind = models.CharField(max_length=60)
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, null=True, related_name="events")
    actor = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    ref = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "ref"], condition=~models.Q(ref=""), name="event_ref_once"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "candidate", "-occurred_at"], name="event_timeline"),
            models.Index(fields=["workspace", "kind", "occurred_at", "candidate"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class EventHandoff(WorkspaceOwned):
    """An event that a subscriber has not taken yet. Written with the event, deleted with the effect."""

    event = WorkspaceForeignKey("crm.Event", models.CASCADE, related_name="handoffs")
    subscriber = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "subscriber", "id"], name="event_handoff_queue")]


class EventSubscription(WorkspaceOwned):
    """A kind of event this workspace alone hands to a subscriber, beside those of EVENT_SUBSCRIBERS."""

    kind = models.CharField(max_length=60)
    subscriber = models.CharField(max_length=80)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "subscriber"], name="event_subscription_once"
            )
        ]
