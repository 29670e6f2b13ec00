from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class SavedView(WorkspaceOwned):
    """A list of candidates somebody wants to see again: filters, order and columns, as a query string."""

    owner = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    is_shared = models.BooleanField(default=False, help_text="with everybody in the workspace")
    query = models.CharField(max_length=4_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "owner", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(WorkspaceOwned):
    """The view a member's list of candidates opens with."""

    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+", db_index=False)
    view = WorkspaceForeignKey("crm.SavedView", models.CASCADE, related_name="defaults")

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="default_view_once")]
