"""What clamd says about a file, asked over its INSTREAM command (https://docs.clamav.net/manual/Usage/Scanning.html)."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

_PATIENCE = 30.0
_CHUNK = 65_536
_LONGEST_ANSWER = 4_096


class ScannerAway(Exception):
    """The scanner gave no verdict; the message says why. The file is neither good nor bad."""


def is_there() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMAV_URL)


def virus_in(content: bytes) -> str:
    """The name of the virus, empty when there is none. Raises ScannerAway."""
    try:
        with _connected() as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                clamd.sendall(struct.pack("!L", len(chunk)) + chunk)
            clamd.sendall(struct.pack("!L", 0))
            answer = _answer(clamd)
    except OSError as failure:
        raise ScannerAway("The virus scanner does not answer.") from failure
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScannerAway(f"The virus scanner said: {answer[:120] or 'nothing'}")


def _connected() -> socket.socket:
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((address.hostname or "", address.port or 3310), timeout=_PATIENCE)


def _answer(clamd: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER and (more := clamd.recv(_LONGEST_ANSWER)):
        said += more
    return said.partition(b"\0")[0].decode(errors="replace").strip()
