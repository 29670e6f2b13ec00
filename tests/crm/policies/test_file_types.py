import io
import zipfile

import docx
import pytest

from crm.policies import document_text, file_types
from crm.policies.document_text import Unreadable
from crm.policies.file_types import RefusedFile, plain_name, type_of
from tests.factories.files import packed, pdf

DOCX = packed(**{"[Content_Types].xml": b"<x/>", "word__document.xml": b"<x/>"})


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("cv.PDF", pdf("Ada"), "pdf"), ("cv.pdf", b"junk\n" + pdf("Ada"), "pdf"), ("cv.docx", DOCX, "docx"),
        ("cv.txt", "Zoë\n".encode(), "txt"), ("cv.txt", "Zoë".encode("cp1252"), "txt"),
        ("a.b.rtf", b"{\\rtf1 x}", "rtf"), ("me.jpeg", b"\xff\xd8\xff\xe0", "jpg"),
        ("cv.odt", packed(mimetype=b"application/vnd.oasis.opendocument.text"), "odt"),
    ],
)  # fmt: skip
def test_documents_are_known_by_content_and_name(name: str, content: bytes, ending: str) -> None:
    assert type_of(content, name).ending == ending


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("cv.pdf", b"", "empty"), ("cv.exe", b"MZ", "A PDF, DOCX"), ("cv", b"text", "A PDF, DOCX"),
        ("cv.pdf", b"<html><script>", "something else"), ("cv.txt", b"<html>", "something else"),
        ("cv.txt", b"\x00\x01", "something else"), ("cv.txt", b"\xff\x01\x02", "something else"),
        ("cv.png", pdf("x"), "looks like PDF"), ("cv.docx", packed(a=b"x"), "something else"),
        ("cv.docx", b"PK\x03\x04junk", "damaged"), ("cv.docx", packed(bomb=b"0" * 3_000_000), "tightly"),
        ("cv.pdf", pdf("x") + b" " * file_types.LARGEST, "the limit is 10 MB"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(name: str, content: bytes, because: str) -> None:
    with pytest.raises(RefusedFile, match=because):
        type_of(content, name)


def test_an_archive_of_too_many_files_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(file_types.MOST_ENTRIES + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(RefusedFile, match="unpacks to more"):
        type_of(file.getvalue(), "cv.docx")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\ada\\cv.pdf", "cv.pdf"), (".pdf", "file.pdf"),
        ('a"b\r\nc.pdf', "a b c.pdf"), ("x" * 300 + ".pdf", "x" * 180 + ".pdf"), ("noending", "noending"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert plain_name(given) == kept


def test_text_comes_out_of_each_kind() -> None:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph("Zoë Müller")
    document.add_table(rows=1, cols=2).rows[0].cells[1].text = "Kubernetes"
    document.save(file)
    assert document_text.text_of(pdf("Ada  Lovelace\n(Go)"), "pdf") == "Ada Lovelace\n(Go)"
    assert document_text.text_of(file.getvalue(), "docx").split() == ["Zoë", "Müller", "Kubernetes"]
    assert document_text.text_of("Zoë\x00\n\n x".encode("cp1252"), "txt") == "Zoë\n\nx"


def test_text_has_a_limit() -> None:
    assert len(document_text.text_of(b"word " * 100_000, "txt")) == document_text.LONGEST


@pytest.mark.parametrize(("ending", "content"), [("pdf", pdf("Ada")[:300]), ("docx", DOCX)])
def test_a_damaged_document_is_unreadable(ending: str, content: bytes) -> None:
    with pytest.raises(Unreadable):
        document_text.text_of(content, ending)
