"""Thousands of ids as one parameter."""

from collections.abc import Iterable

from django.db.models import BooleanField, F, Func, Value


class AnyOf(Func):
    """`column = ANY(array)`: Django looks at no element, and the statement stays short."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = BooleanField()


def among(column: str, ids: Iterable[int | None]) -> AnyOf:
    """Rows whose column holds one of these ids; for filter(), where there are many."""
    return AnyOf(F(column), Value([pk for pk in ids if pk is not None]))
