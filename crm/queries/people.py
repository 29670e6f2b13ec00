"""What reading a person needs to know of the workspace."""

from crm.kernel.tenancy import current_workspace_id
from crm.models import CustomField, Membership


def custom_fields() -> dict[str, CustomField]:
    """The fields this workspace added and still uses, by key, in its order."""
    living = CustomField.objects.filter(archived_at=None)
    return {field.key: field for field in living.order_by("position", "label", "pk")}


def member_ids() -> dict[str, int]:
    """Active colleagues by address and by id as text: what an `owner` may be."""
    rows = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    pairs = list(rows.values_list("user__email", "user_id"))
    return {email.lower(): pk for email, pk in pairs} | {str(pk): pk for _, pk in pairs}
