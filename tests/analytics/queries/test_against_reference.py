"""Random hiring histories: the statements and the plain-Python reference agree on every figure."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import Cost
from analytics.policies.questions import Question
from analytics.queries import pool_health, replies, velocity
from analytics.queries.answers import Answers
from crm.models import Candidate, RequisitionHold, Workspace
from tests.analytics.histories import event, in_pool, mailed, question
from tests.analytics.reference_people import GroupReference
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
crm_stages = st.sampled_from(["", "initial_interest", "screening", "interview_ready", "offer_ready"])
facts = st.tuples(
    st.sampled_from(KINDS),
    moments,
    st.sampled_from([{}, {"journey": 1}, {"actor": "human"}, {"actor": "machine"}, {"automatic": True}]),
) | st.tuples(
    st.just("stage.changed"), moments, st.fixed_dictionaries({"from": crm_stages, "to": crm_stages})
)
offer_rows = st.lists(
    st.tuples(st.sampled_from(["accepted", "declined", "pending"]), moments, moments), max_size=2
)
application_rows = st.tuples(
    st.integers(0, 1), moments, st.booleans(), st.sampled_from(["active", "rejected", "hired"]), maybe,
    offer_rows,
    st.lists(st.tuples(st.sampled_from(["applied", "screening", "interview", "offer"]), moments), max_size=2),
)  # fmt: skip
columns = st.fixed_dictionaries(
    {"created_at": moments},
    optional={
        "stage": crm_stages, "archived_at": moments, "consent": st.sampled_from(["granted", "withdrawn"]),
        "consent_expires_at": moments.map(lambda at: at + dt.timedelta(days=110)),
        "email_state": st.sampled_from(["ok", "bounced"]), "unsubscribed_at": moments,
        "last_contacted_at": moments,
    },
)  # fmt: skip
mails = st.lists(
    st.tuples(
        st.sampled_from(["", "m1", "m2"]), st.sampled_from(["", "a", "b"]), moments, maybe, st.booleans()
    ),
    max_size=2,
)
person_rows = st.tuples(
    maybe, st.lists(facts, max_size=5), st.lists(application_rows, max_size=2), columns, mails
)
cost_rows = st.lists(
    st.tuples(st.sampled_from(["crm", "external"]), st.integers(1, 10**7), st.integers(20, 100)), max_size=4
)
requisition_rows = st.tuples(maybe, maybe, st.integers(1, 2), st.lists(st.tuples(moments, maybe), max_size=2))


def write(requisitions: list, people: list) -> None:
    made = []
    for opened, approved, openings, holds in requisitions:
        made.append(RequisitionFactory.create(opened_at=opened, approved_at=approved, openings=openings))
        for start, end in holds:
            if end is None or end > start:
                RequisitionHold.objects.create(requisition=made[-1], started_at=start, ended_at=end)
    for row in people:
        _live(made, row)


def _live(requisitions: list, row: tuple) -> None:
    pooled, happened, applications, known, mail = row
    person = CandidateFactory.create(**{name: known[name] for name in known if name != "created_at"})
    Candidate.objects.filter(pk=person.pk).update(created_at=known["created_at"])
    if pooled:
        in_pool(person, pooled)
    for kind, when, data in happened:
        event(person, kind, when, **data)
    for row in applications:
        _apply(person, requisitions, row)
    for one in mail:
        mailed(person, *one)


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


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(requisition_rows, min_size=2, max_size=2), st.lists(person_rows, max_size=4), cost_rows)
def test_statements_agree_with_the_reference(
    scope: Workspace, requisitions: list, people: list, costs: list
) -> None:
    savepoint = transaction.savepoint()
    try:
        write(requisitions, people)
        for origin, cents, day in costs:
            spent_on = FIRST.date() + dt.timedelta(days=day)
            Cost.objects.create(origin=origin, category="Agency", amount_cents=cents, incurred_on=spent_on)
        assert_agrees(question())
    finally:
        transaction.savepoint_rollback(savepoint)


def assert_agrees(asked: Question) -> None:
    """Every figure, however it is read, is what plain Python makes of the rows."""
    reference = GroupReference(asked)
    answers = Answers(asked)

    _assert_hires(answers, reference)
    assert sorted(answers.fill_days) == pytest.approx(reference.fill_days())
    for who, counts in reference.acceptance().items():
        figure = getattr(answers["offer_acceptance"], who)
        assert (figure.extended, figure.accepted, figure.declined, figure.pending) == counts
    conversion, reply = answers.cohort.conversion, replies.reply_rate(asked)
    assert (conversion.contacted, conversion.screened) == reference.conversion()
    assert (reply.delivered, reply.replied) == reference.replies()
    assert [step.reached for step in answers.cohort.steps] == reference.drop_off()
    groups = {
        (by, row["key"]): (row["delivered"], row["replied"])
        for by, found in replies.reply_rates(asked).items()
        for row in found
    }
    assert groups == reference.groups()
    for stage in velocity.velocity(asked):
        middle, *rest = reference.velocity()[stage.stage]
        assert [stage.entered, stage.advanced, stage.waiting] == rest
        shown = None if middle is None else pytest.approx(middle, abs=0.0501)
        assert stage.median_days == shown
    pools = {
        pool.pool: (pool.people, pool.reachable, pool.contacted_42_days, pool.contacted_91_days,
                    pool.consent_expiring_30_days)
        for pool in pool_health.pool_health(asked)
    }  # fmt: skip
    told = reference.pool_health()
    assert {pool: pools[pool] for pool in told} == told


def _assert_hires(answers: Answers, reference: GroupReference) -> None:
    for key, clock in (
        ("time_to_hire", reference.days_to_hire), ("time_to_accept", reference.days_to_accept),
    ):  # fmt: skip
        for who in ("all", "crm", "external"):
            assert _shown(getattr(answers[key], who)) == reference.spread(clock)[who]
    assert _shown(answers["relationship_age"]) == reference.spread(reference.days_known)["crm"]
    share: Any = answers["share_of_hires_from_crm"]
    assert (share.hires, share.crm, share.assisted) == reference.share()
    assert answers.of_hires["first_touch"] == reference.first_touch()
    for who, (spent, people) in reference.cost_per_hire().items():
        part = getattr(answers["cost_per_hire"], who)
        assert (part.cost, part.hires) == (pytest.approx(spent), people)
        assert part.value == (pytest.approx(spent / people, abs=0.006) if people else None)
