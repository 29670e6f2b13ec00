"""Whose rules name a field; apps above tell through settings.FIELD_USES, paths to (field) → [FieldUse]."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from crm.models import SavedView
from crm.policies.rules.mentions import values_asked
from crm.queries.saved_views import rules_of_query


@dataclass(frozen=True, slots=True)
class FieldUse:
    """Something whose rules name the field, and the values they compare it with; where it is."""

    kind: str
    name: str
    url_name: str
    pk: int
    values: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind.lower()} “{self.name}”"


def uses(field: str) -> list[FieldUse]:
    """Everything that would stop working without the field (its key in rules: `custom.level`)."""
    found = _views(field)
    for path in settings.FIELD_USES:
        tell: Callable[[str], list[FieldUse]] = import_string(path)
        found += tell(field)
    return found


def _views(field: str) -> list[FieldUse]:
    """Saved views of the candidate list narrowed by the field."""
    found = []
    for pk, name, query in SavedView.objects.filter(query__contains="rules=").values_list(
        "pk", "name", "query"
    ):
        asked = values_asked(rules_of_query(query), field)
        if asked is not None:
            found.append(FieldUse("View", name, "", pk, frozenset(asked)))
    return found
