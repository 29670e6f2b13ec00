"""Which segments ask for a field (settings.FIELD_USES)."""

from crm.policies.rules.mentions import values_asked
from crm.queries.field_uses import FieldUse
from talentpools.models import Segment


def uses(field: str) -> list[FieldUse]:
    """The segments whose rules name the field."""
    rules = Segment.objects.order_by("name", "pk").values_list("pk", "name", "rules")
    return [
        FieldUse("Segment", name, "talentpools:segment", pk, frozenset(asked))
        for pk, name, tree in rules
        if (asked := values_asked(tree, field)) is not None
    ]
