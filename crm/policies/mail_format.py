"""An outgoing mail as bytes, by RFC 5322, 2045–2047, 2369 and 8058. Pure: the same mail, the same bytes.

Written by hand and not with email.message because a campaign asks for a thousand a second; tests read the
bytes back with the standard library.
"""

import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

# Gmail clips at about 102 kB and hides the way out with what it clips. What somebody wrote may have less than
# that: counted links, the footer and the frame come on top, and the whole is measured before it leaves.
LARGEST_HTML, CLIPPED_FROM = 100_000, 102_000
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,64}")
_DOMAIN = re.compile(
    r"(?=.{1,255}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """Everything a mail says, for one recipient."""

    key: str
    from_name: str
    from_address: str
    to_address: str
    reply_to: str
    subject: str
    message_id: str
    date: datetime
    text: str
    html: str
    calendar: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    unsubscribe_url: str = ""
    unsubscribe_address: str = ""


def compose(mail: OutgoingMail) -> bytes:
    """The mail as it goes over the wire: CRLF, short ASCII lines, a text and an HTML part."""
    parts = [_part("plain", mail.text), _part("html", mail.html)]
    if mail.calendar:
        # Programs put into a calendar what stands beside the words; the file is for whoever opens it by hand.
        words = _multipart("alternative", f"=_{mail.key}", [*parts, _invitation(mail.calendar)])
        body = _multipart("mixed", f"=_{mail.key}.m", [words, _calendar_file(mail.calendar)])
    else:
        body = _multipart("alternative", f"=_{mail.key}", parts)
    return "\r\n".join(_headers(mail)).encode("ascii") + b"\r\n" + body


def plain_address(address: str) -> str:
    """The address as SMTP servers everywhere take it (IDN domains in punycode); empty when there is none."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        return ""
    try:
        ascii_domain = domain.encode("idna").decode() if domain else ""
    except UnicodeError:
        return ""
    return f"{local}@{ascii_domain}" if _DOMAIN.fullmatch(ascii_domain) else ""


def one_line(text: str) -> str:
    """Text that can stand in a header: no control characters, no line ends, no space around it."""
    return _BREAKS.sub(" ", text).strip()


def from_header(name: str, address: str) -> str:
    """A display name and its address, quoted or encoded as the name needs."""
    clean = one_line(name)[:120]
    if not clean:
        return address
    if _needs_encoding(clean):
        return f"{Header(clean, 'utf-8', header_name='From').encode(linesep=chr(13) + chr(10))} <{address}>"
    if _ATOMS.fullmatch(clean):
        return f"{clean} <{address}>"
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


def _headers(mail: OutgoingMail) -> list[str]:
    lines = [
        f"Date: {format_datetime(mail.date)}",
        f"From: {from_header(mail.from_name, mail.from_address)}",
        f"To: {mail.to_address}",
        f"Reply-To: {mail.reply_to}",
        f"Subject: {_encoded('Subject', mail.subject)}",
        f"Message-ID: {mail.message_id}",
    ]
    if mail.in_reply_to:
        lines.append(f"In-Reply-To: {one_line(mail.in_reply_to)}")
    if mail.references:
        lines.append("References: " + "\r\n ".join(one_line(reference) for reference in mail.references))
    if mail.unsubscribe_url:
        lines.append(
            f"List-Unsubscribe: <{mail.unsubscribe_url}>,\r\n <mailto:{mail.unsubscribe_address}>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
        )
    return [*lines, "MIME-Version: 1.0"]


def _encoded(name: str, text: str) -> str:
    clean = one_line(text)
    charset = "utf-8" if _needs_encoding(clean) else "us-ascii"
    return Header(clean, charset, header_name=name).encode(linesep="\r\n")


def _needs_encoding(text: str) -> bool:
    # What looks like an encoded word would be decoded by the reader; a long word cannot be folded.
    return not text.isascii() or "=?" in text or any(len(word) > 70 for word in text.split(" "))


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'
    inside = b"".join(f"\r\n--{boundary}\r\n".encode() + part for part in parts)
    return head.encode() + inside + f"\r\n--{boundary}--\r\n".encode()


def _invitation(calendar: str) -> bytes:
    return _encoded_part(
        f"Content-Type: text/calendar; charset=utf-8; method={method_of(calendar)}", calendar
    )


def _calendar_file(calendar: str) -> bytes:
    head = (
        'Content-Type: application/ics; name="invitation.ics"\r\n'
        'Content-Disposition: attachment; filename="invitation.ics"'
    )
    return _encoded_part(head, calendar)


def _encoded_part(head: str, calendar: str) -> bytes:
    """RFC 5545 asks for UTF-8 and CRLF; base64 leaves both as they are."""
    encoded = binascii.b2a_base64(calendar.encode(), newline=False)
    lines = [encoded[start : start + 76] for start in range(0, len(encoded), 76)]
    return f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + b"\r\n".join(lines)


def method_of(calendar: str) -> str:
    """RFC 6047: the part says the same method as the file."""
    found = re.search(r"^METHOD:([A-Z]{3,12})\r?$", calendar, re.MULTILINE)
    return found[1] if found else "PUBLISH"


def _part(subtype: str, content: str) -> bytes:
    data = (_LINE_ENDS.sub("\r\n", content).rstrip("\r\n") + "\r\n").encode()
    if data.isascii() and max(map(len, data.split(b"\r\n"))) <= 900:
        head, body = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: 7bit", data
    else:
        head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
        body = binascii.b2a_qp(data, istext=True)
    return head.encode() + b"\r\n\r\n" + body.removesuffix(b"\r\n")
