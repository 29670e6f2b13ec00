import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.actions import claims, consents, deliveries, messages, unsubscribes
from crm.actions.deliveries import Tally
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Event, Message, Suppression, Workspace
from tests.factories import CandidateFactory, WorkspaceFactory
from tests.fakes.mail_server import MailServer, mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "crm.providers.smtp.ComposedBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.BASE_URL = "https://crm.example"
        yield server


@pytest.fixture
def acme() -> Workspace:
    return WorkspaceFactory.create(
        name="Acme", slug="acme", legal_name="Acme GmbH", postal_address="Hauptstr. 1, 10115 Berlin"
    )


def reachable(**fields: Any) -> Candidate:
    return CandidateFactory.create(**{"email_state": "ok", "consent": "granted"} | fields)


def queue(acme: Workspace, count: int = 1, **fields: Any) -> list[int]:
    with workspace_scope(acme.pk):
        people = [reachable() for _ in range(count)]
        return [message.pk for message in messages.queue_many([draft(person, **fields) for person in people])]


def draft(person: Candidate, **fields: Any) -> NewMessage:
    given = {
        "subject": "Staying in touch",
        "body_text": "Hello\n\nRead https://acme.example/news today.",
    } | fields
    return NewMessage(candidate_id=person.pk, to_address=person.email, **given)


def states(acme: Workspace) -> list[tuple[str, str]]:
    with workspace_scope(acme.pk):
        return list(Message.objects.order_by("pk").values_list("state", "failure"))


def kinds(acme: Workspace) -> list[str]:
    with workspace_scope(acme.pk):
        return list(
            Event.objects.filter(kind__startswith="message.").order_by("pk").values_list("kind", flat=True)
        )


def test_a_queued_message_arrives_whole_and_is_recorded(server: MailServer, acme: Workspace) -> None:
    queue(acme)
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(accepted=1)
    (mail,) = server.mails
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://crm.example/u/")
    assert mail["Reply-To"] == server.envelopes[0].mail_from
    for part in mail.iter_parts():
        content = part.get_content()
        assert "Acme GmbH, Hauptstr. 1, 10115 Berlin" in content
        assert content.index("https://crm.example/c/") < content.index("https://crm.example/p/")
        assert "https://crm.example/u/" in content
    assert states(acme) == [("sent", "")]
    assert kinds(acme) == ["message.sent"]
    with workspace_scope(acme.pk):
        assert Candidate.objects.get().last_contacted_at is not None


def test_a_key_is_queued_and_sent_once(server: MailServer, acme: Workspace) -> None:
    key = uuid.uuid4()
    with workspace_scope(acme.pk):
        person = reachable()
        first = messages.queue_many([draft(person, key=key)])
        second = messages.queue_many([draft(person, key=key)])
        assert [row.pk for row in first] == [row.pk for row in second]
    deliveries.deliver_due(workspace_id=acme.pk)
    deliveries.deliver_due(workspace_id=acme.pk)
    assert len(server.raws) == 1


def test_a_batch_uses_one_connection(server: MailServer, acme: Workspace) -> None:
    queue(acme, 12)
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(accepted=12)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "tally", "state", "kind"),
    [
        ("450 4.2.0 later", Tally(retried=1), "queued", []),
        ("550 5.7.1 not like this", Tally(rejected=1), "failed", ["message.failed"]),
        ("drop", Tally(unknown=1), "unknown", ["message.unknown"]),
    ],
)
def test_what_the_server_says_after_the_body_decides(
    server: MailServer, acme: Workspace, answer: str, tally: Tally, state: str, kind: list[str]
) -> None:
    (pk,) = queue(acme)
    with workspace_scope(acme.pk):
        server.answers[Message.objects.get(pk=pk).to_address] = answer
    assert deliveries.deliver_due(workspace_id=acme.pk) == tally
    assert states(acme)[0][0] == state
    assert kinds(acme) == kind


def test_a_dropped_line_does_not_harm_the_others(server: MailServer, acme: Workspace) -> None:
    ids = queue(acme, 7)
    with workspace_scope(acme.pk):
        server.answers[Message.objects.get(pk=ids[2]).to_address] = "drop"
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(accepted=6, unknown=1)
    assert len(server.raws) == 7


def test_a_recipient_the_server_refuses_for_now_waits(server: MailServer, acme: Workspace) -> None:
    (pk,) = queue(acme)
    with workspace_scope(acme.pk):
        server.at_recipient[Message.objects.get(pk=pk).to_address] = "451 4.7.1 greylisted"
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(retried=1)
    with workspace_scope(acme.pk):
        message = Message.objects.get()
        assert (message.state, message.attempt, message.lease_until) == ("queued", 1, None)
        assert message.due_at is not None
        assert message.due_at > timezone.now() + dt.timedelta(seconds=30)
    server.at_recipient.clear()
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally()
    assert deliveries.deliver_all(workspace_id=acme.pk) == Tally(accepted=1)


@pytest.mark.parametrize("takes_pipelines", [True, False])
def test_one_refused_recipient_does_not_harm_the_next_mail(
    server: MailServer, acme: Workspace, takes_pipelines: bool
) -> None:
    server.takes_pipelines = takes_pipelines
    ids = queue(acme, 3, body_text="Hello\n.\n.. and a dot at the beginning of a line")
    with workspace_scope(acme.pk):
        server.at_recipient[Message.objects.get(pk=ids[1]).to_address] = "550 5.1.1 no such user"
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(accepted=2, rejected=1)
    assert [state for state, _ in states(acme)] == ["sent", "failed", "sent"]
    assert server.connections == 1
    text = server.mails[1].get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines()[1:3] == [".", ".. and a dot at the beginning of a line"]


def test_no_server_means_nothing_was_sent(acme: Workspace, settings: Any) -> None:
    settings.EMAIL_BACKEND = "crm.providers.smtp.ComposedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue(acme, 3)
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(retried=3)
    assert [state for state, _ in states(acme)] == ["queued"] * 3
    assert kinds(acme) == []


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.mark.parametrize(
    ("step", "state", "arrived"),
    [
        ("crm.actions.claims.start", "queued", 0),
        ("crm.providers.courier.Courier.send", "sending", 0),
        ("crm.actions.claims.record", "sending", 1),
    ],
)
def test_a_worker_that_dies_never_makes_two_mails(
    server: MailServer, acme: Workspace, monkeypatch: pytest.MonkeyPatch, step: str, state: str, arrived: int
) -> None:
    queue(acme)

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(step, die)
        with pytest.raises(Killed):
            deliveries.deliver_due(workspace_id=acme.pk)
    assert states(acme)[0][0] == state
    assert len(server.raws) == arrived
    _let_leases_end(acme)
    with workspace_scope(acme.pk):
        claims.sweep()
    deliveries.deliver_due(workspace_id=acme.pk)
    if state == "queued":
        assert (states(acme)[0][0], len(server.raws)) == ("sent", 1)
    else:
        assert (states(acme)[0][0], len(server.raws)) == ("unknown", arrived)
        assert kinds(acme) == ["message.unknown"]


def test_a_worker_that_slept_past_its_lease_writes_nothing(server: MailServer, acme: Workspace) -> None:
    queue(acme)
    with workspace_scope(acme.pk):
        (sleeper,) = claims.lease(limit=1)
    _let_leases_end(acme)
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(accepted=1)
    with workspace_scope(acme.pk):
        assert claims.start([sleeper]) == []
    assert len(server.raws) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unsubscribed_at": timezone.now()}, "unsubscribed"),
        ({"anonymized_at": timezone.now()}, "not_found"),
        ({"email_state": "bounced"}, "suppressed"),
        ({"consent": "withdrawn"}, "no_basis"),
        ({"topics_declined": ["jobs"]}, "unsubscribed"),
    ],
)
def test_what_changed_since_queueing_stops_the_mail(
    server: MailServer, acme: Workspace, change: dict[str, Any], code: str
) -> None:
    queue(acme, topic="jobs")
    with workspace_scope(acme.pk):
        Candidate.objects.update(**change)
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(held=1)
    assert states(acme) == [("canceled", code)]
    assert kinds(acme) == ["message.canceled"]
    assert server.raws == []


def test_a_suppressed_address_gets_nothing_from_anybody(server: MailServer, acme: Workspace) -> None:
    queue(acme)
    with workspace_scope(acme.pk):
        address = Message.objects.get().to_address
        consents.suppress(address=address, reason=Suppression.Reason.COMPLAINED)
        Candidate.objects.update(email_state="ok")
    assert deliveries.deliver_due(workspace_id=acme.pk) == Tally(held=1)
    assert states(acme) == [("canceled", "suppressed")]


def test_write_again_in_september_puts_the_mail_off(server: MailServer, acme: Workspace) -> None:
    queue(acme)
    day = timezone.now().date() + dt.timedelta(days=40)
    with workspace_scope(acme.pk):
        Candidate.objects.update(not_before=day)
    assert deliveries.deliver_all(workspace_id=acme.pk) == Tally(held=1)
    with workspace_scope(acme.pk):
        message = Message.objects.get()
        assert (message.state, message.due_at and message.due_at.date()) == ("queued", day)


def test_unsubscribing_after_the_claim_still_stops_the_mail(server: MailServer, acme: Workspace) -> None:
    queue(acme)
    with workspace_scope(acme.pk):
        batch = claims.lease(limit=10)
    with workspace_scope(acme.pk):
        unsubscribes.stop_everything(candidate=Candidate.objects.get(), channel="page")
    with workspace_scope(acme.pk):
        assert claims.start(batch) == []
    assert states(acme) == [("canceled", "unsubscribed")]


def test_the_other_workspace_sends_only_its_own(server: MailServer, acme: Workspace) -> None:
    rival = WorkspaceFactory.create(slug="rival")
    queue(acme)
    assert deliveries.deliver_due(workspace_id=rival.pk) == Tally()
    assert states(acme) == [("queued", "")]


def _let_leases_end(acme: Workspace) -> None:
    with workspace_scope(acme.pk):
        Message.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_send_due_sends_what_waits_and_prints_one_line(
    server: MailServer, acme: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    queue(acme, 3)
    with workspace_scope(acme.pk):
        Message.objects.update(due_at=timezone.now() + dt.timedelta(hours=2))
    call_command("send_due", workspace="acme", json=True, at="2026-06-01T09:00:00Z")
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"sent": 3, "accepted": 3, "retried": 0, "rejected": 0, "unknown": 0, "held": 0}
    with workspace_scope(acme.pk):
        assert {message.sent_at for message in Message.objects.all()} == {
            dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
        }
    with pytest.raises(CommandError):
        call_command("send_due", workspace="nobody")
