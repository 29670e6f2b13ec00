"""Which connections fill a field of the workspace (settings.FIELD_USES)."""

from crm.queries.field_uses import FieldUse
from integrations.models import FieldMapping


def uses(field: str) -> list[FieldUse]:
    """The connections a field of whose ATS fills this one."""
    rows = FieldMapping.objects.filter(target=field).order_by("connection__name", "label")
    return [
        FieldUse("Connection", f"{name}: {label}", "integrations:fields", pk)
        for pk, name, label in rows.values_list("connection_id", "connection__name", "label")
    ]
