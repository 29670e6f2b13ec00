"""Workbooks: the first sheet of an XLSX as the CSV an import reads, and rows as a sheet without formulas."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from crm.policies.csv_files import UnreadableFile, safe

LARGEST = 20_000_000
LARGEST_UNPACKED = 300_000_000
HIGHEST_RATIO = 200
MOST_ENTRIES = 2_000
MOST_ROWS = 500_000
MOST_COLUMNS = 200


def is_workbook(content: bytes) -> bool:
    """Whether this is an XLSX; any other archive is not."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def as_csv(content: bytes) -> str:
    """The first sheet, a line for each of its rows, so that line numbers are the sheet's.

    Raises UnreadableFile for what is damaged, larger than it may be, or packed like a bomb.
    """
    _refuse_large(content)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
                if number > MOST_ROWS:
                    raise UnreadableFile(f"The sheet has more than {MOST_ROWS:,} rows; split it.")
                writer.writerow([_text(value) for value in row[:MOST_COLUMNS]])
        finally:
            book.close()
    except UnreadableFile:
        raise
    except Exception as wrong:
        raise UnreadableFile("The workbook is damaged.") from wrong
    return text.getvalue()


def written(rows: Iterable[Sequence[object]], file: IO[bytes]) -> int:
    """Write the rows as a workbook; texts are texts, whatever they begin with. Returns how many."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Candidates")
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    book.save(file)
    return count


def _cell(sheet: Any, value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    cell = WriteOnlyCell(sheet, value=_printable(safe(value)))
    cell.data_type = "s"
    return cell


def _printable(text: str) -> str:
    """Without the signs a sheet cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")[:32_000]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _refuse_large(content: bytes) -> None:
    if len(content) > LARGEST:
        raise UnreadableFile(f"The workbook has more than {LARGEST // 10**6} MB; save it as CSV.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > LARGEST_UNPACKED or unpacked > HIGHEST_RATIO * len(content)
    if is_bomb or len(entries) > MOST_ENTRIES:
        raise UnreadableFile("The workbook unpacks to more than is let in.")
