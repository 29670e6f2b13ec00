import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from crm.models import Message, User, Workspace
from journeys.actions import enrollments, outcomes, runs
from journeys.models import Enrollment, Mailbox, StepRun
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish

Signed = Callable[[User], Client]
HELD = "/w/acme/journeys/held/"
PACE = "/w/acme/settings/mailboxes/"


@pytest.fixture
def held(publish: Publish) -> list[Enrollment]:
    """Three whose message is overdue, and one whose name is missing."""
    people = [*ReachableFactory.create_batch(3), ReachableFactory.create(first_name="")]
    enrollments.enroll(journey=publish(message()), candidate_ids=[one.pk for one in people], now=NOW)
    nameless = Enrollment.objects.order_by("pk").last()
    assert nameless is not None
    runs.run_due(now=NOW + dt.timedelta(days=4))
    enrollments.release(enrollment=nameless, now=NOW)
    runs.run_due(now=NOW)
    return list(Enrollment.objects.order_by("pk"))


def test_held_people_are_released_together(held: list[Enrollment], ada: User, client_as: Signed) -> None:
    client = client_as(ada)
    page = client.get(HELD).content.decode()
    assert "Overdue by more than 72 hours" in page
    assert "Missing: candidate.first_name" in page
    assert "Missing:" not in client.get(f"{HELD}?code=overdue").content.decode()

    client.post(f"{HELD}decisions/", {"action": "release", "all": "1", "query": "code=overdue"})
    assert list(Enrollment.objects.order_by("pk").values_list("waits_for", flat=True)) == [
        "released", "released", "released", "missing_value",
    ]  # fmt: skip
    runs.run_due(now=dt.datetime.now(dt.UTC))
    assert Message.objects.count() == 3
    client.post(f"{HELD}decisions/", {"action": "exit", "ids": [held[3].pk, "x"]})
    assert Enrollment.objects.get(pk=held[3].pk).exit_reason == "manual"
    assert "Nobody is held back" in client.get(HELD).content.decode()


def test_a_failed_message_is_written_anew_and_an_unknown_one_is_not(publish: Publish) -> None:
    people = ReachableFactory.create_batch(2)
    enrollments.enroll(journey=publish(message()), candidate_ids=[one.pk for one in people], now=NOW)
    runs.run_due(now=NOW)
    failed, unknown = Message.objects.order_by("pk")
    Message.objects.filter(pk=failed.pk).update(state="failed")
    Message.objects.filter(pk=unknown.pk).update(state="unknown")
    outcomes.settle(now=NOW)
    ids = list(Enrollment.objects.values_list("pk", flat=True))

    assert enrollments.release_many(enrollment_ids=ids, now=NOW) == 1
    runs.run_due(now=NOW)

    assert Message.objects.filter(candidate=failed.candidate, state="queued").count() == 1
    assert Message.objects.filter(candidate=unknown.candidate).count() == 1
    assert list(StepRun.objects.order_by("visit").values_list("visit", flat=True)) == [1, 1, 2]


def test_a_failed_message_sent_again_from_the_inbox_lets_the_journey_go_on(publish: Publish) -> None:
    person = ReachableFactory.create()
    enrollments.enroll(journey=publish(message()), candidate_ids=[person.pk], now=NOW)
    runs.run_due(now=NOW)
    Message.objects.update(state="failed")
    outcomes.settle(now=NOW)
    Message.objects.update(state="sent", sent_at=NOW)
    assert outcomes.settle(now=NOW) == 1
    assert Enrollment.objects.get().state == "completed"


def test_a_mailbox_gets_a_pace_and_a_warm_up(
    scope: Workspace, grace: User, ada: User, client_as: Signed
) -> None:
    client, url = client_as(grace), f"{PACE}{ada.pk}/"
    assert "team&#x27;s mailbox" in client.get(PACE).content.decode()
    given = {"daily_limit": "150", "spacing_seconds": "30", "warm_up": "20, 40 80", "restarts": "on"}
    assert client.post(url, given).status_code == 302
    row = Mailbox.objects.get(sender=ada)
    assert (row.daily_limit, row.spacing_seconds, row.warm_up) == (150, 30, [20, 40, 80])
    assert "begins with the next message" in client.get(PACE).content.decode()
    assert "20, 40, 80" in client.get(url).content.decode()
    assert client.post(url, given | {"warm_up": "20, many"}).status_code == 422
    assert client.post(f"{PACE}0/", given | {"warm_up": ""}).status_code == 302
    assert Mailbox.objects.get(sender=None).warm_up == []
    assert client.get(f"{PACE}999999/").status_code == 404
    assert client_as(ada).get(PACE).status_code == 403
