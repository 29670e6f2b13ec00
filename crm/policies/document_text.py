"""The text of a PDF, DOCX or TXT. Run as a program it limits itself first: it opens files strangers wrote.

python -m crm.policies.document_text pdf < cv.pdf     # JSON on stdout: {"text": …} or {"failure": …}
"""

import ctypes
import io
import json
import resource
import socket
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

SECONDS = 20
MEMORY = 512 * 1024 * 1024
MOST_PAGES = 200
LONGEST = 200_000
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000


class Unreadable(ValueError):
    """There is no text to be had; the message says why."""


def text_of(content: bytes, ending: str) -> str:
    """The text in reading order, whitespace tidied, cut at 200,000 characters. Raises Unreadable."""
    found: list[str] = []
    length = 0
    for part in _READERS[ending](content):
        tidy = "\n".join(" ".join(line.split()) for line in part.replace("\x00", " ").splitlines())
        found.append(tidy)
        length += len(tidy)
        if length > LONGEST:
            break
    text = "\n".join(part for part in found if part.strip())[:LONGEST]
    return text.encode("utf-8", "replace").decode()


def _pdf(content: bytes) -> Iterator[str]:
    import pypdf  # noqa: PLC0415 - slow import, in the child process alone

    try:
        document = pypdf.PdfReader(io.BytesIO(content))
        if document.is_encrypted and not document.decrypt(""):
            raise Unreadable("The PDF is locked with a password.")
        if len(document.pages) > MOST_PAGES:
            raise Unreadable(f"The PDF has more than {MOST_PAGES} pages.")
        for page in document.pages:
            yield page.extract_text()
    except (Unreadable, MemoryError):
        raise
    except Exception as wrong:
        raise Unreadable("The PDF is damaged.") from wrong


def _docx(content: bytes) -> Iterator[str]:
    import docx  # noqa: PLC0415 - slow import, in the child process alone

    try:
        document = docx.Document(io.BytesIO(content))
        for section in document.sections:
            yield "\n".join(paragraph.text for paragraph in section.header.paragraphs)
        for block in document.iter_inner_content():
            yield _block(block)
    except MemoryError:
        raise
    except Exception as wrong:
        raise Unreadable("The document is damaged.") from wrong


def _block(block: Any) -> str:
    if hasattr(block, "text"):
        return str(block.text)
    return "\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows)


def _txt(content: bytes) -> Iterator[str]:
    try:
        yield content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield content.decode("cp1252", "replace")


_READERS = {"pdf": _pdf, "docx": _docx, "txt": _txt}


def main() -> None:
    """Limit this process, read one file from stdin, say what is in it."""
    _limit()
    content = sys.stdin.buffer.read()
    try:
        said = {"text": text_of(content, sys.argv[1])}
    except Unreadable as wrong:
        said = {"failure": str(wrong)}
    except (MemoryError, RecursionError):
        said = {"failure": "The file needs more memory than a document may."}
    sys.stdout.write(json.dumps(said))


def _limit() -> None:
    """Time, memory, no files, no children, and no network as far as the machine lets us."""
    # A network namespace of its own has no way out; not every container allows one.
    ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER_AND_NETWORK)
    socket.socket = _Closed  # type: ignore[assignment,misc]
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


class _Closed:
    def __init__(self, *_: Any, **__: Any) -> NoReturn:
        raise OSError("No network here.")


if __name__ == "__main__":
    main()
