from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class ContactBudget(WorkspaceOwned):
    """Other numbers of contact pressure: for a topic, for one person, or for one person and a topic.

    An empty number leaves what the workspace says. What a person chose on their own page wins over any row.
    """

    candidate = WorkspaceForeignKey(
        "crm.Candidate", models.CASCADE, null=True, blank=True, related_name="contact_budgets"
    )
    topic = models.CharField(max_length=40, blank=True, help_text="empty: mail about anything")
    gap_days = models.PositiveSmallIntegerField(null=True, blank=True)
    cap_messages = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 is no cap")
    cap_days = models.PositiveSmallIntegerField(null=True, blank=True)
    set_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "candidate", "topic"], nulls_distinct=False, name="contact_budget_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(candidate=None, topic=""), name="contact_budget_of_somebody"
            ),
        ]
