import datetime as dt
import io

import openpyxl
import pytest

from crm.policies import xlsx_files
from crm.policies.csv_files import UnreadableFile
from tests.factories.files import packed


def book(*rows: list[object]) -> bytes:
    made, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def test_the_first_sheet_is_read_with_the_rows_numbers() -> None:
    content = book(["Name", "Age"], ["Zoë", 38.0], [], [dt.datetime(2026, 3, 2), True], [1.5, dt.time(9)])
    assert xlsx_files.is_workbook(content)
    assert xlsx_files.as_csv(content).splitlines() == [
        "Name,Age", "Zoë,38", ",", "2026-03-02,yes", "1.5,09:00:00",
    ]  # fmt: skip


def test_what_is_no_workbook() -> None:
    assert not xlsx_files.is_workbook(b"Name,Email")
    assert not xlsx_files.is_workbook(b"PK\x03\x04junk")
    assert not xlsx_files.is_workbook(packed(a=b"x"))


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (packed(xl__workbook_xml=b"x"), "damaged"),
        (packed(**{"xl/workbook.xml": b"0" * 9_000_000}), "unpacks to more"),
        (b"x" * (xlsx_files.LARGEST + 1), "save it as CSV"),
    ],
)  # fmt: skip
def test_damaged_and_hostile_workbooks_are_refused(content: bytes, because: str) -> None:
    with pytest.raises(UnreadableFile, match=because):
        xlsx_files.as_csv(content)


def test_a_sheet_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "MOST_ROWS", 1)
    with pytest.raises(UnreadableFile, match="more than 1 rows"):
        xlsx_files.as_csv(book(["a"], ["b"]))


def test_a_written_cell_is_never_a_formula() -> None:
    file = io.BytesIO()
    xlsx_files.written([["=1+1", 5, None, "plain\x07", True]], file)
    sheet = openpyxl.load_workbook(file).active
    assert [cell.value for cell in sheet[1]] == ["'=1+1", 5, None, "plain", "True"]
    assert [cell.data_type for cell in sheet[1]][:2] == ["s", "n"]
