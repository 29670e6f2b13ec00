"""Which segments ask for a field (settings.FIELD_USES)."""

from crm.policies.rules.mentions import values_asked
from crm.queries.field_uses import FieldUse
from talentpools.models import Segment
from talentpools.queries import visibility

HIDDEN = "one you may not see"


def uses(field: str) -> list[FieldUse]:
    """The segments whose rules name the field; one the reader may not know of is not named."""
    rules = Segment.objects.order_by("name", "pk").values_list("pk", "name", "rules")
    seen = set(visibility.segments_of_reader().values_list("pk", flat=True))
    return [
        FieldUse("Segment", name if pk in seen else HIDDEN, "talentpools:segment", pk, frozenset(asked))
        for pk, name, tree in rules
        if (asked := values_asked(tree, field)) is not None
    ]
