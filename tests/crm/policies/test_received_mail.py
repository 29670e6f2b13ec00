import random

import pytest

from crm.policies.received_mail import parse

REPLY = b"""From: =?utf-8?q?Zo=C3=AB?= <Zoe@People.example>
To: r+abc@in.example
Subject: =?iso-8859-1?q?Re=3A_Gr=FC=DFe?=
Message-ID: <7@people.example>
In-Reply-To: <a.1@mail.example>
References: <z.1@mail.example> <a.1@mail.example>
Content-Type: text/plain; charset=iso-8859-1

Yes, I would like that. Caf\xe9 on Monday?

On Mon, 1 Jun 2026 at 09:00, Ada <acme@mail.example> wrote:
> Hello Zo\xeb
> shall we talk?
"""


def test_a_reply_is_read_without_what_it_quotes() -> None:
    mail = parse(REPLY)
    assert (mail.subject, mail.from_name, mail.from_address) == ("Re: Grüße", "Zoë", "zoe@people.example")
    assert mail.text == "Yes, I would like that. Café on Monday?"
    assert "shall we talk?" in mail.whole_text
    assert mail.references == ("<z.1@mail.example>", "<a.1@mail.example>")
    assert mail.recipients == ("r+abc@in.example",)


def test_html_only_mail_is_cleaned_and_read() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n<p>Yes<script>x()</script> please</p>"
    )
    mail = parse(raw)
    assert (mail.html, mail.text) == ("<p>Yes please</p>", "Yes please")


def test_attachments_are_not_text() -> None:
    raw = b"""From: a@b.example
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See my CV
--b
Content-Type: text/plain; name=cv.txt
Content-Disposition: attachment; filename=cv.txt

secret
--b--
"""
    assert parse(raw).whole_text == "See my CV"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x00\x00",
        b"\xff\xfe",
        b"no header at all",
        b"Subject: =?utf-8?b?!!!!?=\n\n\x00",
        b"Subject: =?nonsense-charset?q?a?=\n\nx",
        b"Content-Type: text/plain; charset=nonsense\n\n\xff",
        b'Content-Type: text/plain; charset="\x80"\nContent-Transfer-Encoding: base64\n\n%%%',
        b"Content-Type: multipart/mixed\n\n--",
        b'From: <<<>>>,,,@@\nTo: "\nReferences: <<><\n\n',
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n",
        b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n" * 200,
        b"Content-Type: text/html\n\n" + b"<div>" * 20_000,
        b"Content-Type: text/plain\n\n" + b"> " * 100_000,
    ],
)
def test_parse_never_raises(raw: bytes) -> None:
    mail = parse(raw)
    assert "\x00" not in f"{mail.subject}{mail.text}{mail.html}{mail.headers}"


def test_parse_survives_any_damage() -> None:
    chance = random.Random(11)
    for _ in range(600):
        raw = bytearray(REPLY)
        for _ in range(chance.randint(1, 40)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        mail = parse(bytes(raw))
        mail.text.encode()
