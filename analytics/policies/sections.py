"""A page of figures as data: tiles and sections, each number with the list of people it opens.

The page, its CSV and XLSX, the printed sheet and the mail are all made from this.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.policies.periods import Period

Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """The list of people a number opens."""

    key: str
    group: str
    filters: Parameters = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table shows in one place; `value` is what a file gets when it differs from the words."""

    text: str
    value: Any = None
    behind: Behind | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number."""

    label: str
    value: str
    unit: str = ""
    n: int | str = ""
    note: str = ""
    behind: Behind | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A chart with its table, or a table alone. `chart` are options of line and bar series; the `column` of
    a series names whose cells its points open. `more` are the rows of which `rows` are but the first.

    `ignores` are filters that do not narrow it; those its definition ignores go without saying.
    """

    id: str
    title: str
    headers: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    chart: dict[str, Any] | None = None
    n: int | str = ""
    note: str = ""
    definition: str = ""
    ignores: tuple[str, ...] = ()
    more: Behind | None = None
    empty: str = "Nothing in this period. Choose a longer one, or take a filter off."


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page; `lead` says in a sentence or two what it shows."""

    key: str
    title: str
    tiles: list[Tile] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    lead: str = ""


def cell(value: Any, behind: Behind | None = None) -> Cell:
    """A number or a word as it is."""
    return Cell(f"{value:,}" if isinstance(value, int) else str(value), value, behind)


def during(first: date, last: date, period: Period) -> Parameters:
    """The days from `first` to `last`, as far as they lie in the period, as an address names them."""
    days = {"from": max(first, period.from_on), "to": min(last, period.to_on)}
    return tuple((name, day.isoformat()) for name, day in days.items())


def part(by: str, of: object) -> Parameters:
    """One part of a figure's rows, as an address names it."""
    return ("by", by), ("of", str(of))
