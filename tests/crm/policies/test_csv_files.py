import pytest

from crm.policies import csv_files
from crm.policies.csv_files import UnreadableFile


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        ("Zoë".encode(), "Zoë", "utf-8"),
        ("Zoë".encode("utf-8-sig"), "Zoë", "utf-8"),
        ("Zoë".encode("utf-16"), "Zoë", "utf-16"),
        ("name\nZoë\nJosé\n".encode("cp1252"), "name\nZoë\nJosé\n", "cp1252"),
    ],
)
def test_decode_finds_the_encoding(content: bytes, text: str, encoding: str) -> None:
    decoded = csv_files.decode(content)
    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize(
    "name", ["Jürgen Größe", "José Núñez", "Åse Ångström", "Søren", "João", "MUÑOZ", "O’Brien"]
)
def test_decode_reads_a_few_western_letters_as_western(name: str) -> None:
    decoded = csv_files.decode(f"first_name,email\n{name},a@example.org\n".encode("cp1252"))
    assert (decoded.encoding, name in decoded.text) == ("cp1252", True)


def test_decode_leaves_what_is_not_western_to_the_guess() -> None:
    decoded = csv_files.decode("first_name,email\nDvořák Šimon,a@example.org\n".encode("cp1250"))
    assert (decoded.encoding, "Dvořák Šimon" in decoded.text) == ("cp1250", True)


def test_decode_names_a_mixture() -> None:
    decoded = csv_files.decode("name\nZoë\n".encode() + "José\n".encode("cp1252"))
    assert decoded.text == "name\nZoë\nJosé\n"
    assert (decoded.encoding, decoded.mixed_lines) == ("utf-8 and windows-1252", 1)


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"a\x00b"])
def test_decode_refuses_what_is_no_text(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        csv_files.decode(content)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["a", "b", "c"], ["1, 2", "x", "y"]])
    assert csv_files.delimiter_of(text) == delimiter


def test_read_counts_physical_lines_and_leaves_out_empty_ones() -> None:
    lines = list(csv_files.read('a,b\n"x\ny",1\n\n,\nz,2\n', ","))
    assert [(line.number, line.cells) for line in lines] == [
        (1, ["a", "b"]),
        (2, ["x\ny", "1"]),
        (6, ["z", "2"]),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2", "@x", "\tx", "\rx", "＝1"])
def test_formulas_leave_as_text(cell: str) -> None:
    assert csv_files.safe(cell) == f"'{cell}"


def test_plain_cells_leave_as_they_are() -> None:
    assert [csv_files.safe(cell) for cell in ("Ada", 3, None, "a=b")] == ["Ada", "3", "", "a=b"]


def test_written_quotes_what_needs_it() -> None:
    assert "".join(csv_files.written([["a,b", '"', "=x"]])) == '"a,b","""",\'=x\r\n'
