from django.db.models import QuerySet

from crm.models import Membership


def memberships_of(user_id: int) -> QuerySet[Membership]:
    """The user's active memberships with their workspaces, by workspace name."""
    return (
        Membership.objects.select_related("workspace")
        .filter(user_id=user_id, deactivated_at=None)
        .order_by("workspace__name", "id")
    )


def members_of(workspace_id: int) -> QuerySet[Membership]:
    """Everybody who belongs or belonged to the workspace, active ones first, then by name."""
    return (
        Membership.objects.select_related("user")
        .filter(workspace_id=workspace_id)
        .order_by("deactivated_at", "user__name", "user__email")
    )
