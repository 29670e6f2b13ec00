"""What is queued and not claimed yet is called back when the person leaves; what may be is not started."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.actions import claims, events
from crm.models import EventHandoff, Message
from journeys.actions import enrollments, journeys, outcomes, reactions, runs
from journeys.models import Enrollment, StepRun
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish


@pytest.mark.parametrize(
    ("exit_on", "state", "refusal"),
    [(["replied"], "canceled", "replied"), (["applied"], "queued", "")],
)
def test_a_reply_comes_before_the_next_claim(
    publish: Publish, exit_on: list[str], state: str, refusal: str
) -> None:
    now, person = timezone.now(), ReachableFactory.create()
    enrollments.enroll(journey=publish(message(), exit_on=exit_on), candidate_ids=[person.pk], now=now)
    runs.run_due(now=now)
    while reactions.follow(now=now):
        pass
    events.record("message.replied", candidate=person, data={"automatic": False})

    assert claims.start(claims.lease(limit=5, is_all=True)) == []  # not followed yet: it waits
    waiting = Message.objects.get()
    assert (waiting.state, waiting.attempt) == ("queued", 0)  # to wait is no attempt
    while reactions.follow(now=now):
        pass
    assert not EventHandoff.objects.filter(subscriber="journeys.follow_events").exclude(
        event__kind="message.canceled"
    )
    run = StepRun.objects.get()
    assert (Message.objects.get().state, run.refusal) == (state, refusal)
    Message.objects.filter(state="queued").update(due_at=now)
    started = claims.start(claims.lease(limit=5, is_all=True))
    assert len(started) == (0 if refusal else 1)
    assert Enrollment.objects.get().state == ("exited" if refusal else "active")


def test_what_waited_in_the_queue_leaves_in_the_hours_it_is_for(publish: Publish) -> None:
    """The mail server was away for an hour: it is Friday evening where the person lives."""
    office = {"days": ["mon", "tue", "wed", "thu", "fri"], "ranges": [["09:00", "17:00"]]}
    friday = dt.datetime(2026, 6, 19, 14, 30, tzinfo=dt.UTC)
    person = ReachableFactory.create(time_zone="Europe/Berlin")
    journey = publish(message(), window=office)
    enrollments.enroll(journey=journey, candidate_ids=[person.pk], now=friday)
    runs.run_due(now=friday)
    Message.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    evening = friday + dt.timedelta(hours=1)

    assert claims.start(claims.lease(limit=5, is_all=True), at=evening) == []

    waiting = Message.objects.get()
    monday = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    assert (waiting.state, waiting.failure, waiting.due_at) == ("queued", "window", monday)
    assert waiting.attempt == 0
    assert len(claims.start(claims.lease(limit=5, is_all=True), at=monday)) == 1


def test_a_pause_keeps_back_what_is_queued_and_resuming_sends_it_once(publish: Publish) -> None:
    now, journey = timezone.now(), publish(message(), name="Slow")
    people = ReachableFactory.create_batch(2)
    enrollments.enroll(journey=journey, candidate_ids=[one.pk for one in people], now=now)
    runs.run_due(now=now)
    gone, waiting = Message.objects.order_by("pk")
    Message.objects.filter(pk=gone.pk).update(state="sending")
    paused = journeys.pause(journey=journey, by=None, now=now)
    assert claims.lease(limit=5, is_all=True) == []
    assert list(Message.objects.order_by("pk").values_list("state", "failure")) == [
        ("sending", ""), ("canceled", "paused"),
    ]  # fmt: skip
    while reactions.follow(now=now):
        pass
    later = now + dt.timedelta(days=30)
    assert runs.run_due(now=later).seen == 0
    journeys.resume(journey=paused, by=None, now=later)
    runs.run_due(now=later)
    outcomes.settle(now=later)
    rows = Message.objects.filter(candidate_id=waiting.candidate_id or 0).order_by("pk")
    assert list(rows.values_list("state", flat=True)) == ["canceled", "queued"]
    assert Message.objects.count() == 3
