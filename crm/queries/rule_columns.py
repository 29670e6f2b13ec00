"""The columns field rules compare, as expressions: plain ones, folded ones, and values inside `custom`."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, F, FloatField, Func, JSONField, Q, TextField, Value, When
from django.db.models.functions import Cast, Lower
from django.db.models.lookups import Exact, In

from crm.models.candidate import OUTSIDE_ASCII
from crm.policies.rules.catalogue import Field

_FOLDED = frozenset({
    "first_name", "last_name", "full_name", "headline", "current_title", "current_company", "city", "region",
    "source",
})  # fmt: skip

ACCENTED = Q(email__regex=OUTSIDE_ASCII)


class IsNotTrue(Func):
    """The complement of a condition that may be NULL."""

    template = "(%(expressions)s) IS NOT TRUE"
    output_field = BooleanField()
    arity = 1


class HasAny(Func):
    """The JSON list holds one of the texts."""

    template, arg_joiner = "(%(expressions)s)", " ?| "
    output_field = BooleanField()


class HasAll(HasAny):
    arg_joiner = " ?& "


@lru_cache(maxsize=4_096)
def folded(text: str) -> str:
    """The text as the database's `_folded` columns hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rekindle_fold(%s)", [text])
        found: str = cursor.fetchone()[0]
    return found


def name(field: Field) -> str:
    return "owner_id" if field.key == "owner" else field.key


def plain(field: Field) -> Any:
    """The column as it is, of a choice."""
    return raw(field) if field.is_custom else F(name(field))


def text(field: Field) -> tuple[Any, Callable[[str], str]]:
    """The column of a text as it is compared, and what to do to the value for that."""
    if field.is_custom:
        return Func(raw(field), function="rekindle_fold", output_field=TextField()), folded
    if field.key in _FOLDED:
        return F(f"{field.key}_folded"), folded
    if field.key == "email":  # kept in lower case
        accented = When(ACCENTED, then=Func(F("email"), function="rekindle_fold", output_field=TextField()))
        return Case(accented, default=F("email"), output_field=TextField()), folded
    # Zones and origins are codes without accents.
    return Lower(F(field.key), output_field=TextField()), folded


def same_address(wanted: Sequence[str]) -> Q:
    """The address is one of these folded ones: by the index on addresses, and by the one on accented ones."""
    accented = Func(F("email"), function="rekindle_fold", output_field=TextField())
    return Q(In(F("email"), wanted)) | Q(ACCENTED) & Q(In(accented, wanted))


def number(field: Field) -> Any:
    if not field.is_custom:
        return F(field.key)
    is_number = Exact(Func(json(field), function="jsonb_typeof", output_field=TextField()), "number")
    return Case(When(is_number, then=Cast(raw(field), FloatField())), output_field=FloatField())


def day(field: Field) -> Any:
    """A custom date: an ISO text, which orders as dates do."""
    template = r"substring(%(expressions)s from '^\d{4}-\d{2}-\d{2}')"
    return Func(raw(field), template=template, output_field=TextField())


def json(field: Field) -> Any:
    return _member(field, " -> ", JSONField())


def raw(field: Field) -> Any:
    """A custom value as text; NULL when it is missing."""
    return _member(field, " ->> ", TextField())


def _member(field: Field, arrow: str, output: Any) -> Any:
    return Func(
        F("custom"), Value(field.name), template="(%(expressions)s)", arg_joiner=arrow, output_field=output
    )
