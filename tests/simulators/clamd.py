"""A virus scanner on loopback that speaks clamd's INSTREAM and knows one virus, the EICAR test file."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# https://www.eicar.org/download-anti-malware-testfile/, in two parts: no scanner shall find it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """`scanned` holds the sizes of what was sent; above `most_bytes` it refuses as clamd does."""

    url: str = ""
    most_bytes: int = 25_000_000
    scanned: list[int] = field(default_factory=list)

    def verdict(self, content: bytes) -> str:
        self.scanned.append(len(content))
        if len(content) > self.most_bytes:
            return "INSTREAM size limit exceeded. ERROR"
        return "stream: Eicar-Test-Signature FOUND" if EICAR in content else "stream: OK"


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.wfile.write(self.server.clamd.verdict(content).encode() + b"\0")


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def clamd_server(*, path: str = "", **options: Any) -> Iterator[Clamd]:
    """Over TCP, or over a unix socket at `path`."""
    clamd = Clamd(**options)
    server = _Unix(path, _Handler) if path else _Tcp(("127.0.0.1", 0), _Handler)
    with server:
        server.clamd = clamd  # type: ignore[union-attr]
        clamd.url = f"unix://{path}" if path else f"tcp://127.0.0.1:{server.socket.getsockname()[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield clamd
        server.shutdown()
