"""Hands mails to the mail server one by one and says, for each, what is certain about it afterwards."""

import smtplib
from types import TracebackType
from typing import Any

from django.core.mail import EmailMessage, get_connection

from crm.policies.sending import Answer, Verdict


class Refusal(Exception):
    """A connection that knows better than its exceptions what became of a mail, and says so."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


class Courier:
    """One connection (without one, that of EMAIL_URL), opened when needed and used for many mails."""

    def __init__(self, connection: Any = None) -> None:
        self._backend: Any = connection or get_connection()

    def __enter__(self) -> "Courier":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def reach(self) -> Answer | None:
        """Connect if not connected; the reason when that fails, in which case nothing was sent."""
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as failure:
            self._hang_up()
            return Answer(Verdict.RETRY, _code(failure), _words(failure))
        return None

    def send(self, mail: EmailMessage) -> Answer:
        """Send one mail. Never raises for what servers and networks do."""
        try:
            taken = self._backend.send_messages([mail])
        except Refusal as known:
            return known.answer
        except smtplib.SMTPRecipientsRefused as refusal:
            code, text = next(iter(refusal.recipients.values()))
            return self._refused(code, text)
        except smtplib.SMTPResponseException as refusal:
            return self._refused(refusal.smtp_code, refusal.smtp_error)
        except OSError as failure:
            return self._broken(failure)
        status = getattr(mail, "anymail_status", None)
        provider_id = str(getattr(status, "message_id", None) or "")[:200]
        return Answer(Verdict.ACCEPTED if taken else Verdict.UNKNOWN, provider_id=provider_id)

    def _refused(self, code: int, text: bytes | str) -> Answer:
        words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
        if code == 421 or code < 0:
            self._hang_up()
        if code < 0:  # smtplib's mark for an answer that made no sense
            return Answer(Verdict.UNKNOWN, 0, words[:300])
        return Answer(Verdict.REJECTED if code >= 500 else Verdict.RETRY, code, words[:300])

    def _broken(self, failure: OSError) -> Answer:
        self._hang_up()
        is_body_out = getattr(self._backend, "is_body_out", False)
        verdict = Verdict.UNKNOWN if is_body_out else Verdict.RETRY
        return Answer(verdict, 0, _words(failure))

    def _hang_up(self) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend.connection = None


def _code(failure: Exception) -> int:
    return int(getattr(failure, "smtp_code", 0) or 0)


def _words(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"[:300]
