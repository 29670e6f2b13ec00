"""Thousands of values as one parameter."""

from collections.abc import Iterable

from django.db.models import BooleanField, F, Func, Value


class AnyOf(Func):
    """`column = ANY(array)`: Django looks at no element, and the statement stays short."""

    # PostgreSQL hashes an array of the column's own type; one of another type it would walk for each row.
    template, arg_joiner = "(%(expressions)s%(kind)s))", " = ANY("
    output_field = BooleanField()


def among(column: str, values: Iterable[int | str | None]) -> AnyOf:
    """Rows whose column holds one of these values; for filter(), where there are many."""
    given = [value for value in values if value is not None]
    kind = "" if not given else "::text[]" if isinstance(given[0], str) else "::bigint[]"
    return AnyOf(F(column), Value(given), kind=kind)
