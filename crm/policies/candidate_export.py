"""What an export of candidates holds: its columns, and a person as one of its rows."""

from collections.abc import Sequence
from typing import Any

from crm.models.candidate import CandidateColumns
from crm.policies import csv_files

COLUMNS = (
    "id", "first_name", "last_name", "email", "headline", "current_title", "current_company", "city",
    "region", "country", "role_family", "seniority", "stage", "availability", "source",
    "created_at", "last_engaged_at",
)  # fmt: skip


def head(own: Sequence[str]) -> list[object]:
    """The first row; `own` are the keys of the workspace's own fields."""
    return [*COLUMNS, *(f"custom.{key}" for key in own)]


def row(person: CandidateColumns, own: Sequence[str]) -> list[object]:
    """The person's row, under that head."""
    custom: list[Any] = [csv_files.joined(person.custom.get(key)) for key in own]
    return [*(getattr(person, name) for name in COLUMNS), *custom]
