"""Rows as a file to keep: CSV that spreadsheets cannot mistake for formulas, and XLSX."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook

Rows = Iterable[list[Any]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(name: str, rows: Rows) -> HttpResponse:
    """UTF-8 with a byte-order mark, so that Excel reads the letters right."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_harmless(_plain(value)) for value in row])
    return _file(f"{name}.csv", "text/csv; charset=utf-8", ("\ufeff" + text.getvalue()).encode())


def to_xlsx(name: str, rows: Rows) -> HttpResponse:
    """One sheet; texts stay texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    for row in rows:
        sheet.append([_harmless(_plain(value)) for value in row])
    content = io.BytesIO()
    book.save(content)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(f"{name}.xlsx", kind, content.getvalue())


def to_book(name: str, sheets: Iterable[tuple[str, Rows]]) -> HttpResponse:
    """One sheet per table, named by its title."""
    book = Workbook(write_only=True)
    for number, (title, rows) in enumerate(sheets, start=1):
        plain = "".join(letter for letter in title if letter.isalnum() or letter in " -,")
        sheet = book.create_sheet(f"{number} {plain}"[:31])
        for row in rows:
            sheet.append([_harmless(_plain(value)) for value in row])
    content = io.BytesIO()
    book.save(content)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(f"{name}.xlsx", kind, content.getvalue())


WRITERS: dict[str, Callable[[str, Rows], HttpResponse]] = {"csv": to_csv, "xlsx": to_xlsx}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _file(name: str, kind: str, content: bytes) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
