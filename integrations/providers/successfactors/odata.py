"""OData v2 as SuccessFactors writes it: dates, expanded and deferred navigation, literals, keys. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from integrations.providers import fields
from integrations.providers.base import Payload
from integrations.providers.rows import Unreadable

# The offset says where somebody sat; the milliseconds are UTC either way.
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_KEY = re.compile(r"(\d+)L?'?\)?\s*$")


def moment(row: Payload, name: str) -> datetime | None:
    """“/Date(1759309200000+0000)/”, or a time in any form other systems write."""
    value = row.get(name)
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return fields.moment(row, name)
    try:
        return datetime.fromtimestamp(int(found.group(1)) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise Unreadable(f"{name} is not a time: “{str(value)[:40]}”") from fault


def demand_moment(row: Payload, *names: str) -> datetime:
    """The first of these times there is."""
    found = next((at for name in names if (at := moment(row, name))), None)
    if found is None:
        raise Unreadable(f"{names[0]} is missing")
    return found


def many(row: Payload, name: str) -> list[Payload]:
    """What a navigation leads to: expanded to many, to one, or to nothing."""
    held = row.get(name)
    if isinstance(held, dict):
        if "results" not in held:
            return [] if "__deferred" in held or not held else [held]
        held = held["results"]
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def first(row: Payload, name: str) -> Payload:
    return next(iter(many(row, name)), {})


def is_deferred(row: Payload, name: str) -> bool:
    """Whether the navigation was not expanded, though it leads somewhere."""
    held = row.get(name)
    return name not in row or (isinstance(held, dict) and "__deferred" in held)


def words(row: Payload, name: str) -> tuple[str, ...]:
    """What a picklist field says: option objects with code and labels, a plain label, or only an id."""
    held = row.get(name)
    if isinstance(held, str | int) and not isinstance(held, bool):
        return (fields.clean(held),)
    found: list[str] = []
    for option in many(row, name):
        found += [fields.text(option, key) for key in ("localeLabel", "externalCode") if option.get(key)]
        found += [
            str(value)
            for key, value in option.items()
            if value and (key == "label" or key.startswith("label_"))
        ]
        found += [fields.text(label, "label") for label in many(option, "picklistLabels")]
    return tuple(dict.fromkeys(filter(None, (fields.clean(one) for one in found))))


def truth(value: object) -> bool:
    """Yes in any of the forms seen: “Yes”, “true”, “1”, “Deleted”, a real boolean."""
    return value is True or str(value or "").strip().casefold() in ("yes", "true", "y", "1", "deleted")


def literal(text: str) -> str:
    """A text inside a filter."""
    return "'" + text.replace("'", "''") + "'"


def offset(moment: datetime) -> str:
    """A time inside a filter."""
    return f"datetimeoffset'{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z'"


def any_of(name: str, ids: Sequence[str]) -> str:
    """Rows with one of these numbers. The `in` of SuccessFactors is not certain on these entities."""
    return " or ".join(f"{name} eq {number}L" for number in ids)


def key_of(written: str) -> str:
    """The number in the key an upsert answers: “JobApplication/applicationId=9001”, “Candidate(7001L)”."""
    found = _KEY.search(written or "")
    return found.group(1) if found else ""


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
