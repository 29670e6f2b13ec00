"""The fields of a payload, whichever vendor's: by a path, with what the ATS calls them. Pure.

Every vendor has shapes of its own for fields its customers make up: an object by key, a list of names and
values, a question with its answer, or simply more keys.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Plain = str | int | float | bool | list[str]
MOST, DEEPEST, LONGEST = 200, 5, 2_000
_LABELS = ("title", "label", "name", "question", "text", "Descriptor", "optionLabel", "propertyName")
_VALUES = ("valueLabel", "value", "answer", "displayValue")
# Keys of the vendor's own bookkeeping; ids say nothing to a person.
_SILENT = re.compile(r"^_|^(id|uuid|links|actions|type|url)$|(_ids?|Ids?|ID|WID)$")
_OWN = re.compile(r"custom|^cust[A-Z]|propert|question|answer", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """One field as a payload tells it. `is_own` = the customer made it up in the ATS."""

    path: str
    label: str
    value: Plain
    is_own: bool


def fields_of(payload: Mapping[str, Any]) -> dict[str, Told]:
    """What can be read out of the payload, by path; empty fields are left out."""
    found: dict[str, Told] = {}
    for told in _walk(payload, "", 0):
        if len(found) >= MOST:
            break
        found.setdefault(told.path, told)
    return found


def words(name: str) -> str:
    """A key as a person would write it: `notice_period` and `noticePeriod` are “Notice period”."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.removeprefix("cust")).replace("_", " ").split()
    return " ".join(parts).capitalize() or name


def _walk(row: Mapping[str, Any], under: str, depth: int) -> Iterator[Told]:
    for name, value in row.items():
        path = f"{under}.{name}" if under else str(name)
        if _SILENT.search(str(name)) or value in (None, "", [], {}):
            continue
        if isinstance(value, Mapping):
            yield from _object(value, path, depth)
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield from _objects([item for item in value if isinstance(item, Mapping)], path, depth)
        elif (plain := _plain(value)) is not None:
            yield _told(path, words(str(name)), plain)


def _object(value: Mapping[str, Any], path: str, depth: int) -> Iterator[Told]:
    """A field with its value, a choice with its words, or an object with fields inside."""
    if "results" in value and isinstance(value["results"], list):
        yield from _objects([one for one in value["results"] if isinstance(one, Mapping)], path, depth)
        return
    label, last = _label(value), words(path.rpartition(".")[2])
    if any(name in value for name in _VALUES):
        plain = _value(value)
        if plain is not None:
            yield _told(path, label or last, plain)
    elif label and not _has_more(value):
        yield _told(path, last, label)
    elif depth < DEEPEST:
        yield from _walk(value, path, depth + 1)


def _objects(rows: list[Mapping[str, Any]], path: str, depth: int) -> Iterator[Told]:
    """Names with values are a field each; things with names only are one list; others are looked into."""
    named = [(row, _label(row)) for row in rows]
    if any(label and any(name in row for name in _VALUES) for row, label in named):
        for row, label in named:
            plain = _value(row)
            if label and plain is not None:
                yield _told(f"{path}.{_key(row, label)}", label, plain)
    elif any(isinstance(row.get("fields"), list) for row in rows):
        for row in rows:
            yield from _objects([one for one in row["fields"] if isinstance(one, Mapping)], path, depth)
    elif listed := list(dict.fromkeys(label for _, label in named if label)):
        yield _told(path, words(path.rpartition(".")[2]), listed)


def _told(path: str, label: str, value: Plain) -> Told:
    return Told(path[:190], " ".join(label.split())[:200], value, bool(_OWN.search(path)))


def _key(row: Mapping[str, Any], label: str) -> str:
    return str(row.get("id") or row.get("key") or label)


def _label(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in _LABELS if isinstance(row.get(name), str) and row[name]), "")


def _value(row: Mapping[str, Any]) -> Plain | None:
    held = next((row[name] for name in _VALUES if row.get(name) not in (None, "", [])), None)
    return _label(held) or None if isinstance(held, Mapping) else _plain(held)


def _has_more(row: Mapping[str, Any]) -> bool:
    """Whether there is anything in it beside a name, ids and flags."""
    return any(isinstance(value, Mapping | list) and value for value in row.values())


def _plain(value: Any) -> Plain | None:
    """A text, number or list of texts; None for what a field of a person cannot hold."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        text = value.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
        return text[:LONGEST] or None
    if isinstance(value, list):
        texts = [_label(item) if isinstance(item, Mapping) else str(item).strip() for item in value]
        return [text[:200] for text in texts if text] or None
    return None
