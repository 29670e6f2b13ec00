"""Reads the value of a field rule: its shape depends on the field's type and the operator."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from crm.policies.rules.catalogue import NEGATIVES, Field, Type
from crm.policies.rules.places import ABSENT, Place
from crm.policies.rules.tree import Days

WITHOUT_VALUE = frozenset({"is_empty", "is_not_empty", "is_true", "is_false"})
_LISTS = frozenset({"in", "any_of", "all_of"})
_LARGEST = 1e15


def read(field: Field, op: str, value: Any, place: Place) -> Any:
    """The value as its operator takes it; None after a fault and for operators without one."""
    if op in WITHOUT_VALUE:
        if value is not ABSENT and value is not None:
            place.fault(f"“{op}” takes no value.")
        return None
    if value is ABSENT:
        place.fault(f"“{op}” needs a value.")
        return None
    return _READERS[field.type](field, NEGATIVES.get(op, op), value, place)


def days(value: Any, place: Place) -> Days | None:
    """`[from, to]`, both ISO dates or null for an open end, at least one of them given."""
    if not isinstance(value, list) or len(value) != 2 or value == [None, None]:
        place.fault("This must be a list of two dates: from, to.")
        return None
    start = None if value[0] is None else day(value[0], place.at(0))
    end = None if value[1] is None else day(value[1], place.at(1))
    return (start, end)


def day(value: Any, place: Place) -> date | None:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        found = date.fromisoformat(value)
    except ValueError:
        place.fault("This must be a date like 2026-03-31.")
        return None
    if not 1 < found.year < 9999:
        place.fault("This date is out of range.")
        return None
    return found


def number(value: Any, place: Place) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        place.fault("This must be a number.")
        return None
    if not math.isfinite(value) or abs(value) > _LARGEST:
        place.fault("This number is out of range.")
        return None
    return float(value)


def _text(_: Field, op: str, value: Any, place: Place) -> Any:
    return place.texts(value) if op in _LISTS else place.text(value)


def _choice(field: Field, op: str, value: Any, place: Place) -> Any:
    if op not in _LISTS:
        return _chosen(field, value, place)
    items = place.items(value)
    if items is None:
        return None
    found = [_chosen(field, item, place.at(index)) for index, item in enumerate(items)]
    return None if None in found else tuple(found)


def _chosen(field: Field, value: Any, place: Place) -> Any:
    if field.key == "owner":
        return place.id(value)
    if field.key == "country":
        return _country(value, place)
    if field.is_open:
        return place.text(value)
    return place.one_of(value, tuple(key for key, _ in field.choices))


def _country(value: Any, place: Place) -> str | None:
    if isinstance(value, str) and len(code := value.strip()) == 2 and code.isascii() and code.isalpha():
        return code.upper()
    place.fault("This must be a two-letter country code like DE.")
    return None


def _set(field: Field, _: str, value: Any, place: Place) -> Any:
    return place.texts(value, is_filled=True)


def _number(_: Field, op: str, value: Any, place: Place) -> Any:
    if op != "between":
        return number(value, place)
    if not isinstance(value, list) or len(value) != 2:
        place.fault("This must be a list of two numbers: from, to.")
        return None
    return (number(value[0], place.at(0)), number(value[1], place.at(1)))


def _date(_: Field, op: str, value: Any, place: Place) -> Any:
    if op == "between":
        return days(value, place)
    if op in {"in_last_days", "in_next_days"}:
        return place.whole(value)
    return day(value, place)


_READERS: Mapping[Type, Callable[[Field, str, Any, Place], Any]] = {
    Type.TEXT: _text,
    Type.CHOICE: _choice,
    Type.SET: _set,
    Type.NUMBER: _number,
    Type.DATE: _date,
    Type.DATETIME: _date,
}
