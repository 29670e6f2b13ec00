"""Which journeys ask for a field (settings.FIELD_USES)."""

from crm.policies.rules.mentions import values_asked
from crm.queries.field_uses import FieldUse
from journeys.models import Journey


def uses(field: str) -> list[FieldUse]:
    """Journeys that branch on the field, in their draft or in the version that runs."""
    found = []
    for journey in Journey.objects.select_related("version").order_by("name", "pk"):
        documents = [journey.draft, journey.version.definition if journey.version else None]
        asked = values_asked(documents, field)
        if asked is not None:
            found.append(FieldUse("Journey", journey.name, "journeys:journey", journey.pk, frozenset(asked)))
    return found
