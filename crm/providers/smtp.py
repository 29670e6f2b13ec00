"""SMTP for mails that are composed already."""

import re
import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

_LEADING_DOT = re.compile(rb"(?m)^\.")


class ComposedBackend(EmailBackend):
    """Django's backend; a mail with an `envelope` (sender, recipient, both plain addresses) leaves as it is.

    Django would parse both addresses anew, a fifth of the work of a mail. Where the server allows it
    (PIPELINING, RFC 2920), sender, recipient and the wish to send travel together: two answers to wait for
    instead of four.
    """

    # From where on a broken line leaves us in doubt: read by crm.providers.courier.
    is_body_out = False

    def _send(self, email_message: Any) -> bool:
        envelope = getattr(email_message, "envelope", None)
        if envelope is None:
            self.is_body_out = True  # how far smtplib got cannot be told
            return bool(super()._send(email_message))  # type: ignore[misc]
        self.is_body_out = False
        assert isinstance(self.connection, smtplib.SMTP)
        body = email_message.message().as_bytes()
        self._ask(self.connection, *envelope, size=len(body))
        self._hand_over(self.connection, body)
        return True

    def _ask(self, line: smtplib.SMTP, sender: str, recipient: str, *, size: int) -> None:
        """Sender, recipient, and whether the body may follow. Raises what smtplib raises."""
        line.ehlo_or_helo_if_needed()
        sized = f" SIZE={size}" if line.has_extn("size") else ""
        commands = [f"MAIL FROM:<{sender}>{sized}\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"]
        if line.has_extn("pipelining"):
            line.send("".join(commands))
            answers = [line.getreply() for _ in commands]
        else:
            answers = []
            for command, welcome in zip(commands, ((250,), (250, 251), (354,)), strict=True):
                line.send(command)
                answers.append(line.getreply())
                if answers[-1][0] not in welcome:
                    break
        refusal = _refusal(answers, sender, recipient)
        if refusal is None:
            return
        if len(answers) == 3 and answers[2][0] == 354:
            # It waits for a body although it took nobody: an empty one, which it cannot deliver.
            line.send(".\r\n")
            line.getreply()
        _start_over(line, answers)
        raise refusal

    def _hand_over(self, line: smtplib.SMTP, body: bytes) -> None:
        ending = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
        self.is_body_out = True
        line.send(_LEADING_DOT.sub(b"..", body) + ending)
        answer = line.getreply()
        if answer[0] != 250:
            _start_over(line, [answer])
            raise smtplib.SMTPDataError(*answer)


Answer = tuple[int, bytes]


def _refusal(answers: list[Answer], sender: str, recipient: str) -> smtplib.SMTPException | None:
    code, words = answers[0]
    if code != 250:
        return smtplib.SMTPSenderRefused(code, words, sender)
    if answers[1][0] not in (250, 251):
        return smtplib.SMTPRecipientsRefused({recipient: answers[1]})
    code, words = answers[2]
    return None if code == 354 else smtplib.SMTPDataError(code, words)


def _start_over(line: smtplib.SMTP, answers: list[Answer]) -> None:
    """The next mail begins afresh; a server that says good-bye (421) is left."""
    if any(code == 421 for code, _ in answers):
        line.close()
    else:
        line.rset()
