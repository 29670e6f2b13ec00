"""What a candidate's fields may hold, wherever a value comes from: form, API, CSV or ATS.

A cleaner takes what was given and returns what is stored; it raises ValueError with a sentence.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from dateutil.parser import ParserError
from dateutil.parser import parse as parse_date

from crm.models import Availability, CustomField, RoleFamily, Seniority, Stage
from crm.policies.countries import country_code

Cleaner = Callable[[Any], Any]

TEXT_LIMITS = {
    "first_name": 200,
    "last_name": 200,
    "headline": 300,
    "current_title": 200,
    "current_company": 200,
    "city": 120,
    "region": 120,
    "locale": 10,
    "source": 120,
    "origin": 60,
}
_YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "x"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non"})
_SEPARATORS = re.compile(r"[;,|\n]")
_LARGEST = 1e15


def clean(field: str, value: Any) -> Any:
    """The value as it is stored in the column; ValueError with a sentence when it cannot be."""
    return CLEANERS[field](value)


def clean_custom(definition: CustomField, value: Any) -> Any:
    """The value of a field the workspace added; None empties it."""
    if value is None or value == "" or value == []:
        return None
    kind = definition.kind
    if kind == CustomField.Kind.CHOICE:
        return _one_of(definition.choices)(value)
    if kind == CustomField.Kind.SET:
        return [_one_of(definition.choices)(item) for item in words(value)]
    return _CUSTOM[kind](value)


def words(value: Any) -> list[str]:
    """A list of texts from a list, or from one text with commas, semicolons or bars."""
    parts: Iterable[Any] = value if isinstance(value, list | tuple) else _SEPARATORS.split(str(value or ""))
    cleaned = [_text(80)(part) for part in parts]
    return list(dict.fromkeys(part for part in cleaned if part))


def slug(value: Any) -> str:
    """A choice as a program spells it: “Customer Success” is customer_success."""
    return re.sub(r"[^a-z0-9]+", "_", _text(40)(value).lower()).strip("_")


def _text(limit: int) -> Cleaner:
    def cleaned(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, dict | list | bool):
            raise ValueError("A text is needed.")
        text = " ".join(str(value).replace("\x00", "").split())
        if len(text) > limit:
            raise ValueError(f"Longer than {limit} characters ({len(text):,}).")
        return text

    return cleaned


def _choice(choices: Iterable[tuple[str, Any]]) -> Cleaner:
    known = {slug(label): value for value, label in choices} | {value: value for value, _ in choices}

    def cleaned(value: Any) -> str:
        spelled = slug(value)
        if spelled and spelled not in known:
            raise ValueError(f"One of {', '.join(dict.fromkeys(known.values()))}.")
        return known.get(spelled, "")

    return cleaned


def _open_choice(choices: Iterable[tuple[str, Any]]) -> Cleaner:
    # Workspaces may use families and levels of their own beside the ones we know.
    known = {slug(label): value for value, label in choices}
    return lambda value: known.get(slug(value), slug(value))


def _one_of(choices: list[Any]) -> Cleaner:
    def cleaned(value: Any) -> str:
        text = str(_text(200)(value))
        if choices and text not in choices:
            raise ValueError(f"One of {', '.join(map(str, choices))}.")
        return text

    return cleaned


def number(value: Any) -> float | None:
    """A number; a comma may stand for the point. Empty is None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise ValueError("A number is needed.")
    try:
        found = float(str(value).strip().replace(",", "."))
    except ValueError as wrong:
        raise ValueError(f"“{str(value)[:40]}” is not a number.") from wrong
    if not abs(found) < _LARGEST:
        raise ValueError("The number is out of range.")
    return found


def _years(value: Any) -> float | None:
    found = number(value)
    if found is not None and not 0 <= found <= 80:
        raise ValueError("From 0 to 80.")
    return found


def _whole(largest: int) -> Cleaner:
    def cleaned(value: Any) -> int | None:
        found = number(value)
        if found is not None and not 0 <= found <= largest:
            raise ValueError(f"From 0 to {largest:,}.")
        return None if found is None else int(found)

    return cleaned


def _bool(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text and text not in _YES | _NO:
        raise ValueError("Yes or no.")
    return None if not text else text in _YES


def _date(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        # Ambiguous days read the European way round, years first when they come first.
        return parse_date(str(value), dayfirst=not re.match(r"\d{4}", str(value))).date().isoformat()
    except (ParserError, OverflowError) as wrong:
        raise ValueError(f"“{str(value)[:40]}” is not a date.") from wrong


def _time_zone(value: Any) -> str:
    text: str = _text(64)(value)
    if text and text not in _ZONES:
        raise ValueError(f"“{text}” is not a time zone; write it like Europe/Berlin.")
    return text


def _languages(value: Any) -> list[str]:
    found = [word.lower() for word in words(value)]
    if len(found) > 30 or any(len(word) > 40 for word in found):
        raise ValueError("At most 30 languages of 40 characters.")
    return found


_ZONES = frozenset(available_timezones())
CLEANERS: Mapping[str, Cleaner] = {
    **{field: _text(limit) for field, limit in TEXT_LIMITS.items()},
    "country": country_code,
    "time_zone": _time_zone,
    "role_family": _open_choice(RoleFamily.choices),
    "seniority": _open_choice(Seniority.choices),
    "stage": _choice(Stage.choices),
    "availability": _choice(Availability.choices),
    "years_experience": _years,
    "notice_days": _whole(3_650),
    "relocation": _bool,
    "languages": _languages,
    "preferred_gap_days": _whole(3_650),
    "not_before": _date,
}
_CUSTOM: Mapping[str, Cleaner] = {
    CustomField.Kind.TEXT: _text(2_000),
    CustomField.Kind.NUMBER: number,
    CustomField.Kind.DATE: _date,
    CustomField.Kind.BOOL: _bool,
}
