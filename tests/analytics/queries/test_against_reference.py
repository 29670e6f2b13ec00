"""Random hiring histories: the statements and the plain-Python reference agree on every figure."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.queries import contacts, fills, hires, offers, replies
from crm.models import Candidate, RequisitionHold, Workspace
from tests.analytics.histories import event, in_pool, question
from tests.analytics.reference import Reference
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    OfferFactory,
    RequisitionFactory,
    StageEntryFactory,
)

FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
moments = st.integers(0, 24 * 120).map(lambda hour: FIRST + dt.timedelta(hours=hour))
maybe = st.none() | moments
KINDS = [
    "message.sent",
    "message.delivered",
    "message.replied",
    "message.clicked",
    "event.attended",
    "call.completed",
]
facts = st.tuples(
    st.sampled_from(KINDS),
    moments,
    st.sampled_from([{}, {"journey": 1}, {"actor": "human"}, {"actor": "machine"}, {"automatic": True}]),
)
offer_rows = st.lists(
    st.tuples(st.sampled_from(["accepted", "declined", "pending"]), moments, moments), max_size=2
)
application_rows = st.tuples(
    st.integers(0, 1), moments, st.booleans(), st.sampled_from(["active", "rejected", "hired"]), maybe,
    offer_rows,
    st.lists(st.tuples(st.sampled_from(["applied", "screening", "interview", "offer"]), moments), max_size=2),
)  # fmt: skip
person_rows = st.tuples(maybe, st.lists(facts, max_size=4), st.lists(application_rows, max_size=2))
requisition_rows = st.tuples(maybe, maybe, st.integers(1, 2), st.lists(st.tuples(moments, maybe), max_size=2))


def write(requisitions: list, people: list) -> None:
    made = []
    for opened, approved, openings, holds in requisitions:
        made.append(RequisitionFactory.create(opened_at=opened, approved_at=approved, openings=openings))
        for start, end in holds:
            if end is None or end > start:
                RequisitionHold.objects.create(requisition=made[-1], started_at=start, ended_at=end)
    for pooled, happened, applications in people:
        person = CandidateFactory.create()
        if pooled:
            in_pool(person, pooled)
        for kind, when, data in happened:
            event(person, kind, when, **data)
        for row in applications:
            _apply(person, made, row)


def _apply(person: Candidate, requisitions: list, row: tuple) -> None:
    place, applied, is_pushed, outcome, hired, versions, stays = row
    application = ApplicationFactory.create(
        candidate=person, requisition=requisitions[place], applied_at=applied,
        is_pushed=is_pushed, outcome=outcome, hired_at=hired if outcome == "hired" else None,
    )  # fmt: skip
    for number, (status, extended, resolved) in enumerate(versions, start=1):
        OfferFactory.create(
            application=application, version=number, status=status, extended_at=extended,
            resolved_at=None if status == "pending" else resolved,
        )  # fmt: skip
    for place, (stage, entered) in enumerate(stays):
        StageEntryFactory.create(
            application=application, stage=stage, vendor_stage=str(place), entered_at=entered
        )


def _shown(figure: object) -> tuple | None:
    mean, middle, n = figure.mean_days, figure.median_days, figure.n  # type: ignore[attr-defined]
    return None if n == 0 else (pytest.approx(mean, abs=0.0501), pytest.approx(middle, abs=0.0501), n)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(requisition_rows, min_size=2, max_size=2), st.lists(person_rows, max_size=4))
def test_statements_agree_with_the_reference(scope: Workspace, requisitions: list, people: list) -> None:
    savepoint = transaction.savepoint()
    try:
        write(requisitions, people)
        _compare()
    finally:
        transaction.savepoint_rollback(savepoint)


def _compare() -> None:
    asked = question()
    reference = Reference(asked)

    to_hire, to_accept = hires.time_to_hire(asked), hires.time_to_accept(asked)
    for who in ("all", "crm", "external"):
        assert _shown(getattr(to_hire, who)) == reference.spread(reference.days_to_hire)[who]
        assert _shown(getattr(to_accept, who)) == reference.spread(reference.days_to_accept)[who]
    share = hires.share_of_hires(asked)
    assert (share.hires, share.crm, share.assisted) == reference.share()
    assert sorted(fills.fill_days(asked)) == pytest.approx(reference.fill_days())
    acceptance = offers.offer_acceptance(asked)
    for who, counts in reference.acceptance().items():
        figure = getattr(acceptance, who)
        assert (figure.extended, figure.accepted, figure.declined, figure.pending) == counts
    conversion = contacts.conversion_to_screening(asked)
    assert (conversion.contacted, conversion.screened) == reference.conversion()
    reply = replies.reply_rate(asked)
    assert (reply.delivered, reply.replied) == reference.replies()
