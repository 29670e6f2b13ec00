"""The demo's mail provider: takes mail, keeps it where the mailbox page reads it, and reports back over HTTP.

What goes to INBOUND_DOMAIN is handed to the product as a provider's inbound route would; everything else
counts as delivered. It talks to the product only as a provider does: SMTP in, signed webhooks out.
"""

import email
import logging
import queue
import re
import signal
import threading
import time
from email.utils import parseaddr
from mailbox import Maildir
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

log = logging.getLogger(__name__)
_FOLDER = re.compile(r"[a-z0-9_-]{1,60}")


class Command(BaseCommand):
    help = "Run the demo's mail server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", "--smtp-port", type=int, required=True)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--http", default=settings.BASE_URL, help="where the product is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        reporter = Reporter(options["http"])
        reporter.start()
        # The default 32 MB limit is more than any mail here needs; no AUTH, loopback only.
        controller = Controller(
            DemoMailServer(settings.DATA_DIR / "mail", reporter),
            hostname=options["host"],
            port=options["port"],
        )
        controller.start()
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write(f"Demo mail server on {options['host']}:{options['port']}")
        stopped.wait()
        controller.stop()


class DemoMailServer:
    """aiosmtpd's handler: one call per mail."""

    def __init__(self, folder: Path, reporter: "Reporter") -> None:
        self.folder, self.reporter = folder, reporter

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = bytes(envelope.original_content or b"")
        for recipient in envelope.rcpt_tos:
            if recipient.lower().endswith(f"@{settings.INBOUND_DOMAIN}"):
                self.reporter.hand_over(raw, recipient)
            else:
                self._deliver(raw)
        return "250 Kept"

    def _deliver(self, raw: bytes) -> None:
        message = email.message_from_bytes(raw)
        sender = parseaddr(str(message.get("From", "")))[1].partition("@")[0].lower()
        name = sender if _FOLDER.fullmatch(sender) else "other"
        self.folder.mkdir(parents=True, exist_ok=True)
        Maildir(self.folder / name).add(raw)
        if message_id := str(message.get("Message-ID", "")).strip():
            self.reporter.report_delivered(message_id)


class Reporter(threading.Thread):
    """Posts what happened to the product; waits while the product is away."""

    def __init__(self, base_url: str) -> None:
        super().__init__(daemon=True)
        self.delivered: queue.Queue[dict[str, str]] = queue.Queue()
        self.incoming: queue.Queue[tuple[bytes, str]] = queue.Queue()
        self.something = threading.Event()
        headers = {"X-Inbound-Secret": settings.INBOUND_SECRET}
        self.client = httpx.Client(base_url=base_url, headers=headers, timeout=20)

    def report_delivered(self, message_id: str) -> None:
        self.delivered.put({"key": message_id, "event": "delivered", "at": timezone.now().isoformat()})
        self.something.set()

    def hand_over(self, raw: bytes, recipient: str) -> None:
        self.incoming.put((raw, recipient))
        self.something.set()

    def run(self) -> None:
        while True:
            self.something.wait()
            self.something.clear()
            while events := self._waiting():
                self._post("/hooks/mail/events", json=events)
            while not self.incoming.empty():
                raw, recipient = self.incoming.get()
                self._post("/hooks/mail/inbound", content=raw, headers={"X-Envelope-To": recipient})

    def _waiting(self) -> list[dict[str, str]]:
        events: list[dict[str, str]] = []
        while len(events) < 200 and not self.delivered.empty():
            events.append(self.delivered.get())
        return events

    def _post(self, path: str, **request: Any) -> None:
        pause = 0.2
        while True:
            try:
                if self.client.post(path, **request).status_code < 500:
                    return
            except httpx.TransportError:
                log.debug("The product does not answer yet")
            time.sleep(pause)
            pause = min(pause * 2, 5.0)
