import pytest

from crm.policies.automatic_mail import bounce_of, nature_of
from crm.policies.received_mail import parse

HUMAN = "From: Bo <bo@people.example>\nSubject: Re: Hello\nMessage-ID: <1@x>\n\nThanks!"


def mail(
    headers: str = "", body: str = "Thanks!", sender: str = "bo@people.example", subject: str = "Re: Hello"
) -> bytes:
    return f"From: {sender}\nSubject: {subject}\nMessage-ID: <1@x>\n{headers}\n{body}".encode()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (mail(), "human"),
        (mail("Auto-Submitted: no\n"), "human"),
        (mail("X-Auto-Response-Suppress: All\n"), "human"),  # Outlook sets it on mail people write too
        (mail("Precedence: first-class\n"), "human"),
        (mail("Return-Path: <bo@people.example>\n"), "human"),
        (mail(subject="Re: out of office plants for our office"), "human"),
        (mail("Auto-Submitted: auto-replied\n"), "automatic"),
        (mail("Auto-Submitted: auto-generated; type=x\n"), "automatic"),
        (mail("Return-Path: <>\n"), "automatic"),
        (mail("X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: bo@x\n"), "automatic"),
        (mail("Precedence: bulk\n"), "automatic"),
        (mail("Precedence: auto_reply\n"), "automatic"),
        (mail("X-Autoreply: yes\n"), "automatic"),
        (mail("X-Autorespond: 1\n"), "automatic"),
        (mail("List-Id: <news.example>\n"), "automatic"),
        (mail(subject="Automatic reply: Hello"), "automatic"),
        (mail(subject="Auto: Hello"), "human"),
        (mail(subject="Out of Office: back in May"), "automatic"),
        (mail(subject="Abwesenheitsnotiz: Hallo"), "automatic"),
        (mail(subject="=?utf-8?q?R=C3=A9ponse_automatique_:_Bonjour?="), "automatic"),
        (mail(sender="no-reply@people.example"), "automatic"),
        (mail(sender="MAILER-DAEMON@mx.example", subject="Undelivered Mail Returned to Sender"), "bounce"),
        (mail("Return-Path: <>\n", subject="Undeliverable: Hello"), "bounce"),
        (mail(subject="Undeliverable: what a word"), "human"),
        (mail('Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n'), "complaint"),
    ],
)
def test_nature_of(raw: bytes, kind: str) -> None:
    assert nature_of(parse(raw)).kind == kind


def report(status: str, action: str = "failed") -> bytes:
    return f"""From: postmaster@mx.example
Subject: Delivery Status Notification (Failure)
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; gone@people.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--b
Content-Type: message/rfc822

From: acme@mail.example
Message-ID: <aaaa.1@mail.example>
Subject: Hello

Hello
--b--
""".encode()


@pytest.mark.parametrize(
    ("status", "action", "is_hard", "is_final"),
    [
        ("5.1.1", "failed", True, True),
        ("5.1.10", "failed", True, True),
        ("5.0.0", "failed", True, True),
        ("5.2.1", "failed", True, True),
        ("5.2.2", "failed", False, True),  # mailbox full
        ("5.7.1", "failed", False, True),  # our mail displeased; the person is there
        ("4.4.1", "delayed", False, False),
        ("4.4.7", "failed", False, False),
        ("2.0.0", "delivered", False, False),
    ],
)
def test_bounce_of_a_report(status: str, action: str, is_hard: bool, is_final: bool) -> None:
    received = parse(report(status, action))
    assert nature_of(received).kind == "bounce"
    bounce = bounce_of(received)
    assert (bounce.is_hard, bounce.is_final, bounce.original_id) == (
        is_hard,
        is_final,
        "<aaaa.1@mail.example>",
    )


def test_bounce_of_words_only() -> None:
    raw = mail(
        sender="MAILER-DAEMON@mx.example",
        subject="failure notice",
        body="<gone@people.example>:\nSorry, no such user here.\n\nMessage-ID: <bbbb.1@mail.example>\n",
    )
    bounce = bounce_of(parse(raw))
    assert (bounce.is_hard, bounce.original_id) == (True, "<bbbb.1@mail.example>")
