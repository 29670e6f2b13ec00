from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings

from crm.actions import erasures, inbound
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, ContactPoint, Event, InboundMail, Message, Suppression, User, Workspace
from crm.policies.tokens import Purpose, seal
from tests.factories import CandidateFactory, ContactPointFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)

IN, OUT = settings.INBOUND_DOMAIN, settings.MAIL_DOMAIN


@pytest.fixture
def sent(workspace: Workspace, ada: User) -> Message:
    """A mail Bo got from Ada."""
    with workspace_scope(workspace.pk):
        bo = CandidateFactory.create(email="bo@people.example", email_state="ok", consent="granted")
        ContactPointFactory.create(candidate=bo, kind="email", value=bo.email, normalized=bo.email)
        message = MessageFactory.create(candidate=bo, sender=ada, kind="journey", topic="jobs")
        message.rfc_message_id = f"<{message.key.hex}.{workspace.pk}@{OUT}>"
        message.save()
        return message


def code(message: Message) -> str:
    return f"r+{seal(Purpose.REPLY, message.workspace_id or 0, message.pk)}@{IN}"


def mail(
    headers: str = "", sender: str = "bo@people.example", to: str = "", body: str = "Yes please."
) -> bytes:
    return (
        f"From: Bo <{sender}>\nTo: {to or 'somebody@else.example'}\nSubject: Re: Hello\n"
        f"Message-ID: <{abs(hash((headers, sender, to, body)))}@people.example>\n{headers}\n{body}\n"
    ).encode()


def come_in(workspace: Workspace, raw: bytes, recipient: str = "") -> InboundMail | None:
    stored = inbound.receive(raw=raw, recipient=recipient)
    inbound.read_waiting(workspace_id=workspace.pk)
    return stored


def received(workspace: Workspace) -> list[tuple[Any, ...]]:
    with workspace_scope(workspace.pk):
        rows = Message.objects.filter(direction="in").order_by("pk")
        return [(m.candidate_id, m.match, m.is_automatic, m.body_text) for m in rows]


def kinds(workspace: Workspace) -> list[str]:
    with workspace_scope(workspace.pk):
        return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_the_code_in_the_recipient_finds_the_person_whoever_wrote(
    workspace: Workspace, sent: Message
) -> None:
    come_in(workspace, mail(sender="bo.private@home.example"), recipient=code(sent))
    assert received(workspace) == [(sent.candidate_id, "token", False, "Yes please.")]
    with workspace_scope(workspace.pk):
        event = Event.objects.get(kind="message.replied")
        reply = Message.objects.get(direction="in")
        assert (event.candidate_id, event.data["in_reply_to"], event.data["message"]) == (
            sent.candidate_id, sent.pk, reply.pk,
        )  # fmt: skip
        assert (reply.kind, reply.topic, reply.sender_id, reply.in_reply_to_id) == (
            "journey", "jobs", sent.sender_id, sent.pk,
        )  # fmt: skip
        assert Candidate.objects.get().last_replied_at == event.occurred_at


def test_the_code_in_the_to_line_is_enough(workspace: Workspace, sent: Message) -> None:
    come_in(workspace, mail(to=f"Ada <{code(sent).upper()}>"))
    assert received(workspace) == [(sent.candidate_id, "token", False, "Yes please.")]


def test_references_find_the_person_without_a_code(workspace: Workspace, sent: Message) -> None:
    headers = f"References: <other@x> {sent.rfc_message_id}\n"
    come_in(workspace, mail(headers, sender="bo.private@home.example"))
    assert received(workspace) == [(sent.candidate_id, "references", False, "Yes please.")]


def test_the_sender_finds_the_person_as_a_last_resort(workspace: Workspace, sent: Message) -> None:
    come_in(workspace, mail(sender="Bo@People.example"), recipient=f"{workspace.slug}@{IN}")
    assert received(workspace) == [(sent.candidate_id, "from", False, "Yes please.")]


def test_a_stranger_is_kept_without_a_person(workspace: Workspace, sent: Message) -> None:
    come_in(workspace, mail(sender="who@where.example"), recipient=f"{workspace.slug}@{IN}")
    assert received(workspace) == [(None, "", False, "Yes please.")]
    assert kinds(workspace) == ["message.received"]


@pytest.mark.parametrize(
    "recipient",
    ["", f"r+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@{IN}", f"nobody@{IN}", "bo@people.example", "x", "@"],
)
def test_a_mail_for_nobody_is_refused(workspace: Workspace, sent: Message, recipient: str) -> None:
    assert come_in(workspace, mail(), recipient=recipient) is None
    assert received(workspace) == []


def test_another_workspace_s_code_never_reaches_this_one(
    workspace: Workspace, rival: Workspace, sent: Message
) -> None:
    forged = f"r+{seal(Purpose.REPLY, rival.pk, sent.pk)}@{IN}"
    come_in(rival, mail(f"References: {sent.rfc_message_id}\n"), recipient=forged)
    assert received(workspace) == []
    assert received(rival) == [(None, "", False, "Yes please.")]


def test_the_same_mail_twice_is_one_reply(workspace: Workspace, sent: Message) -> None:
    raw = mail(to=code(sent))
    for _ in range(3):
        come_in(workspace, raw)
    come_in(workspace, b"X-Another-Way: yes\n" + raw)
    assert len(received(workspace)) == 1
    assert kinds(workspace) == ["message.replied"]


@pytest.mark.parametrize(
    "headers", ["Auto-Submitted: auto-replied\n", "Return-Path: <>\n", "Precedence: bulk\n", "List-Id: <x>\n"]
)
def test_automatic_mail_is_shown_and_stops_nothing(workspace: Workspace, sent: Message, headers: str) -> None:
    come_in(workspace, mail(headers), recipient=code(sent))
    assert received(workspace) == [(sent.candidate_id, "token", True, "Yes please.")]
    assert kinds(workspace) == ["message.auto_replied"]
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().last_replied_at is None


def bounce(message: Message, status: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {code(message)}\nSubject: Undelivered\nReturn-Path: <>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nNo.\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: failed\n"
        f"Status: {status}\n"
        f"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message.rfc_message_id}\n--b--\n"
    ).encode()


@pytest.mark.parametrize(("status", "is_hard"), [("5.1.1", True), ("5.2.2", False), ("5.7.1", False)])
def test_a_bounce_ends_the_address_only_when_it_is_hard(
    workspace: Workspace, sent: Message, status: str, is_hard: bool
) -> None:
    with workspace_scope(workspace.pk):
        MessageFactory.create(candidate=sent.candidate, state="queued", sent_at=None)
    come_in(workspace, bounce(sent, status))
    with workspace_scope(workspace.pk):
        sent.refresh_from_db()
        assert sent.state == "bounced"
        assert Event.objects.get(kind="message.bounced").data["hard"] is is_hard
        assert Suppression.objects.exists() is is_hard
        assert Candidate.objects.get().email_state == ("bounced" if is_hard else "ok")
        assert (ContactPoint.objects.get().bounced_at is not None) is is_hard
        assert Message.objects.filter(state="canceled").exists() is is_hard
    assert received(workspace) == []


def test_a_mail_to_the_stop_address_unsubscribes(workspace: Workspace, sent: Message) -> None:
    stop = seal(Purpose.STOP, workspace.pk, sent.candidate_id or 0, sent.pk)
    come_in(workspace, mail(), recipient=f"u+{stop}@{IN}")
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().unsubscribed_at is not None
    assert "candidate.unsubscribed" in kinds(workspace)


def test_a_mail_that_breaks_its_reader_is_left_after_a_few_tries(
    workspace: Workspace, sent: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(_raw: bytes) -> None:
        raise ValueError("unreadable")

    monkeypatch.setattr("crm.policies.received_mail.parse", explode)
    come_in(workspace, mail(to=code(sent)))
    monkeypatch.undo()
    come_in(workspace, mail(to=code(sent), body="The second."))
    assert [row[3] for row in received(workspace)] == ["The second."]
    with workspace_scope(workspace.pk):
        broken = InboundMail.objects.get(read_at=None)
        assert (broken.attempts, broken.failure) == (5, "It could not be read; see the log.")


def test_the_hint_reads_the_mail(
    workspace: Workspace, sent: Message, on_commit: Callable[[], AbstractContextManager[None]]
) -> None:
    with on_commit():
        inbound.receive(raw=mail(), recipient=code(sent))
    assert len(received(workspace)) == 1


def test_the_raw_mail_goes_with_whoever_is_forgotten(workspace: Workspace, sent: Message) -> None:
    come_in(workspace, mail(), recipient=code(sent))
    with workspace_scope(workspace.pk):
        assert InboundMail.objects.get().candidate_id == sent.candidate_id
        erasures.erase(candidate=Candidate.objects.get())
        assert InboundMail.objects.count() == 0
