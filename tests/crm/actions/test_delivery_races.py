"""Two workers, or a worker and a person, on the same row at the same moment, with real commits."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from crm.actions import claims, deliveries, delivery_events, messages, unsubscribes
from crm.actions.delivery_events import Report
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message, Workspace
from crm.policies.sending import Answer, Verdict
from tests.factories import CandidateFactory, WorkspaceFactory
from tests.fakes.mail_server import MailServer, mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "crm.providers.smtp.ComposedBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def acme() -> Workspace:
    return WorkspaceFactory.create(slug="acme")


def queue(acme: Workspace, count: int) -> None:
    with workspace_scope(acme.pk):
        people = [CandidateFactory.create(email_state="ok", consent="granted") for _ in range(count)]
        messages.queue_many(
            [NewMessage(person.pk, person.email, f"Hello {person.pk}", body_text="Hi") for person in people]
        )


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; what they raise is raised here."""
    gate, results = threading.Barrier(len(jobs)), {}

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[number] = job()
        except BaseException as failure:  # noqa: BLE001 - carried into the test's own thread
            results[number] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results.values():
        if isinstance(result, BaseException):
            raise result
    return [results[number] for number in range(len(jobs))]


def test_two_workers_send_each_mail_once(server: MailServer, acme: Workspace) -> None:
    queue(acme, 40)
    tallies = at_once(*[lambda: deliveries.deliver_due(workspace_id=acme.pk)] * 3)
    assert sum(tally.accepted for tally in tallies) == 40
    subjects = [mail["Subject"] for mail in server.mails]
    assert (len(subjects), len(set(subjects))) == (40, 40)


def test_two_workers_with_one_lease_start_once(acme: Workspace) -> None:
    queue(acme, 5)
    with workspace_scope(acme.pk):
        batch = claims.lease(limit=5)

    def start() -> int:
        with workspace_scope(acme.pk):
            return len(claims.start(batch))

    assert sum(at_once(start, start)) == 5


def test_delivery_reports_may_come_while_the_sending_is_recorded(acme: Workspace) -> None:
    queue(acme, 40)
    with workspace_scope(acme.pk):
        started = claims.start(claims.lease(limit=40))

    def record() -> None:
        with workspace_scope(acme.pk):
            claims.record([(message, Answer(Verdict.ACCEPTED)) for message in started])

    def report() -> None:
        for message in reversed(started):
            with workspace_scope(acme.pk):
                delivery_events.apply(message=message, report=Report(str(message.key), "delivered"))

    at_once(record, report)
    with workspace_scope(acme.pk):
        assert set(Message.objects.values_list("state", flat=True)) == {"delivered"}


@pytest.mark.parametrize("round_", range(5))
def test_after_an_unsubscribe_has_answered_nothing_starts(
    server: MailServer, acme: Workspace, round_: int
) -> None:
    queue(acme, 10)
    answered: list[int] = []

    def stop() -> None:
        with workspace_scope(acme.pk):
            people = list(Candidate.objects.order_by("?"))
        for person in people:
            with workspace_scope(acme.pk):
                unsubscribes.stop_everything(candidate=person, channel="page")
            with workspace_scope(acme.pk):
                started = Message.objects.filter(candidate=person).exclude(state__in=["queued", "canceled"])
                if not started.exists():
                    answered.append(person.pk)

    at_once(stop, lambda: deliveries.deliver_due(workspace_id=acme.pk))
    with workspace_scope(acme.pk):
        later = Message.objects.filter(candidate_id__in=answered).values_list("state", flat=True)
        assert set(later) <= {"canceled"}
        assert Message.objects.filter(state="queued").count() == 0
