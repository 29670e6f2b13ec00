from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Report(WorkspaceOwned):
    """Figures as they were published: with the definitions of that day, whatever is changed since."""

    name = models.CharField(max_length=120)
    from_on = models.DateField()
    to_on = models.DateField()
    query = models.JSONField(default=dict)
    terms = models.JSONField(help_text="the definitions it was counted by")
    figures = models.JSONField(help_text="what GET /analytics/kpis answered")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta(WorkspaceOwned.Meta):
        indexes = [models.Index(fields=["workspace", "-published_at"], name="report_published")]

    def __str__(self) -> str:
        return self.name


class Target(WorkspaceOwned):
    """What a figure is meant to reach, in its own unit (days, a share of 1, money)."""

    key = models.CharField(max_length=40)
    value = models.FloatField()
    set_at = models.DateTimeField(auto_now=True)
    set_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="target_once")]


class Preference(WorkspaceOwned):
    """What the workspace lets figures show. One row."""

    shows_recruiters = models.BooleanField(default=False, help_text="figures about single colleagues")
    pivot_on = models.DateField(null=True, help_text="the day before and after are told apart by")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="figure_preference_once")]
