"""What is queued and not claimed yet is called back when the person leaves; what may be is not started."""

import pytest
from django.utils import timezone

from crm.actions import claims, events
from crm.models import EventHandoff, Message
from journeys.actions import enrollments, reactions, runs
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
    assert Message.objects.get().state == "queued"
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
