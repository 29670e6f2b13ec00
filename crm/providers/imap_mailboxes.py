"""A mailbox read over IMAP (RFC 3501): new mails by UID, nothing marked, moved or deleted."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from crm.kernel.outbound import public_address

TIMEOUT = 20
LARGEST = 25_000_000
_NUMBER = re.compile(rb"UIDVALIDITY (\d+)")
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxFault(Exception):
    """Why the mailbox could not be read, in words for whoever set it up."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the mailbox is and how to get in. The password is never logged."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str

    def __repr__(self) -> str:
        return f"Access({self.host}:{self.port})"


class Mailbox:
    """One signed-in look into a folder; opened read-only, so that nothing changes for its owner."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.uid_validity = 0
        self._imap: Any = None

    def __enter__(self) -> "Mailbox":
        try:
            self._imap = _connected(self.access)
            self._imap.login(self.access.username, self.access.password)
            self._open()
        except (imaplib.IMAP4.error, OSError, ssl.SSLError) as failure:
            self._close()
            raise MailboxFault(_words(failure)) from failure
        except MailboxFault:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def last_uid(self) -> int:
        """The newest mail's number; 0 in an empty folder."""
        return max(self._uids("1:*"), default=0)

    def uids_after(self, uid: int) -> list[int]:
        """The numbers of newer mails, in order. (`n:*` always names the last mail, even an older one.)"""
        return sorted(found for found in self._uids(f"{uid + 1}:*") if found > uid)

    def heads(self, uids: list[int]) -> Iterator[tuple[int, bytes]]:
        """The headers of these mails, those too large to keep left out."""
        names = ",".join(map(str, uids))
        for told, content in self._fetched(names, "(UID RFC822.SIZE BODY.PEEK[HEADER])"):
            size = _SIZE.search(told)
            if size is None or int(size[1]) <= LARGEST:
                yield _uid(told), content

    def whole(self, uid: int) -> bytes:
        """The raw mail; empty when it is gone."""
        return next((content for _told, content in self._fetched(str(uid), "(UID BODY.PEEK[])")), b"")

    def _open(self) -> None:
        folder = '"' + self.access.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        status, _answer = self._imap.select(folder, readonly=True)
        if status != "OK":
            raise MailboxFault(f"There is no folder “{self.access.folder}”.")
        validity = self._imap.untagged_responses.get("UIDVALIDITY") or [b"0"]
        found = _NUMBER.search(b"UIDVALIDITY " + bytes(validity[-1]))
        self.uid_validity = int(found[1]) if found else 0

    def _uids(self, span: str) -> list[int]:
        status, answer = self._call("SEARCH", None, f"UID {span}")
        return [int(word) for word in (answer[0] or b"").split()] if status == "OK" else []

    def _fetched(self, names: str, what: str) -> Iterator[tuple[bytes, bytes]]:
        _status, answer = self._call("FETCH", names, what)
        for part in answer:
            if isinstance(part, tuple):
                yield bytes(part[0]), bytes(part[1])

    def _call(self, command: str, *arguments: Any) -> tuple[str, list[Any]]:
        try:
            answered: tuple[str, list[Any]] = self._imap.uid(command, *arguments)
        except (imaplib.IMAP4.error, OSError) as failure:
            raise MailboxFault(_words(failure)) from failure
        return answered

    def _close(self) -> None:
        if self._imap is None:
            return
        try:
            self._imap.logout()
        except (imaplib.IMAP4.error, OSError):
            self._imap.shutdown()


def _connected(access: Access) -> Any:
    if access.security == "tls":
        return _PublicImapSsl(access.host, access.port, ssl_context=_context(), timeout=TIMEOUT)
    imap = _PublicImap(access.host, access.port, timeout=TIMEOUT)
    if access.security == "starttls":
        imap.starttls(_context())
    return imap


class _PublicImap(imaplib.IMAP4):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((public_address(self.host, self.port), self.port), timeout)


class _PublicImapSsl(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> Any:
        plain = socket.create_connection((public_address(self.host, self.port), self.port), timeout)
        return self.ssl_context.wrap_socket(plain, server_hostname=self.host)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _uid(told: bytes) -> int:
    found = _UID.search(told)
    return int(found[1]) if found else 0


def _words(failure: Exception) -> str:
    text = failure.args[0] if failure.args else ""
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(failure)
    return (words or type(failure).__name__)[:300]
