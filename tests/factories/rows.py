"""A row of any model, made from nothing but its columns: for tests that visit every table."""

import datetime as dt
from itertools import count
from typing import Any

import factory
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tests import factories

_NUMBERS = count(1)


def _day(number: int) -> dt.datetime:
    return dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC) + dt.timedelta(days=number)


_VALUES: dict[str, Any] = {
    "ArrayField": lambda n: [],
    "EncryptedJSONField": lambda n: f"secret-{n}",
    "BooleanField": lambda n: False,
    "CharField": lambda n: f"text-{n}",
    "DateField": lambda n: dt.date(2026, 3, 2),
    "DateTimeField": lambda n: dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC),
    "DateTimeRangeField": lambda n: DateTimeTZRange(_day(n), _day(n) + dt.timedelta(hours=1)),
    "DecimalField": lambda n: 1,
    "DurationField": lambda n: dt.timedelta(days=1),
    "EmailField": lambda n: f"address-{n}@people.example",
    "BinaryField": lambda n: b"bytes",
    "FloatField": lambda n: 1.0,
    "JSONField": lambda n: {},
    "SlugField": lambda n: f"slug-{n}",
    "TextField": lambda n: f"text-{n}",
    "TimeField": lambda n: dt.time(9),
    "URLField": lambda n: f"https://people.example/{n}",
}


def any_row(model: type[models.Model]) -> models.Model:
    """Through the model's factory where it has one; otherwise with a value for each column that needs one."""
    made = _FACTORIES.get(model)
    if made is not None:
        row: models.Model = made.create()
        return row
    needed = [field for field in model._meta.local_concrete_fields if _is_needed(field)]
    return model._default_manager.create(**{field.name: _value(field) for field in needed})


_FACTORIES: dict[Any, Any] = {
    found._meta.model: found
    for found in vars(factories).values()
    if isinstance(found, type) and issubclass(found, factory.django.DjangoModelFactory)
}


def _is_needed(field: "models.Field[Any, Any]") -> bool:
    is_given = field.has_default() or field.null or field.primary_key or field.generated
    is_given = is_given or getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return not is_given and (not field.blank or isinstance(field, models.ForeignKey))


def _value(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.ForeignKey):
        return any_row(field.remote_field.model)
    if field.choices:
        return next(iter(field.flatchoices))[0]
    number = next(_NUMBERS)
    maker = _VALUES.get(type(field).__name__, lambda n: n)
    value = maker(number)
    limit = getattr(field, "max_length", None)
    return value[:limit] if isinstance(value, str) and limit else value
