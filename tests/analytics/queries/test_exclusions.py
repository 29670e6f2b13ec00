"""What each figure leaves out or counts with a reservation, and the list each number opens."""

import datetime as dt
from dataclasses import replace

import pytest

from analytics.actions import folding
from analytics.policies.exclusions import EXCLUSIONS
from analytics.policies.questions import News, Question
from analytics.queries import people
from analytics.queries.answers import Answers
from analytics.queries.exclusions import excluded
from crm.actions import erasures
from crm.models import Candidate, Requisition, RequisitionHold, Workspace
from talentpools.models import Pool, Segment, SegmentMember
from tests.analytics.histories import NOW, at, event, hire, in_pool, question
from tests.factories import ApplicationFactory, CandidateFactory, OfferFactory, RequisitionFactory


@pytest.fixture
def oddities(scope: Workspace) -> None:
    """One of each kind, all in March."""
    _of_hires()
    _of_requisitions()
    _of_outreach()
    _of_pools()


def _of_hires() -> None:
    hire(at(1), at(9), RequisitionFactory.create(opened_at=None), is_pushed=True)
    hire(at(1), at(9), RequisitionFactory.create(opened_at=at(20), openings=2))
    ApplicationFactory.create(applied_at=at(1), outcome="hired", hired_at=at(9))
    taken_back = hire(at(1), at(5))
    late = {"extended_at": at(2, 12, 4), "resolved_at": at(3, 12, 4)}
    OfferFactory.create(application=taken_back, version=2, status="declined", **late)
    taken_back.outcome = "withdrawn"
    taken_back.save()
    for columns in ({"extended_at": at(4), "resolved_at": at(6)}, {"extended_at": None, "resolved_at": None}):
        made = ApplicationFactory.create(applied_at=at(1))
        OfferFactory.create(application=made, status="expired", **columns)
    assisted = hire(at(3), at(9)).candidate
    event(assisted, "message.delivered", at(2))
    erasures.erase(candidate=hire(at(1), at(8)).candidate)


def _of_requisitions() -> None:
    for status, columns in (
        (Requisition.Status.ON_HOLD, {}), (Requisition.Status.CANCELED, {"closed_at": at(9)}),
        (Requisition.Status.CLOSED, {"closed_at": at(9, 12, 2)}),
    ):  # fmt: skip
        RequisitionFactory.create(status=status, opened_at=at(1, 12, 1), **columns)
    held = RequisitionFactory.create(opened_at=at(1), status="filled")
    hire(at(2), at(12), held)
    RequisitionHold.objects.create(requisition=held, started_at=at(3), ended_at=at(5))


def _of_outreach() -> None:
    scanned, answered, silent, before, gone = (CandidateFactory.create() for _ in range(5))
    for person, day in ((scanned, at(3)), (answered, at(3)), (before, at(3, 12, 2)), (gone, at(4))):
        event(person, "message.delivered", day)
    event(silent, "message.sent", at(3))
    event(before, "message.replied", at(4), automatic=True)
    event(scanned, "message.clicked", at(4), actor="machine")
    event(answered, "message.replied", at(4), automatic=True)
    for person, day in ((scanned, at(3)), (before, at(3, 12, 2))):
        Candidate.objects.filter(pk=person.pk).update(created_at=day, stage="screening")
    Candidate.objects.filter(pk=gone.pk).update(created_at=at(4), stage="screening")
    gone.refresh_from_db()
    erasures.erase(candidate=gone)


def _of_pools() -> None:
    pool = Pool.objects.create(name="Sales")
    in_pool(CandidateFactory.create(archived_at=at(2)), at(1), pool)
    segment = Segment.objects.create(name="Found", pool=pool, rules={"match": "all", "rules": []})
    waiting = CandidateFactory.create()
    SegmentMember.objects.create(segment=segment, candidate=waiting, entered_at=at(1), is_reviewed=False)


EXPECTED = {
    "time_to_hire": {
        "without_opening_date": 1, "accepted_before_opening": 1, "without_offer": 1, "superseded": 1,
        "erased": 1,
    },
    "time_to_accept": {"without_offer": 1, "superseded": 1, "erased": 1},
    "relationship_age": {"without_touch": 1, "other_origin": 5, "erased": 1},
    "time_to_fill": {
        "without_opening_date": 1, "still_open": 4, "on_hold": 1, "closed_unfilled": 1, "hold_removed": 1,
    },
    "conversion_to_screening": {
        "contacted_before": 1, "machine_clicks": 1, "automatic_replies": 1, "erased": 1,
    },
    "drop_off": {"contacted_before": 1, "machine_clicks": 1, "automatic_replies": 1, "erased": 1},
    "reply_rate": {"delivered_before": 1, "undelivered": 1, "automatic_replies": 1, "erased": 1},
    "offer_acceptance": {"superseded": 1, "undated": 1, "expired": 1, "erased": 1},
    "share_of_hires_from_crm": {"assisted": 1, "without_offer": 1, "superseded": 1, "erased": 1},
    "cost_per_hire": {"without_offer": 1, "superseded": 1, "erased": 1},
    "velocity": {"entered_before": 1, "archived": 1, "erased": 1},
    "pool_health": {"archived": 1, "unreviewed": 1},
}  # fmt: skip


def test_each_oddity_is_counted_and_opens_whom_it_counts(oddities: None) -> None:
    asked = question()
    assert Answers(asked).exclusions == EXPECTED
    assert excluded(asked, EXPECTED) == EXPECTED
    listed = {key: {name: _listed(key, name, asked) for name in words} for key, words in EXCLUSIONS.items()}
    assert listed == EXPECTED
    [row], _ = people.people_behind("time_to_fill", "on_hold", asked, limit=5)
    assert (row.candidate, row.name) == (None, "–")


def test_folded_they_are_the_same(oddities: None) -> None:
    folding.fold_people(list(Candidate.objects.values_list("pk", flat=True)), now=NOW)
    assert excluded(replace(question(), news=News()), EXPECTED) == EXPECTED


def test_nothing_is_left_out_of_a_period_before_everything(oddities: None) -> None:
    first, last = dt.date(2020, 1, 1), dt.date(2020, 1, 31)
    counts = excluded(question(first, last), EXPECTED)
    now = {"still_open", "on_hold", "archived", "unreviewed", "undated"}
    assert not [(key, name) for key, of in counts.items() for name, n in of.items() if n and name not in now]


def _listed(key: str, name: str, asked: Question) -> int:
    return people.people_behind(key, people.choose(key, {"group": name}, asked), asked, limit=5)[1]
