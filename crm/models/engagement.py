from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class EngagementRun(WorkspaceOwned):
    """Everybody's key computed again, batch by batch, after a change of scale. `cursor` is how far it got."""

    started_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0, help_text="the last candidate done")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(finished_at=None),
                name="engagement_run_one_at_a_time",
            )
        ]

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.done / self.total)) if self.total else 100
