from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Brand(WorkspaceOwned):
    """How the workspace looks on pages that candidates see. One row a workspace."""

    accent = models.CharField(max_length=7, default="#0f6b63", help_text="#rrggbb; readable on white")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)
    privacy_url = models.CharField(max_length=300, blank=True)
    changed_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="brand_once")]
