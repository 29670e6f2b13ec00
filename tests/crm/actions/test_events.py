from typing import Any

import pytest
from django.utils import timezone

from crm.actions import events
from crm.actions.events import NewEvent
from crm.models import Event, EventHandoff, Workspace
from tests.factories import CandidateFactory

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture(autouse=True)
def subscribers(settings: Any) -> None:
    settings.EVENT_SUBSCRIBERS = {
        "note.added": ["crm.canary"],
        "pool.left": ["crm.canary", "crm.sweep_handoffs"],
    }


def test_record_writes_the_fact_once_per_ref(workspace: Workspace) -> None:
    candidate = CandidateFactory.create()
    first = events.record("meeting.booked", candidate=candidate, ref="cal:7", data={"minutes": 30})
    second = events.record("meeting.booked", candidate=candidate, ref="cal:7")
    assert first is not None
    assert second is None
    assert list(Event.objects.values_list("candidate_id", "ref", "data")) == [
        (candidate.pk, "cal:7", {"minutes": 30})
    ]


def test_record_many_leaves_out_doubles_inside_the_batch() -> None:
    recorded = events.record_many(
        [NewEvent("a.done", ref="1"), NewEvent("a.done", ref="1"), NewEvent("b.done", ref="1")]
    )
    assert sorted((event.kind, event.ref) for event in recorded) == [("a.done", "1"), ("b.done", "1")]


def test_each_subscriber_gets_each_event_once() -> None:
    events.record_many([NewEvent("note.added"), NewEvent("pool.left"), NewEvent("unheard.of")])
    rows = EventHandoff.objects.values_list("subscriber", "event__kind")
    assert sorted(rows) == [
        ("crm.canary", "note.added"),
        ("crm.canary", "pool.left"),
        ("crm.sweep_handoffs", "pool.left"),
    ]


def test_take_hands_over_once_and_in_order() -> None:
    now = timezone.now()
    late = events.record("note.added", at=now)
    early = events.record("note.added", at=now.replace(year=2020))
    assert events.take("crm.canary") == [early, late]
    assert events.take("crm.canary") == []


def test_a_known_fact_is_not_handed_over_again() -> None:
    events.record("note.added", ref="n1")
    events.take("crm.canary")
    events.record("note.added", ref="n1")
    assert events.take("crm.canary") == []


def test_record_many_of_a_thousand_is_one_insert(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # the insert, and whether this workspace added a subscriber
        events.record_many([NewEvent("quiet.fact") for _ in range(1_000)])
