from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class FormPool(WorkspaceOwned):
    """Whoever sends this form joins this pool."""

    form = WorkspaceForeignKey("crm.CaptureForm", models.CASCADE, related_name="form_pools")
    pool = WorkspaceForeignKey("talentpools.Pool", models.CASCADE, related_name="form_pools")
    added_by = models.ForeignKey("crm.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "form", "pool"], name="form_pool_once")]
