"""Signed webhooks, as the simulated vendor sends them: escaped, signed over the raw bytes, retried."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

RETRIES = (0.0, 0.5, 2.0)


def encode(action: str, payload: dict[str, Any]) -> bytes:
    """The body with ``<``, ``>``, ``&`` and everything beyond ASCII written as ``\\uXXXX``."""
    text = json.dumps({"action": action, "payload": payload}, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode()


def signature(body: bytes, secret: str) -> str:
    return "sha256 " + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Hooks:
    """Sends changes to one endpoint from a thread of its own; nothing is sent without a URL."""

    url: str = ""
    secret: str = ""
    sent: list[tuple[str, int]] = field(default_factory=list)
    waiting: queue.Queue[tuple[str, bytes] | None] = field(default_factory=queue.Queue)
    thread: threading.Thread | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def announce(self, action: str, payload: dict[str, Any]) -> None:
        if not self.url:
            return
        if self.thread is None:
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()
        self.waiting.put((action, encode(action, payload)))

    def stop(self) -> None:
        self.stopping.set()
        if self.thread is not None:
            self.waiting.put(None)
            self.thread.join(timeout=5)

    def _run(self) -> None:
        while (item := self.waiting.get()) is not None:
            action, body = item
            event = uuid.uuid4().hex
            status = 0
            for pause in RETRIES:
                if self.stopping.wait(pause):
                    break
                status = self._post(body, event)
                if status == 200:
                    break
            self.sent.append((action, status))

    def _post(self, body: bytes, event: str) -> int:
        headers = {"Content-Type": "application/json", "Signature": signature(body, self.secret)}
        request = urllib.request.Request(
            self.url, data=body, headers=headers | {"Greenhouse-Event-ID": event}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code
        except OSError:
            return 0
