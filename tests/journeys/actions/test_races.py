"""Two workers, and a person who unsubscribes while a worker decides: with commits for real."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message, Workspace
from journeys.actions import enrollments, journeys, runs
from journeys.actions.mailboxes import set_pace
from journeys.models import Enrollment
from tests.conftest import NOW
from tests.factories import WorkspaceFactory
from tests.factories.journeys import ReachableFactory, TemplateFactory, document, message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due(transactional_db: None) -> Workspace:
    """A workspace with one person whose message is due."""
    workspace = WorkspaceFactory.create()
    with workspace_scope(workspace.pk):
        TemplateFactory.create(key="hello")
        set_pace(sender=None, daily_limit=100_000, spacing_seconds=0)
        for name in ("One", "Two"):
            journey = journeys.save_draft(document=document(message(), name=name), by=None)
            journeys.publish(journey=journey, by=None)
            journey.refresh_from_db()
            person = Candidate.objects.first() or ReachableFactory.create()
            enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=NOW)
    return workspace


def elsewhere(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_workers_claim_one_person_once(due: Workspace) -> None:
    """While one worker decides, the other finds nothing: not even the person's other journey."""
    seen: list[int] = []

    def second() -> None:
        with workspace_scope(due.pk):
            seen.append(runs.run_due(now=NOW).seen)

    with workspace_scope(due.pk):
        Enrollment.objects.filter(journey__name="Two").update(due_at=None)
        first = runs.run_due(now=NOW)
        elsewhere(second).join()
    assert (first.seen, seen) == (1, [0])
    with workspace_scope(due.pk):
        Enrollment.objects.filter(journey__name="Two").update(due_at=NOW)
    second()
    with workspace_scope(due.pk):
        assert Message.objects.count() == 1
        assert Enrollment.objects.get(journey__name="Two").waits_for == "gap"


def test_many_workers_send_each_message_once(due: Workspace) -> None:
    with workspace_scope(due.pk):
        journey = Enrollment.objects.get(journey__name="One").journey
        people = ReachableFactory.create_batch(30)
        enrollments.enroll(journey=journey, candidate_ids=[person.pk for person in people], now=NOW)

    def work() -> None:
        for _ in range(20):
            with workspace_scope(due.pk):
                runs.run_due(now=NOW, limit=3)

    workers = [elsewhere(work) for _ in range(4)]
    for worker in workers:
        worker.join()
    with workspace_scope(due.pk):
        assert Message.objects.count() == 31
        assert Message.objects.values("candidate_id").distinct().count() == 31


def test_who_unsubscribed_first_gets_nothing(due: Workspace) -> None:
    """The claim locks the person: an unsubscribe that has the lock is waited for by nobody and seen."""
    holding, go_on = threading.Event(), threading.Event()

    def unsubscribe() -> None:
        with workspace_scope(due.pk):
            Candidate.objects.update(unsubscribed_at=NOW)
            holding.set()
            go_on.wait(10)

    thread = elsewhere(unsubscribe)
    holding.wait(10)
    with workspace_scope(due.pk):
        assert runs.run_due(now=NOW).seen == 0
    go_on.set()
    thread.join()
    with workspace_scope(due.pk):
        runs.run_due(now=NOW)
        assert not Message.objects.exists()
        assert set(Enrollment.objects.values_list("exit_reason", flat=True)) == {"unsubscribed"}
