"""A mail server on loopback that keeps what it is given and can be told to misbehave."""

import asyncio
import email
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bin.local.servers import free_port


class MailServer:
    """`answers` maps a recipient to the line sent instead of 250; "drop" takes the mail, then hangs up."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.connections = 0
        self.takes_pipelines = True
        self.answers: dict[str, str] = {}
        self.at_recipient: dict[str, str] = {}
        self.controller: Any = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return int(self.controller.port)

    @property
    def mails(self) -> list[EmailMessage]:
        """Everything taken, read by the standard library's strict policy."""
        return [email.message_from_bytes(raw, policy=policy.default) for raw in self.raws]

    @property
    def raws(self) -> list[bytes]:
        return [bytes(envelope.original_content or b"") for envelope in self.envelopes]

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [responses[0], *(["250-PIPELINING"] if self.takes_pipelines else []), *responses[1:]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.at_recipient.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get(envelope.rcpt_tos[0], "250 OK")
        if answer == "drop":
            self.envelopes.append(envelope)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 nobody hears this"
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.controller = Controller(server, hostname="127.0.0.1", port=free_port())
    server.controller.start()
    try:
        yield server
    finally:
        server.controller.stop()
