import datetime as dt
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as conf

from crm.actions import inbound, reply_mailboxes
from crm.kernel.tenancy import workspace_scope
from crm.models import Event, InboundMail, Message, ReplyMailbox, User, Workspace
from crm.policies.tokens import Purpose, seal
from crm.queries import sending_addresses
from tests.factories import CandidateFactory, MessageFactory
from tests.simulators.imap import ImapServer, imap_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any) -> Iterator[ImapServer]:
    settings.ALLOW_PRIVATE_HOSTS = True
    with imap_server() as found:
        yield found


@pytest.fixture
def sent(workspace: Workspace, ada: User) -> Message:
    with workspace_scope(workspace.pk):
        bo = CandidateFactory.create(email="bo@people.example")
        message = MessageFactory.create(candidate=bo, sender=ada, kind="journey")
        message.rfc_message_id = f"<{message.key.hex}.{workspace.pk}@{conf.MAIL_DOMAIN}>"
        message.save()
        return message


def mailbox(workspace: Workspace, by: User, server: ImapServer, **more: Any) -> ReplyMailbox:
    given = {
        "address": "talent@acme.example", "host": "localhost", "port": server.port, "security": "plain",
        "username": "talent", "password": "s3cr3t", "folder": "INBOX", "takes_plus": True,
    }  # fmt: skip
    with workspace_scope(workspace.pk):
        return reply_mailboxes.keep(given=given | more, owner=None, by=by)


def read(workspace: Workspace) -> list[tuple[str, str, bool]]:
    """Read the mailbox now; what is kept of it: sender, how it was matched, whether a machine wrote it."""
    with workspace_scope(workspace.pk):
        ReplyMailbox.objects.exclude(due_at=None).update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    reply_mailboxes.read_due(workspace_id=workspace.pk)
    inbound.read_waiting(workspace_id=workspace.pk)
    with workspace_scope(workspace.pk):
        rows = Message.objects.filter(direction="in").order_by("pk")
        return [(row.from_address, row.match, row.is_automatic) for row in rows]


def mail(number: int, sender: str = "bo@people.example", headers: str = "", body: str = "Gladly.") -> bytes:
    lines = [
        f"From: {sender}",
        "To: talent@acme.example",
        "Subject: Re: Hello",
        f"Message-ID: <{number}@x.example>",
    ]
    return "\r\n".join([*lines, *filter(None, [headers]), "", body, ""]).encode()


def bounce(original: str) -> bytes:
    return (
        "From: <mailer-daemon@mx.example>\r\nTo: talent@acme.example\r\nSubject: Undeliverable\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; bo@people.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n--b--\r\n"
    ).encode()


def test_only_mail_about_people_known_here_is_taken_once_and_nothing_is_marked(
    workspace: Workspace, grace: User, server: ImapServer, sent: Message
) -> None:
    server.add(mail(0, body="Older than the connection."))
    made = mailbox(workspace, grace, server)
    assert read(workspace) == []
    with workspace_scope(workspace.pk):
        reply_to = sending_addresses.of(workspace).reply_to(None, seal(Purpose.REPLY, workspace.pk, sent.pk))
    assert reply_to.startswith("talent+r-")
    server.add(mail(1, "bo@private.example", f"Delivered-To: {reply_to}"))
    server.add(mail(2, "b@work.example", f"References: {sent.rfc_message_id}"))
    server.add(mail(3))
    server.add(mail(4, headers="Auto-Submitted: auto-replied"))
    server.add(mail(5, "stranger@else.example", body="Private."))
    server.add(bounce("<other@else.example>"))
    server.add(mail(7, "us@acme.example").replace(b"<7@x.example>", sent.rfc_message_id.encode()))
    kept = [
        ("bo@private.example", "token", False),
        ("b@work.example", "references", False),
        ("bo@people.example", "from", False),
        ("bo@people.example", "from", True),
    ]
    assert read(workspace) == kept
    assert read(workspace) == kept
    assert server.fetched == [2, 3, 4, 5, 7]
    assert set(server.commands) <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
    with workspace_scope(workspace.pk):
        assert InboundMail.objects.count() == 4
        assert Event.objects.filter(kind="message.replied").count() == 3
        made.refresh_from_db()
        assert (made.last_uid, made.taken, made.failure) == (8, 4, "")


def test_a_bounce_of_ours_ends_the_address(
    workspace: Workspace, grace: User, server: ImapServer, sent: Message
) -> None:
    mailbox(workspace, grace, server)
    read(workspace)
    server.add(bounce(sent.rfc_message_id))
    assert read(workspace) == []
    with workspace_scope(workspace.pk):
        assert Message.objects.get().state == "bounced"


def test_a_broken_line_and_a_renumbered_mailbox_lose_and_repeat_nothing(
    workspace: Workspace, grace: User, server: ImapServer, sent: Message
) -> None:
    made = mailbox(workspace, grace, server)
    read(workspace)
    for number in (1, 2, 3):
        server.add(mail(number, body=f"Mail {number}."))
    server.hang_up_at = 2
    assert len(read(workspace)) == 1
    with workspace_scope(workspace.pk):
        made.refresh_from_db()
        assert made.last_uid == 1
        assert made.failure
    server.hang_up_at = 0
    assert len(read(workspace)) == 3
    server.uid_validity, server.mails = 2, {uid + 40: raw for uid, raw in server.mails.items()}
    server.add(mail(4, body="After the move."))
    assert len(read(workspace)) == 4


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"password": "wrong"}, "Wrong password"),
        ({"folder": "Nowhere"}, "no folder"),
        ({"port": 9}, "refused"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_tried_later(
    workspace: Workspace, grace: User, server: ImapServer, more: dict[str, Any], words: str
) -> None:
    made = mailbox(workspace, grace, server, **more)
    read(workspace)
    with workspace_scope(workspace.pk):
        made.refresh_from_db()
        assert words in made.failure
        assert made.failures == 1
        assert made.due_at is not None
        assert "s3cr3t" not in repr(reply_mailboxes._access(made))


def test_inside_addresses_are_refused(
    workspace: Workspace, grace: User, server: ImapServer, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    made = mailbox(workspace, grace, server)
    read(workspace)
    with workspace_scope(workspace.pk):
        made.refresh_from_db()
        assert made.failure == "localhost is not a public address."
    assert server.commands == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_line_is_encrypted_and_the_certificate_checked(
    workspace: Workspace,
    grace: User,
    server: ImapServer,
    sent: Message,
    security: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.context, server.is_tls = _certified(tmp_path), security == "tls"
    made = mailbox(workspace, grace, server, security=security)
    read(workspace)
    with workspace_scope(workspace.pk):
        made.refresh_from_db()
        assert "CERTIFICATE_VERIFY_FAILED" in made.failure
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    read(workspace)
    server.add(mail(1))
    assert len(read(workspace)) == 1


def _certified(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
