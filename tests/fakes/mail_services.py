"""Mail providers' send APIs on loopback: each answers as documented and keeps what it was given."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What each answers to a mail it took, by the path it is posted to.
ANSWERS: dict[str, tuple[int, Any]] = {
    "/smtp/email": (201, {"messageId": "<br-1@smtp-relay.mailin.fr>"}),
    "/email": (200, {"ErrorCode": 0, "MessageID": "pm-1", "To": "bo@people.example", "Message": "OK"}),
    "/mail/send": (202, ""),
    "/messages": (200, {"id": "<mg-1@mg.acme.example>", "message": "Queued. Thank you."}),
    "/emails": (200, {"id": "re-1"}),
    "/send": (
        200,
        {"Messages": [{"Status": "success", "To": [{"Email": "bo@people.example", "MessageID": 77}]}]},
    ),
    "/transmissions": (
        200,
        {"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "sp-1"}},
    ),
    "/outbound-emails": (200, {"MessageId": "ses-1"}),
}


@dataclass
class Services:
    """`answer` replaces the usual answer; "hang up" takes the mail and says nothing."""

    url: str = ""
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Any = None


@contextmanager
def mail_services() -> Iterator[Services]:
    services = Services()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            services.posts.append((self.path, headers, body))
            if services.answer == "hang up":
                self.connection.close()
                return
            usual = next(answer for path, answer in ANSWERS.items() if self.path.rstrip("/").endswith(path))
            status, told = services.answer or usual
            out = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    services.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield services
    finally:
        server.shutdown()
        server.server_close()
