from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class DefinitionSet(WorkspaceOwned):
    """One version of what the workspace counts as what. Never changed; the newest holds."""

    number = models.PositiveIntegerField()
    attribution_days = models.PositiveSmallIntegerField()
    two_way = ArrayField(models.CharField(max_length=60), help_text="kinds of event that are a word back")
    screening_stage = models.CharField(max_length=20, help_text="beyond it a person counts as screened")
    counts_calls = models.BooleanField(help_text="a completed call is a completed screening")
    nurtured_by = ArrayField(models.CharField(max_length=12), help_text="kinds of message that nurture")
    note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="definition_set_once")]
