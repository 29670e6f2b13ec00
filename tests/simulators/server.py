"""What every simulated vendor shares: one account over real HTTP, and misbehavior on order."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Row = dict[str, Any]


@dataclass
class Faults:
    """What the simulator does wrong, on order; each count is used up by the requests that follow."""

    fail: int = 0
    status: int = 500
    throttle: int = 0
    drop: int = 0
    expire_after: int | None = None
    denied: set[str] = field(default_factory=set)
    bad_rows: dict[str, dict[Any, Row]] = field(default_factory=dict)
    wrap_candidates: bool = False
    shuffle: bool = False
    # Before the n-th write is answered, the connection dies: the write is done, nobody hears of it.
    lose_write: int = 0
    # Unconfirmed shapes of the sheet, the other way round.
    odd_shapes: bool = False


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: str
    raw: bytes = b""

    @property
    def params(self) -> dict[str, str]:
        return dict(self.query)

    def json(self) -> Row:
        held = json.loads(self.body or "{}")
        return held if isinstance(held, dict) else {}


@dataclass
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Refused(Exception):
    """An answer other than success, with its body and headers."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class VendorServer:
    """One simulated account. Thread-safe; one lock around every request."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = time.time
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []
        self.connections = 0
        self.server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def start(self, port: int = 0, host: str = "127.0.0.1") -> Any:
        simulator = self

        class Handler(_Handler):
            owner = simulator

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def answer(self, request: Request) -> Answer:
        with self.lock:
            try:
                return self.respond(request)
            except Refused as refusal:
                return Answer(refusal.status, refusal.body, refusal.headers)

    def respond(self, request: Request) -> Answer:
        raise NotImplementedError

    def expire(self) -> None:
        """Every access token handed out so far ends now."""

    def limited(self) -> Row:
        """The body of a 429."""
        return {"message": "Too Many Requests"}

    def limit_headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}

    def misbehave(self) -> None:
        faults = self.faults
        if faults.expire_after is not None:
            faults.expire_after -= 1
            if faults.expire_after < 0:
                self.expire()
                faults.expire_after = None
        if faults.fail > 0:
            faults.fail -= 1
            raise Refused(faults.status, {"message": "Something went wrong"})
        if faults.throttle > 0:
            faults.throttle -= 1
            raise Refused(429, self.limited(), self.limit_headers())

    def control(self, order: Row) -> Row:
        """Orders from outside: faults, expired tokens."""
        for name, value in order.get("faults", {}).items():
            setattr(self.faults, name, set(value) if name == "denied" else value)
        if order.get("expire_tokens"):
            self.expire()
        return {"requests": len(self.requests)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # headers and body leave together
    disable_nagle_algorithm = True
    owner: VendorServer

    def setup(self) -> None:
        super().setup()
        with self.owner.lock:
            self.owner.connections += 1

    def _go(self) -> None:
        split = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        raw = self.rfile.read(length) if length else b""
        query = parse_qsl(split.query, keep_blank_values=True)
        body = raw.decode(errors="replace")
        self._send(self.owner.answer(Request(self.command, split.path, query, headers, body, raw)))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _go  # noqa: N815 - names http.server looks for

    def _send(self, answer: Answer) -> None:
        body = answer.body
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        raw = b"" if body is None else raw
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/json"} | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if answer.cut else raw)
        if answer.cut:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the test's own output matters more."""
