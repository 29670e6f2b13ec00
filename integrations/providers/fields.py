"""Reading one field of a payload: a value of the expected shape, or `Unreadable` with the reason."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from integrations.providers.base import Contact, Payload
from integrations.providers.rows import Unreadable as Unreadable


def identity(row: Payload, name: str) -> str:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value):
        raise Unreadable(f"{name} is missing")
    return str(value)[:120]


def text(row: Payload, name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{name} is not a text")
    return clean(value)


def clean(value: object) -> str:
    """Without what PostgreSQL cannot store: NUL and lone surrogates."""
    return str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def demand_text(row: Payload, name: str) -> str:
    found = text(row, name)
    if not found:
        raise Unreadable(f"{name} is missing")
    return found


def moment(row: Payload, name: str) -> datetime | None:
    """A text as ISO 8601 writes it, or a number of milliseconds since 1970."""
    value = row.get(name)
    if value in (None, ""):
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError) as fault:
        raise Unreadable(f"{name} is not a time: “{str(value)[:40]}”") from fault
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def demand_moment(row: Payload, name: str) -> datetime:
    found = moment(row, name)
    if found is None:
        raise Unreadable(f"{name} is missing")
    return found


def day(row: Payload, name: str) -> datetime | None:
    """A date as noon UTC, which is that same day nearly everywhere."""
    value = row.get(name)
    if value in (None, ""):
        return None
    try:
        return datetime.combine(date.fromisoformat(str(value)[:10]), time(12), tzinfo=UTC)
    except ValueError as fault:
        raise Unreadable(f"{name} is not a date: “{str(value)[:40]}”") from fault


def contacts(row: Payload, name: str, kind: str) -> tuple[Contact, ...]:
    found: dict[str, Contact] = {}
    for item in row.get(name) or ():
        value = clean(item.get("value") or "")[:500]
        if value:
            found.setdefault(value.casefold(), Contact(kind, value, clean(item.get("type") or "")[:40]))
    return tuple(found.values())


def values(row: Payload, name: str) -> list[str]:
    return [clean(item["value"]) for item in row.get(name) or () if item.get("value")]


def list_field(row: Payload, name: str) -> tuple[str, ...]:
    """A custom field that holds a list, or a text with commas."""
    held = ((row.get("custom_fields") or {}).get(name) or {}).get("value")
    parts = held.split(",") if isinstance(held, str) else held if isinstance(held, list) else []
    texts = (clean(part.get("name", "") if isinstance(part, dict) else part)[:80] for part in parts)
    return tuple(dict.fromkeys(found for found in texts if found))


def named(table: Mapping[int, Payload], number: Any) -> str:
    return text(table.get(number or 0, {}), "name")


def names(full: str) -> tuple[str, str]:
    """First and last name of one string: the last word is the last name, a single word the first."""
    parts = clean(full).split()
    return (" ".join(parts[:-1]), parts[-1]) if len(parts) > 1 else (" ".join(parts), "")


def contact(kind: str, value: object, label: str = "") -> tuple[Contact, ...]:
    """A contact if there is anything to it."""
    found = clean(value or "")[:500]
    return (Contact(kind, found, label[:40]),) if found else ()


def each(row: Payload, name: str) -> list[Payload]:
    """The objects in a list; whatever else is in there is left out."""
    held = row.get(name)
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def inner(row: Payload, name: str) -> Payload:
    """An object inside the payload, empty when it is missing, null or something else."""
    held = row.get(name)
    return held if isinstance(held, dict) else {}


def texts(row: Payload, name: str) -> tuple[str, ...]:
    """The texts of a list, without blanks and repetitions."""
    held = row.get(name)
    found = (clean(item) for item in held if isinstance(item, str)) if isinstance(held, list) else ()
    return tuple(dict.fromkeys(item[:500] for item in found if item))
