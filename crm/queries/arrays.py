"""Thousands of values as one parameter."""

from collections.abc import Iterable

from django.db.models import BooleanField, F, Func, Value


class AnyOf(Func):
    """`column = ANY(array)`: Django looks at no element, and the statement stays short."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = BooleanField()


def among(column: str, values: Iterable[int | str | None]) -> AnyOf:
    """Rows whose column holds one of these values; for filter(), where there are many."""
    return AnyOf(F(column), Value([value for value in values if value is not None]))
