"""A table of costs as finance sends it: which column is which, and what is wrong with a line, in words."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analytics.models import Cost
from crm.policies import csv_files

MOST_LINES = 5_000
COLUMNS = {
    "day": ("day", "date", "on", "incurred on", "datum", "tag", "jour"),
    "origin": ("origin", "spent on", "herkunft", "origine"),
    "category": ("category", "for", "what", "kategorie", "catégorie"),
    "amount": ("amount", "cost", "sum", "betrag", "montant"),
    "note": ("note", "comment", "notiz", "remarque"),
}
_NEEDED = ("day", "origin", "category", "amount")
_SUM = re.compile(r"(?P<whole>\d{1,3}(?:[.,]\d{3})*|\d+)(?:[.,](?P<cents>\d{1,2}))?")
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
EXAMPLE = "day,origin,category,amount,note\n2026-03-31,external,Agencies,12500.00,two placements\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One cost of a file."""

    origin: str
    category: str
    amount_cents: int
    incurred_on: date
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class CostFile:
    """What a file says; with a fault in it nothing of it is entered."""

    entries: list[Entry]
    faults: list[Fault]


def read(text: str) -> CostFile:
    """The costs of the table and the faults of its lines. The first line names the columns."""
    lines = [line for line in csv_files.read(text, csv_files.delimiter_of(text)) if any(line.cells)]
    if not lines:
        return CostFile([], [Fault(1, "There is nothing in it.")])
    places = _places(lines[0].cells)
    missing = [name for name in _NEEDED if name not in places]
    if missing:
        return CostFile([], [Fault(1, f"No column is named {' or '.join(missing)}.")])
    if len(lines) > MOST_LINES:
        return CostFile([], [Fault(MOST_LINES + 1, f"At most {MOST_LINES:,} lines at once.")])
    found = [(line.number, _entry(_cells(line.cells, places))) for line in lines[1:]]
    return CostFile(
        [entry for _, entry in found if isinstance(entry, Entry)],
        [Fault(number, words) for number, words in found if isinstance(words, str)],
    )


def _places(names: list[str]) -> dict[str, int]:
    plain = [" ".join(name.lower().replace("_", " ").split()) for name in names]
    return {
        column: next(place for place, name in enumerate(plain) if name in known)
        for column, known in COLUMNS.items()
        if any(name in known for name in plain)
    }


def _cells(cells: list[str], places: dict[str, int]) -> dict[str, str]:
    return {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}


def _entry(cells: dict[str, str]) -> Entry | str:
    """The cost of a line, or what is wrong with it."""
    day, cents, origin = _day(cells["day"]), _cents(cells["amount"]), cells["origin"].lower()
    faults = []
    if day is None:
        faults.append(f"“{cells['day']}” is no day like 2026-03-31 or 31.3.2026")
    if origin not in Cost.Origin.values:
        faults.append(f"origin “{cells['origin']}” is neither crm nor external")
    if not 0 < len(cells["category"]) <= 80:
        faults.append("the category is missing or longer than 80 characters")
    if not cents:
        faults.append(f"“{cells['amount']}” is no amount above 0")
    if day is None or not cents or faults:
        return f"{'; '.join(faults)}."
    return Entry(origin, cells["category"], cents, day, cells.get("note", "")[:200])


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day if 1970 <= day.year <= 9000 else None
    return None


def _cents(text: str) -> int | None:
    """Cents of “1,234.50”, “1.234,50”, “1 234,5 €” or “1234”: three digits after a sign are thousands."""
    found = _SUM.fullmatch(re.sub(r"[\s'’]|[A-Za-z]{3}|[€$£]", "", text))
    if found is None:
        return None
    digits = re.sub(r"[.,]", "", found["whole"])
    return int(Decimal(f"{digits}.{found['cents'] or 0}") * 100) if len(digits) < 13 else None
