"""Many rows in one statement: rows travel as one JSON document and are opened by PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from crm.kernel.tenancy import current_workspace_id


class _Encoder(DjangoJSONEncoder):
    """Moments to the microsecond: cut to the millisecond, a due time lies before the one it was moved to."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def insert(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    on_conflict: str = "ON CONFLICT DO NOTHING",
) -> int:
    """Insert the rows (column → value, the same columns in each); returns how many were new."""
    if not rows:
        return 0
    same, varying = _split(rows, by=next(iter(rows[0])))
    types, placed = _types(model), {name: f'r."{name}"' for name in varying}
    placed |= {name: f"(%s)::{types[name]}" for name in same}
    names = ", ".join(f'"{column}"' for column in placed)
    # Names come from the models, values are parameters.
    return _execute(
        f'INSERT INTO "{model._meta.db_table}" (workspace_id, {names}) '  # noqa: S608
        f"SELECT %s, {', '.join(placed.values())} "
        f"FROM json_to_recordset(%s) AS r({_typed(model, varying)}) {on_conflict}",
        [
            current_workspace_id(),
            *(_constant(value, types[name]) for name, value in same.items()),
            _document(rows, varying),
        ],
    )


def update(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> int:
    """Set the other columns of the rows with these `id`s; returns how many there were."""
    if not rows:
        return 0
    same, varying = _split(rows, by="id")
    types, assigned = _types(model), [f'"{name}" = r."{name}"' for name in varying[1:]]
    assigned += [f'"{name}" = (%s)::{types[name]}' for name in same]
    return _execute(
        f'UPDATE "{model._meta.db_table}" AS t SET {", ".join(assigned)} '  # noqa: S608
        f"FROM json_to_recordset(%s) AS r({_typed(model, varying)}) "
        # Asked for, not named: statistics that know nothing of a new workspace would call it empty.
        "WHERE t.workspace_id = (SELECT %s) AND t.id = r.id",
        [
            *(_constant(value, types[name]) for name, value in same.items()),
            _document(rows, varying),
            current_workspace_id(),
        ],
    )


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for rows about to be inserted, so that rows referring to them can be built before."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _split(rows: Sequence[Mapping[str, Any]], *, by: str) -> tuple[dict[str, Any], list[str]]:
    """What is the same in every row, to travel once beside the document; and `by` with what varies."""
    first = rows[0]
    same = {
        name: first[name] for name in first if name != by and all(row[name] == first[name] for row in rows)
    }
    return same, [by, *(name for name in first if name != by and name not in same)]


def _constant(value: Any, kind: str) -> Any:
    """As a parameter: JSON for a JSON column, else as it is; a list is an array of its column's type."""
    return json.dumps(value, cls=_Encoder) if kind == "jsonb" and value is not None else value


def _document(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    picked = [{name: row[name] for name in columns} for row in rows]
    return json.dumps(picked, cls=_Encoder, ensure_ascii=False)


@lru_cache(maxsize=64)
def _types(model: type[models.Model]) -> dict[str, str]:
    fields = model._meta.concrete_fields
    return {str(field.column): str(_plain_type(field)) for field in fields}


def _plain_type(field: Any) -> Any:
    # A key's own type is "bigserial"/"identity"; what refers to it is the plain integer.
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _typed(model: type[models.Model], columns: Sequence[str]) -> str:
    types = _types(model)
    return ", ".join(f'"{column}" {types[column]}' for column in columns)


def _execute(statement: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
