from datetime import timedelta
from typing import Any

import pytest

from crm.actions import activities, engagement, events
from crm.actions.activities import UnknownKind
from crm.actions.events import NewEvent
from crm.models import Candidate, Event, EventHandoff
from crm.policies import engagement as policy
from crm.queries.engagement import score_of, signals_of
from tests.conftest import NOW
from tests.factories import CandidateFactory

pytestmark = pytest.mark.usefixtures("scope", "clock")


def key(candidate: Candidate) -> float | None:
    return Candidate.objects.values_list("engagement_key", flat=True).get(pk=candidate.pk)


def record(candidate: Candidate, kind: str, **ago: float) -> None:
    events.record(kind, candidate=candidate, at=NOW - timedelta(**ago), data={"human": True})


def test_signals_are_folded_as_they_arrive(on_commit: Any) -> None:
    ada = CandidateFactory.create()
    with on_commit():
        record(ada, "message.replied", days=60)
        record(ada, "event.attended")
    ada.refresh_from_db()
    assert policy.score_at(ada.engagement_key, NOW) == pytest.approx(50)
    assert (ada.last_engaged_at, ada.last_replied_at) == (NOW, NOW - timedelta(days=60))
    assert EventHandoff.objects.filter(subscriber=engagement.SUBSCRIBER).count() == 0


def test_a_late_signal_counts_at_its_own_time(on_commit: Any) -> None:
    early, late = CandidateFactory.create(), CandidateFactory.create()
    with on_commit():
        record(early, "message.clicked", hours=2)
        record(early, "message.clicked", hours=1)
    with on_commit():
        record(late, "message.clicked", hours=1)
    with on_commit():
        record(late, "message.clicked", hours=2)
    assert key(late) == pytest.approx(key(early), abs=1e-9)


def test_machines_and_recruiters_do_not_score(on_commit: Any) -> None:
    ada = CandidateFactory.create()
    with on_commit():
        events.record("message.opened", candidate=ada, data={"human": False})
        events.record("note.added", candidate=ada)
    assert key(ada) is None


def test_refolding_gives_the_same_key(on_commit: Any) -> None:
    people = CandidateFactory.create_batch(3)
    with on_commit():
        events.record_many(
            NewEvent(kind, person.pk, None, NOW - timedelta(hours=5 * n), data={"human": True})
            for person in people
            for n, kind in enumerate([*policy.WEIGHTS, "message.clicked", "message.clicked"])
        )
    before = [key(person) for person in people]
    engagement.refold(candidate_ids=[person.pk for person in people])
    assert [key(person) for person in people] == pytest.approx(before, abs=1e-9)


def test_an_activity_is_recorded_once_per_kind_and_ref() -> None:
    ada = CandidateFactory.create()
    first, is_new = activities.record(candidate=ada, kind="event.attended", at=NOW, ref="meetup-7")
    again, is_new_again = activities.record(candidate=ada, kind="event.attended", at=NOW, ref="meetup-7")
    assert (first.pk, is_new, is_new_again) == (again.pk, True, False)
    assert Event.objects.count() == 1
    assert policy.score_at(key(ada), NOW) == pytest.approx(100 * (1 - 2 ** (-25 / 40)))


@pytest.mark.parametrize(
    ("data", "scores"),
    [({}, True), ({"human": "machine"}, False), ({"human": False}, False), ({"human": "what"}, False),
     ({"human": True}, True), ({"human": "human"}, True)],
)  # fmt: skip
def test_opens_from_outside_say_who_opened(data: dict[str, Any], scores: bool) -> None:
    ada = CandidateFactory.create()
    activities.record(candidate=ada, kind="message.opened", at=NOW, data=data)
    assert (key(ada) is not None) is scores


def test_an_unknown_activity_is_refused() -> None:
    with pytest.raises(UnknownKind):
        activities.record(candidate=CandidateFactory.create(), kind="candidate.merged", at=NOW)


def test_the_profile_explains_every_point() -> None:
    ada = CandidateFactory.create()
    record(ada, "message.clicked", hours=1)
    record(ada, "message.clicked")
    engagement.refold(candidate_ids=[ada.pk])
    score = score_of(Candidate.objects.get(pk=ada.pk), now=NOW)
    assert (score.shown, score.level) == (12, "cold")
    assert [(p.weight, p.factor) for p in score.points] == [(5, 0.5), (5, 1.0)]
    assert sum(p.points for p in score.points) == pytest.approx(policy.raw_at(key(ada), NOW))
    assert len(signals_of([ada.pk])[ada.pk]) == 2
