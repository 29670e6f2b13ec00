import datetime as dt
import email
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.policies.mail_format import OutgoingMail, compose, one_line, plain_address

NASTY_NAMES = [
    "Ada Lovelace",
    "Łukasz Żółć-Ğüneş",
    'Dwayne "The Rock" Johnson',
    "O'Brien, Conan; the <b>third</b>",
    "back\\slash",
    "王小明",
    "محمد عبد الله",
    "Zoë\r\nBcc: victim@example.com",
    "line\nbreak\tand\x00null",
    "=?utf-8?q?pretend?=",
    "🦄 " * 30,
    "X" * 119,
    "a" * 300,
    "(comment) name",
    "name@looks.like.address",
    "\u2028separator\u2029",
    "..",
    "@",
]


def mail(**fields: Any) -> OutgoingMail:
    given: dict[str, Any] = {
        "key": "a" * 32 + ".1", "from_name": "Ada", "from_address": "acme@mail.example",
        "to_address": "bo@people.example", "reply_to": "r+x@in.example", "subject": "Hello",
        "message_id": "<k.1@mail.example>", "date": dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC),
        "text": "Hello", "html": "<p>Hello</p>",
    }  # fmt: skip
    return OutgoingMail(**(given | fields))


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert message.defects == []
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").find(b"\n") == raw.replace(b"\r\n", b"").find(b"\r") == -1
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    return message


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_names_come_back_as_they_were_and_add_no_header(name: str) -> None:
    message = read(compose(mail(from_name=name, subject=name)))
    assert message["Subject"] == one_line(name)
    # The newer policy puts a space between encoded words of a name, against RFC 2047; the older one is right.
    display, address = parseaddr(str(email.message_from_bytes(compose(mail(from_name=name)))["From"]))
    assert address == "acme@mail.example"
    assert " ".join(str(make_header(decode_header(display))).split()) == " ".join(
        one_line(name)[:120].split()
    )
    assert sorted(message.keys()) == [
        "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=400))
def test_any_text_survives(text: str) -> None:
    message = read(compose(mail(text=text, html=f"<p>{text}</p>", subject=text[:200])))
    plain: Any
    plain, html = list(message.iter_parts())
    wanted = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    assert plain.get_payload(decode=True).decode().replace("\r\n", "\n") == wanted.removesuffix("\n")
    assert html.get_content_type() == "text/html"
    assert " ".join(message["Subject"].split()) == " ".join(one_line(text[:200]).split())


def test_long_lines_are_wrapped_and_whole() -> None:
    text = "x" * 5_000 + "\n" + "é" * 3_000
    plain: Any = next(iter(read(compose(mail(text=text))).iter_parts()))
    assert plain.get_payload(decode=True).decode().replace("\r\n", "\n") == text


def test_threading_and_one_click_headers() -> None:
    message = read(
        compose(
            mail(
                in_reply_to="<b@x>",
                references=tuple(f"<{n}@a.long.enough.domain.example>" for n in range(20)),
                unsubscribe_url="https://crm.example/u/" + "a" * 50 + "/",
                unsubscribe_address="u+" + "a" * 50 + "@in.example",
            )
        )
    )
    assert message["In-Reply-To"] == "<b@x>"
    assert len(message["References"].split()) == 20
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == (
        f"<https://crm.example/u/{'a' * 50}/>, <mailto:u+{'a' * 50}@in.example>"
    )


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("bo@people.example", "bo@people.example"),
        (" Bo.Diddley+jobs@People.Example ", "Bo.Diddley+jobs@People.Example"),
        ("bo@bücher.example", "bo@xn--bcher-kva.example"),
        ("bö@people.example", ""),
        ("bo@people.example\r\nBcc: x@y.example", ""),
        ("bo@people.example, x@y.example", ""),
        ("bo", ""),
        ("@people.example", ""),
        ("bo@", ""),
        ("bo@-x.example", ""),
        ("bo@" + "a" * 70 + ".example", ""),
        ('"b o"@people.example', ""),
        ("", ""),
    ],
)
def test_plain_address(address: str, plain: str) -> None:
    assert plain_address(address) == plain


def test_an_invitation_stands_beside_the_words_and_is_a_file_too() -> None:
    invitation = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Ümläut\r\nEND:VCALENDAR\r\n"
    whole = read(compose(mail(calendar=invitation)))
    words, file = whole.iter_parts()
    *_, invited = words.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert (invited.get_content_type(), invited.get_param("method")) == ("text/calendar", "REQUEST")
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invitation.ics")
    assert [part.get_payload(decode=True) for part in (invited, file)] == [invitation.encode()] * 2
