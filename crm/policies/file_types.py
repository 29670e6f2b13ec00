"""What an uploaded file is, by its content and its name together. Only what people send as a CV is let in."""

import io
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext as _

LARGEST = 10_000_000
MOST_ENTRIES = 2_000
LARGEST_UNPACKED = 100_000_000
HIGHEST_RATIO = 100
_OPENING = 4_000


class RefusedFile(ValueError):
    """The file is not let in; the message says why."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: its ending, its type on the wire, whether there is text in it."""

    ending: str
    content_type: str
    has_text: bool


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = FileType("pdf", "application/pdf", True)
DOCX = FileType("docx", f"{_OFFICE}.wordprocessingml.document", True)
TXT = FileType("txt", "text/plain", True)
ODT = FileType("odt", "application/vnd.oasis.opendocument.text", False)
RTF = FileType("rtf", "application/rtf", False)
PNG = FileType("png", "image/png", False)
JPG = FileType("jpg", "image/jpeg", False)
_MAGIC = ((b"%PDF-", PDF), (b"{\\rtf", RTF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPG))
_ENDINGS = {"pdf": PDF, "docx": DOCX, "txt": TXT, "odt": ODT, "rtf": RTF, "png": PNG, "jpg": JPG, "jpeg": JPG}
OFFERED = "PDF, DOCX, TXT, ODT, RTF, PNG, JPG"


def type_of(content: bytes, file_name: str) -> FileType:
    """The file's type. Raises RefusedFile for what is too large, something else, or misnamed."""
    if not content:
        raise RefusedFile(_("The file is empty."))
    check_size(len(content))
    named = _ENDINGS.get(file_name.rpartition(".")[2].lower())
    if named is None:
        raise RefusedFile(_("A %s file is needed.") % OFFERED)
    found = _found(content)
    if found is not named:
        if found is None:
            raise RefusedFile(_("The file is called .%s, but its content is something else.") % named.ending)
        kinds = {"named": named.ending, "found": found.ending.upper()}
        raise RefusedFile(_("The file is called .%(named)s, but it looks like %(found)s.") % kinds)
    return named


def check_size(size: int) -> None:
    """Raises RefusedFile for what is too large, before anybody reads it."""
    if size > LARGEST:
        sizes = {"size": f"{size / 1e6:.1f}", "limit": LARGEST // 10**6}
        raise RefusedFile(_("The file has %(size)s MB; the limit is %(limit)s MB.") % sizes)


def plain_name(file_name: str) -> str:
    """The name without folders and characters that mean something to a file system or a header."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(" " if ord(sign) < 32 or sign in '<>:"|?*\x7f' else sign for sign in name)
    stem, dot, ending = " ".join(kept.split()).rpartition(".")
    return f"{stem.lstrip('.')[:180] or 'file'}{dot}{ending[:10]}" if dot else (ending[:180] or "file")


def _found(content: bytes) -> FileType | None:
    for magic, found in _MAGIC:
        if content.startswith(magic):
            return found
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if b"%PDF-" in content[:1_024]:  # some writers put a line before it
        return PDF
    return TXT if _is_text(content) else None


def _office(content: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED:
                raise RefusedFile(_("The document unpacks to more than is let in."))
            if unpacked > HIGHEST_RATIO * len(content):
                raise RefusedFile(_("The document is packed more tightly than any real one."))
            names = {entry.filename for entry in entries}
            if "word/document.xml" in names and "[Content_Types].xml" in names:
                return DOCX
            is_odt = "mimetype" in names and archive.read("mimetype").strip() == ODT.content_type.encode()
            return ODT if is_odt else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as wrong:
        if isinstance(wrong, RefusedFile):
            raise
        raise RefusedFile(_("The document is damaged.")) from wrong


def _is_text(content: bytes) -> bool:
    opening = content[:_OPENING]
    if b"\x00" in opening or opening.lstrip()[:1] == b"<":  # markup is no CV anybody sends as text
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return all(byte >= 32 or byte in (9, 10, 12, 13) for byte in opening)
    return True
