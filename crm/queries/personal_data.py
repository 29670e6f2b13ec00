"""Everything held about one person, for their copy of it (GDPR 15) and for its erasure (GDPR 17)."""

from datetime import datetime
from typing import Any

from crm.models import Candidate


def relations() -> list[Any]:
    """Every foreign key to a candidate, in every app, found by itself: a new table cannot be forgotten."""
    fields = Candidate._meta.get_fields(include_hidden=True)
    return [field for field in fields if field.auto_created and not field.concrete and field.one_to_many]


def export(candidate: Candidate, *, now: datetime) -> dict[str, Any]:
    """All rows about the person, by table; bytes are left out, everything else is as it is stored."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for relation in relations():
        model = relation.related_model
        rows = model.objects.filter(**{relation.field.name: candidate}).order_by("pk")
        if found := [_row(row) for row in rows]:
            tables.setdefault(model._meta.label_lower, []).extend(found)
    return {"exported_at": now, "candidate": _row(candidate), "tables": tables}


def _row(row: Any) -> dict[str, Any]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    hidden = ("workspace_id", "search_text", "words", "storage_name")
    return {
        name: value
        for name, value in values.items()
        if name not in hidden and not name.endswith("_folded") and not isinstance(value, bytes | memoryview)
    }
