"""Turns a stored message into the mail that leaves: sender, addresses, footer, counted links, headers."""

from collections.abc import Sequence
from datetime import datetime
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message, User, Workspace
from crm.policies import languages, mail_layouts, mail_text
from crm.policies.mail_footer import Footer, why_you_get_this
from crm.policies.mail_format import (
    CLIPPED_FROM,
    OutgoingMail,
    compose,
    from_header,
    method_of,
    plain_address,
)
from crm.policies.mail_layouts import MailBrand
from crm.policies.tokens import Purpose, seal
from crm.queries import mail_brands, sending_addresses

_STYLE = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;color:#161b1c"
_HEAD = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"></head>\n'
    f'<body style="{_STYLE}">\n'
)


class Unsendable(ValueError):
    """This mail must not leave as it is: servers would refuse it, or its reader would see a part of it."""


class _Composed:
    """What Django's SMTP backend asks a message for, already as bytes."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def as_bytes(self, **_: Any) -> bytes:
        return self.raw


class ComposedMail(EmailMultiAlternatives):
    """A mail for any Django backend: SMTP takes the composed bytes, a provider's API the single fields."""

    def __init__(self, mail: OutgoingMail) -> None:
        super().__init__(mail.subject, mail.text, mail.reply_to, [mail.to_address], reply_to=[mail.reply_to])
        self.attach_alternative(mail.html, "text/html")
        if mail.calendar:
            self.attach(_invitation(mail.calendar))
        self.extra_headers = _extra_headers(mail)
        sender = plain_address(mail.reply_to)
        self.envelope = (sender, mail.to_address) if sender else None  # read by crm.providers.smtp
        self.metadata = {"key": mail.key}  # read by django-anymail; comes back in its events
        self._mail = mail

    def message(self, *_: Any, **__: Any) -> Any:
        return _Composed(compose(self._mail))


def _invitation(calendar: str) -> MIMEBase:
    """For a provider's API: mail programs need the method in the type of the part (RFC 6047)."""
    part = MIMEText(calendar, "calendar", "utf-8")
    part.set_param("method", method_of(calendar))
    part.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    return part


class Renderer:
    """Renders the messages of one workspace; what they share is worked out once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.legal_name = workspace.legal_name or workspace.name
        with workspace_scope(workspace.pk):
            self.addresses = sending_addresses.of(workspace)
        self._senders: dict[int, str] = {}
        self._locales: dict[int, str] = {}
        self._brand: MailBrand | None = None

    def load_senders(self, messages: Sequence[Message]) -> None:
        """Look up the names these messages go out under, and who reads another language than English."""
        missing = {m.sender_id for m in messages if m.sender_id} - self._senders.keys()
        if missing:
            named = User.objects.filter(pk__in=missing).values_list("pk", "name")
            self._senders |= {pk: name or self.workspace.name for pk, name in named}
        readers = Candidate.objects.filter(pk__in={m.candidate_id for m in messages if m.candidate_id})
        self._locales = dict(readers.exclude(locale="").values_list("pk", "locale"))

    def mail(self, message: Message, *, date: datetime) -> ComposedMail:
        """The mail for this message. Raises Unsendable."""
        if not plain_address(message.to_address):
            raise Unsendable("This is not an address mail servers take.")
        whole = self._outgoing(message, date)
        if (size := len(whole.html.encode())) > CLIPPED_FROM:
            raise Unsendable(
                f"The mail is {size // 1000} kB with its footer; from 102 kB on its end is hidden."
            )
        return ComposedMail(whole)

    def _outgoing(self, message: Message, date: datetime) -> OutgoingMail:
        ids = (self.workspace.pk, message.candidate_id or 0, message.pk)
        reply = seal(Purpose.REPLY, self.workspace.pk, message.pk)
        stop = seal(Purpose.STOP, *ids)
        is_somebody = message.candidate_id is not None
        with translation.override(self._language(message)):
            footer = Footer(
                legal_name=self.legal_name,
                postal_address=self.workspace.postal_address,
                why=why_you_get_this(message.kind, self.legal_name),
                page_url=f"{settings.BASE_URL}/p/{seal(Purpose.PAGE, *ids)}/" if is_somebody else "",
                stop_url=f"{settings.BASE_URL}/u/{stop}/" if is_somebody else "",
            )
            text, html = self._bodies(message, footer)
        return OutgoingMail(
            key=f"{message.key.hex}.{self.workspace.pk}",
            from_name=self._senders.get(message.sender_id or 0, self.workspace.name),
            from_address=self.addresses.sender,
            to_address=plain_address(message.to_address),
            reply_to=self.addresses.reply_to(message.sender_id, reply),
            subject=message.subject,
            message_id=message.rfc_message_id,
            date=date,
            text=text,
            html=html,
            in_reply_to=message.in_reply_to.rfc_message_id if message.in_reply_to else "",
            references=tuple(message.references.split()),
            calendar=message.calendar,
            unsubscribe_url=footer.stop_url,
            unsubscribe_address=self.addresses.stop(stop),
        )

    def _language(self, message: Message) -> str:
        return message.language or languages.chosen(self._locales.get(message.candidate_id or 0, ""))

    def _bodies(self, message: Message, footer: Footer) -> tuple[str, str]:
        if message.kind == Message.Kind.SERVICE:
            # Nobody asks whether a ticket was opened: no pixel, no counted link.
            html = self._framed(message, f"{message.body_html}{footer.as_html()}")
            return message.body_text + footer.as_text(), html
        targets = {
            url: f"{settings.BASE_URL}/c/{seal(Purpose.CLICK, self.workspace.pk, message.pk, number)}"
            for number, url in enumerate(mail_text.links_of(message.body_html))
        }
        pixel = f"{settings.BASE_URL}/o/{seal(Purpose.OPEN, self.workspace.pk, message.pk)}.gif"
        html = self._framed(
            message,
            f"{mail_text.redirect_html(message.body_html, targets)}{footer.as_html()}\n"
            f'<img src="{pixel}" width="1" height="1" alt="">',
        )
        return mail_text.redirect_text(message.body_text, targets) + footer.as_text(), html

    def _framed(self, message: Message, words: str) -> str:
        if message.layout not in mail_layouts.NAMES or not message.layout:
            return f"{_HEAD}{words}</body></html>"
        if self._brand is None:
            # Mail is rendered between transactions, outside any scope.
            with workspace_scope(self.workspace.pk):
                self._brand = mail_brands.brand(self.workspace)
        return mail_layouts.frame(message.layout, self._brand).around(words)


def _extra_headers(mail: OutgoingMail) -> dict[str, str]:
    headers = {
        "From": from_header(mail.from_name, mail.from_address),
        "Message-ID": mail.message_id,
        "In-Reply-To": mail.in_reply_to,
        "References": " ".join(mail.references),
    }
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>, <mailto:{mail.unsubscribe_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return {name: value for name, value in headers.items() if value}
