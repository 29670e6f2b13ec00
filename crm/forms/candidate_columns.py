"""The columns a list of candidates can show: which are chosen, and what stands in each cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.forms.profile_facts import shown
from crm.models import CustomField, RoleFamily, Seniority
from crm.queries.candidate_list import Row

_OWN = "custom."


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the address, its head, the order it sorts by, how its cells are drawn."""

    key: str
    label: str
    sort: str = ""
    look: str = "text"

    @property
    def is_numeric(self) -> bool:
        return self.look in ("ago", "score", "number")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value under its column."""

    column: Column
    value: Any


_COLUMNS = (
    Column("stage", "Stage", "stage", "stage"),
    Column("title", "Title and company", "company", "title"),
    Column("place", "Place", "country", "place"),
    Column("owner", "Owner", "", "muted"),
    Column("ownership", "Owned until", "", "ownership"),
    Column("engagement", "Engagement", "engagement", "score"),
    Column("last_engaged_at", "Last signal", "last_engaged_at", "ago"),
    Column("email", "E-mail"),
    Column("headline", "Headline"),
    Column("role_family", "Role family", "role_family"),
    Column("seniority", "Seniority", "seniority"),
    Column("availability", "Availability"),
    Column("source", "Source", "", "muted"),
    Column("years_experience", "Years of experience", "", "number"),
    Column("last_contacted_at", "Last contacted", "last_contacted_at", "ago"),
    Column("last_replied_at", "Last replied", "last_replied_at", "ago"),
    Column("created_at", "Added", "created_at", "ago"),
)
DEFAULT = ("stage", "title", "place", "owner", "engagement", "last_engaged_at")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "role_family": dict(RoleFamily.choices),
    "seniority": dict(Seniority.choices),
}


def offered(own: Iterable[CustomField]) -> list[Column]:
    """Every column there is, the workspace's own fields last."""
    return [*_COLUMNS, *(_own_column(field) for field in own)]


def chosen(query: QueryDict, offered_: Sequence[Column]) -> list[Column]:
    """The columns of the query string (`column=stage&column=owner`); otherwise the usual ones."""
    known = {column.key: column for column in offered_}
    found = [known[key] for key in dict.fromkeys(query.getlist("column")) if key in known]
    return found or [known[key] for key in DEFAULT]


def cells(row: Row, columns: Sequence[Column], own: Mapping[str, CustomField]) -> list[Cell]:
    """What stands in the row under these columns."""
    return [Cell(column, _value(row, column, own)) for column in columns]


def _value(row: Row, column: Column, own: Mapping[str, CustomField]) -> Any:
    candidate = row.candidate
    if column.key.startswith(_OWN):
        key = column.key.removeprefix(_OWN)
        value = shown(own[key].kind, candidate.custom.get(key))
        return ", ".join(map(str, value)) if isinstance(value, list) else value
    if column.key == "ownership":
        return row.ownership
    if column.key in ("stage", "availability"):
        return getattr(candidate, f"get_{column.key}_display")()
    value = getattr(candidate, column.key, "")
    return _WORDS.get(column.key, {}).get(value, value)


def _own_column(field: CustomField) -> Column:
    look = "number" if field.kind == CustomField.Kind.NUMBER else "text"
    return Column(f"{_OWN}{field.key}", field.label, "", look)
