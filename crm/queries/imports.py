"""How an import stands: its first rows while columns are chosen, its progress while it runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from crm.models import ImportRow, ImportRun
from crm.policies import csv_files, import_mapping
from crm.queries.people import custom_fields

_SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: where it goes and what its first cells hold."""

    header: str
    field: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far, how fast, and how long it will take."""

    rate: float
    left: timedelta | None


def recent() -> QuerySet[ImportRun]:
    """The imports of the workspace, newest first, without their files."""
    return ImportRun.objects.defer("content").select_related("created_by").order_by("-pk")


def outcomes(run_id: int, *, size: int = 5_000) -> Iterator[ImportRow]:
    """What became of each row of the file, in its order, a batch at a time."""
    rows, last = ImportRow.objects.filter(run_id=run_id).order_by("line"), 0
    while batch := list(rows.filter(line__gt=last)[:size]):
        yield from batch
        last = batch[-1].line


def columns(run: ImportRun) -> list[Column]:
    """The file's columns with their first ten cells and the field each is mapped to."""
    lines = csv_files.read(bytes(run.content or b"").decode(), run.delimiter)
    headers = [cell.strip() for cell in next(lines).cells]
    sample = [line.cells for line in islice(lines, _SAMPLE)]
    return [
        Column(
            header, run.mapping.get(header, ""), [row[place] if place < len(row) else "" for row in sample]
        )
        for place, header in enumerate(headers)
    ]


def fields() -> list[tuple[str, str]]:
    """What a column can be mapped to: (value, words)."""
    known = [(field, field.replace("_", " ").capitalize()) for field in import_mapping.FIELDS]
    own = [(f"{import_mapping.CUSTOM}{key}", field.label) for key, field in custom_fields().items()]
    return [("", "Leave out"), *known, *own, (import_mapping.NEW, "New field of our own")]


def progress(run: ImportRun, *, now: datetime) -> Progress:
    """Rows a second since it started, and the time the rest needs at that pace."""
    if run.started_at is None or not run.rows_done:
        return Progress(0.0, None)
    seconds = max(0.001, ((run.finished_at or now) - run.started_at).total_seconds())
    rate = run.rows_done / seconds
    left = max(0, run.rows_total - run.rows_done)
    return Progress(rate, timedelta(seconds=left / rate) if rate else None)
