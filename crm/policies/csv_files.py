"""CSV as people have it: any encoding, any delimiter, quoted lines, cells that look like formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from charset_normalizer import from_bytes

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200_000
_LEGACY = ("cp1252", "cp1250", "iso8859_15", "mac_roman", "cp1251", "cp437", "shift_jis", "gb18030", "big5")
# What no western name has: other signs, three accents in a row, a capital or a dash inside a word.
_NOT_WESTERN = re.compile(
    "[^\x00-\x7fÀ-ÖØ-öø-ÿŒœŸ’‘“”„–—…€\xa0]"
    "|[À-ÿŒœŸ]{3}|[a-zß-ÿœ][À-ÞŒŸ]|[A-Za-zÀ-ÿœ][‘“”„–—…€\xa0][A-Za-zÀ-ÿŒœ]"
)
# What a spreadsheet takes for the start of a formula, full-width forms included (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

csv.field_size_limit(2**20)


class UnreadableFile(ValueError):
    """The file is not a table in text form; the message says why."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and what it was written in; `mixed_lines` did not fit the rest."""

    text: str
    encoding: str
    mixed_lines: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file and the line it starts on; `fault` when it cannot be read as one."""

    number: int
    cells: list[str]
    fault: str = ""


def decode(content: bytes) -> Decoded:
    """The text, whatever it was encoded in. Raises UnreadableFile for what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return Decoded(content.decode(encoding, errors="replace"), encoding.removesuffix("-sig"))
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or b"\x00" in content[:2_000]:
        raise UnreadableFile("This is neither a CSV file nor an XLSX workbook; save the sheet as one.")
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(content)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns, the same number in each."""
    lines = [line for line in text[:_SAMPLE].splitlines()[:20] if line.strip()]

    def columns(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        if not counts or counts[0] < 2:
            return 0, 0
        return sum(count == counts[0] for count in counts), counts[0]

    return max(DELIMITERS, key=columns)


def read(text: str, delimiter: str) -> Iterator[Line]:
    """The records of the file, the header first; empty ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield Line(number, [], f"The line cannot be read: {wrong}.")
            continue
        if any(cell.strip() for cell in cells):
            yield Line(number, cells)


def safe(cell: object) -> str:
    """The cell as text no spreadsheet runs: what looks like a formula gets an apostrophe in front."""
    text = "" if cell is None else str(cell).replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def joined(value: object) -> object:
    """A list as one cell, as the import reads it back; other values as they are."""
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as CSV lines with safe cells."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _decode_legacy(content: bytes) -> Decoded:
    """Not UTF-8 as a whole: UTF-8 with foreign lines in it, or an older encoding throughout."""
    foreign = 0
    has_utf8 = False
    lines = []
    for line in content.split(b"\n"):
        try:
            text = line.decode("utf-8")
            has_utf8 = has_utf8 or not text.isascii()
        except UnicodeDecodeError:
            foreign += 1
            text = line.decode("cp1252", errors="replace")
        lines.append(text)
    if has_utf8:
        return Decoded("\n".join(lines), "utf-8 and windows-1252", foreign)
    western = content.decode("cp1252", errors="replace")
    if _is_western(western):
        # A guess from few letters takes José for Central European or Mac text; the common case comes first.
        return Decoded(western, "cp1252")
    best = from_bytes(content[:_SAMPLE], cp_isolation=list(_LEGACY)).best()
    encoding = best.encoding if best else "cp1252"
    text = content.decode(encoding, errors="replace")
    # Central and western European agree on most letters; the western name is the one people know.
    return Decoded(text, "cp1252" if western == text else encoding)


def _is_western(text: str) -> bool:
    """Whether at most one sign in twenty outside ASCII would be strange in a western text."""
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    return len(_NOT_WESTERN.findall(text)) * 20 <= beyond_ascii
