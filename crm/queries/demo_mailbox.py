"""The demo's outgoing mail as its recipients have it, read from the folders of `manage.py run_demo_mail`."""

import email
import re
from dataclasses import dataclass
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from crm.policies.mail_text import clean_for_recipient
from crm.policies.received_mail import ReceivedMail, decoded, parse

NEWEST = 300
_KEY = re.compile(r"[A-Za-z0-9_.,:=-]{1,150}")
_LINK = re.compile(r"<(https?://[^>\s]+)>")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in the list."""

    key: str
    to_address: str
    from_name: str
    subject: str
    at: Any


@dataclass(frozen=True, slots=True)
class OpenMail:
    """One mail, opened. `html` is cleaned: no scripts, no styles, pictures of our own only."""

    mail: Mail
    received: ReceivedMail
    html: str
    reply_to: str
    unsubscribe_url: str


def mails(slug: str, *, to: str = "") -> list[Mail]:
    """The newest mails of a workspace, or those to addresses and about subjects that contain `to`."""
    found = []
    for path in sorted(_paths(slug), key=_arrival, reverse=True)[:NEWEST]:
        mail = _head(path)
        if to.lower() in f"{mail.to_address} {mail.subject}".lower():
            found.append(mail)
    return found


def mail(slug: str, key: str) -> OpenMail | None:
    """One mail of a workspace; None when there is none with that key."""
    path = next((path for path in _paths(slug) if path.name == key), None) if _KEY.fullmatch(key) else None
    if path is None:
        return None
    raw = path.read_bytes()
    message = email.message_from_bytes(raw)
    html = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    payload = html.get_payload(decode=True) if html else b""
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    stop = _LINK.search(str(message.get("List-Unsubscribe", "")))
    return OpenMail(
        mail=_head(path),
        received=parse(raw),
        html=clean_for_recipient(text, own_site=settings.BASE_URL),
        reply_to=parseaddr(str(message.get("Reply-To", "")))[1],
        unsubscribe_url=stop[1] if stop else "",
    )


def _paths(slug: str) -> list[Path]:
    return list((settings.DATA_DIR / "mail" / slug / "new").glob("*"))


def _arrival(path: Path) -> tuple[int, int]:
    seconds, _, rest = path.name.partition(".")
    micros = re.match(r"M(\d+)", rest)
    return int(seconds or 0), int(micros[1]) if micros else 0


def _head(path: Path) -> Mail:
    with path.open("rb") as file:
        message = email.message_from_bytes(file.read(16_384))
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        at = None
    name, address = parseaddr(str(message.get("From", "")))
    return Mail(
        key=path.name,
        to_address=parseaddr(str(message.get("To", "")))[1],
        from_name=decoded(name) or address,
        subject=decoded(message.get("Subject", "")),
        at=at,
    )
