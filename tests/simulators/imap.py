"""A mailbox on loopback that speaks as much IMAP4rev1 as a reader of new mail needs, over TLS if asked."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ImapServer:
    """`mails` by UID. `hang_up_at` ends the connection in the middle of fetching that UID."""

    port: int = 0
    uid_validity: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    password: str = "s3cr3t"
    hang_up_at: int = 0
    fetched: list[int] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    context: ssl.SSLContext | None = None
    is_tls: bool = False

    def add(self, raw: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        return uid


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def setup(self) -> None:
        self.box: ImapServer = self.server.box
        if self.box.is_tls and self.box.context:
            self.request = self.box.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, command, rest = (*line.decode().rstrip("\r\n").split(" ", 2), "", "")[:3]
            self.box.commands.append(
                command.upper() if command.upper() != "UID" else f"UID {rest.split()[0]}"
            )
            if not self._answer(tag, command.upper(), rest):
                return

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _answer(self, tag: str, command: str, rest: str) -> bool:
        if command == "LOGIN" and self.box.password not in rest:
            self._say(f"{tag} NO [AUTHENTICATIONFAILED] Wrong password.")
        elif command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1 STARTTLS")
            self._say(f"{tag} OK done")
        elif command == "STARTTLS" and self.box.context:
            self._say(f"{tag} OK go on")
            self.request = self.box.context.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        elif command in ("EXAMINE", "SELECT"):
            self._open(tag, rest)
        elif command == "UID":
            return self._uid(tag, rest)
        else:
            self._say(f"{tag} OK done")
        return command != "LOGOUT"

    def _open(self, tag: str, rest: str) -> None:
        if "INBOX" not in rest:
            self._say(f"{tag} NO no such folder")
            return
        self._say(f"* {len(self.box.mails)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.box.uid_validity}] UIDs valid")
        self._say(f"{tag} OK [READ-ONLY] opened")

    def _uid(self, tag: str, rest: str) -> bool:
        if rest.upper().startswith("SEARCH"):
            first = int(re.findall(r"(\d+):\*", rest)[0])
            last = max(self.box.mails, default=0)
            found = [uid for uid in self.box.mails if uid >= first or uid == last]
            self._say(f"* SEARCH {' '.join(map(str, found))}")
        else:
            for uid in map(int, rest.split(" ")[1].split(",")):
                if not self._fetch(uid, is_head="HEADER" in rest.upper()):
                    return False
        self._say(f"{tag} OK done")
        return True

    def _fetch(self, uid: int, *, is_head: bool) -> bool:
        raw = self.box.mails.get(uid)
        if raw is None:
            return True
        part = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if is_head else raw
        if not is_head:
            self.box.fetched.append(uid)
            if uid == self.box.hang_up_at:
                return False
        name = "BODY[HEADER]" if is_head else "BODY[]"
        self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)} {name} {{{len(part)}}}")
        self.wfile.write(part + b")\r\n")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: Any) -> None:
        return


@contextmanager
def imap_server(**options: Any) -> Iterator[ImapServer]:
    box = ImapServer(**options)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield box
        server.shutdown()
