"""What is folded answers like the facts themselves, whatever happened late, changed or went away."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.actions import definitions, folding
from analytics.models import DayCount, FoldMark, Outreach, Reach, Standing, Stay
from analytics.policies.periods import Period
from analytics.policies.questions import News, Question
from analytics.policies.terms import Terms
from analytics.queries import activity, kpis
from analytics.queries.answers import Answers
from analytics.queries.details import details
from analytics.queries.news import news_of
from crm.actions import erasures, hiring
from crm.actions.events import record
from crm.actions.merges import Merge
from crm.kernel.tenancy import workspace_scope
from crm.models import (
    Application,
    Candidate,
    Event,
    Message,
    Offer,
    Requisition,
    RequisitionHold,
    StageEntry,
    User,
    Workspace,
)
from tests.analytics.histories import BERLIN, NOW, at, event, hire, in_pool, question
from tests.analytics.queries.test_against_reference import assert_agrees, person_rows, requisition_rows, write
from tests.factories import CandidateFactory

KEYS = tuple(key for key in kpis.KPIS if key != "pool_health")
changes = st.lists(
    st.sampled_from(["late", "offer", "stage", "apply", "merge", "erase", "reopen"]), max_size=3
)


def _answers(asked: Question) -> dict[str, Any]:
    answers = Answers(asked)
    figures = {key: answers[key] for key in KEYS}
    return {"figures": figures, "beside": details(answers), "days": activity.day_counts(asked)}


def _everybody() -> list[int]:
    return list(Candidate.objects.values_list("pk", flat=True))


def _fold_all() -> None:
    folding.fold_people(_everybody(), now=NOW)
    days = sorted({row.date() for row in Event.objects.values_list("occurred_at", flat=True)})
    folding.fold_days([day + dt.timedelta(days=extra) for day in days for extra in (0, 1)], now=NOW)


def _assert_same() -> None:
    asked = question()
    assert _answers(replace(asked, news=News())) == _answers(asked)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(requisition_rows, min_size=2, max_size=2), st.lists(person_rows, min_size=1, max_size=4), changes
)
def test_rollups_equal_the_facts_after_every_change(
    scope: Workspace, requisitions: list, people: list, happened: list[str]
) -> None:
    savepoint = transaction.savepoint()
    scope.time_zone = "Europe/Berlin"
    scope.save()
    try:
        write(requisitions, people)
        _fold_all()
        _assert_same()
        for change in happened:
            _CHANGES[change]()
            _fold_all()
            _assert_same()
        _lose_a_day_and_rebuild_it()
        _assert_same()
        if "erase" not in happened:  # what an erased person's origin was is stored, and nowhere else
            assert_agrees(replace(question(), news=News()))
    finally:
        transaction.savepoint_rollback(savepoint)


def _lose_a_day_and_rebuild_it() -> None:
    """All that is folded of the first day and its people, but for what was decided for good."""
    first = Event.objects.order_by("occurred_at").first()
    if first is None:
        return
    day = first.occurred_at.astimezone(BERLIN).date()
    that_day = Period(day, day, BERLIN)
    happened = Event.objects.filter(occurred_at__gte=that_day.start, occurred_at__lt=that_day.end)
    people = list(happened.exclude(candidate=None).values_list("candidate_id", flat=True))
    Outreach.objects.filter(candidate_id__in=people).delete()
    Stay.objects.filter(candidate_id__in=people).delete()
    Reach.objects.filter(candidate_id__in=people, is_final=False).delete()
    Standing.objects.filter(candidate_id__in=people, is_final=False).delete()
    DayCount.objects.filter(day=day).delete()
    folding.rebuild_day(day, now=NOW)


def _late() -> None:
    person = Candidate.objects.order_by("pk")[0]
    event(person, "message.replied", at(2, 12, 1))
    event(person, "message.delivered", at(3, 12, 1))


def _offer() -> None:
    Offer.objects.update(extended_at=at(4), status="declined", resolved_at=at(6))


def _stage() -> None:
    StageEntry.objects.filter(pk__in=StageEntry.objects.values("pk")[:1]).delete()


def _apply() -> None:
    Application.objects.update(applied_at=at(20, 12, 2))


def _reopen() -> None:
    """Filled, and opened again for one more; what was on hold no longer is."""
    Requisition.objects.update(openings=F("openings") + 1)
    RequisitionHold.objects.all().delete()


def _merge() -> None:
    living = Candidate.objects.filter(merged_into=None, anonymized_at=None).order_by("pk")
    if living.count() > 1:
        Merge(keep=living[0], other=living[1]).run()


def _erase() -> None:
    before = _answers(question())
    if person := Candidate.objects.filter(anonymized_at=None).order_by("pk").first():
        erasures.erase(candidate=person)
    after = _answers(question())
    assert after["figures"] == before["figures"]
    assert after["beside"]["reply_rate"] == before["beside"]["reply_rate"]


_CHANGES = {
    "late": _late, "offer": _offer, "stage": _stage, "apply": _apply, "merge": _merge, "erase": _erase,
    "reopen": _reopen,
}  # fmt: skip


def test_decision_is_stored_with_its_reason(scope: Workspace) -> None:
    application = hire(at(10), at(20))
    in_pool(application.candidate, at(1))
    event(application.candidate, "message.replied", at(9))

    folding.fold_people([application.candidate_id], now=NOW)

    stored = Standing.objects.get()
    assert (stored.origin, stored.reason, stored.touched_at) == ("crm", "pool_and_word", at(9))
    assert (stored.in_pool_since, stored.terms, stored.is_final) == (at(1), 1, False)


def test_folding_twice_writes_nothing(scope: Workspace) -> None:
    application = hire(at(10), at(20))
    folding.fold_people([application.candidate_id], now=NOW)
    folding.fold_people([application.candidate_id], now=NOW + dt.timedelta(days=1))

    assert Standing.objects.get().decided_at == NOW


def test_a_day_is_rebuilt_from_its_facts(scope: Workspace) -> None:
    person = CandidateFactory.create()
    event(person, "message.delivered", at(5))
    event(person, "message.delivered", at(5, 13))
    folding.rebuild_day(at(5).date(), now=NOW)
    DayCount.objects.update(events=99)
    Outreach.objects.update(contacted_at=at(1))

    folding.rebuild_day(at(5).date(), now=NOW)

    assert [(row.events, row.people) for row in DayCount.objects.all()] == [(2, 1)]
    assert Outreach.objects.get().contacted_at == at(5)


def test_erasure_keeps_origin_and_nurture(scope: Workspace) -> None:
    application = hire(at(10), at(20))
    person = application.candidate
    Candidate.objects.filter(pk=person.pk).update(created_at=at(1), stage="screening")
    person.refresh_from_db()
    in_pool(person, at(1))
    event(person, "message.replied", at(9))
    Message.objects.create(
        candidate=person, direction="out", kind="journey", state="delivered", delivered_at=at(11)
    )
    erasures.erase(candidate=person)

    figures = kpis.kpis(question(), ("share_of_hires_from_crm", "offer_acceptance", "velocity"))
    assert [stage.entered for stage in figures["velocity"]] == [0, 1, 0, 0]  # type: ignore[union-attr]
    assert figures["share_of_hires_from_crm"].crm == 1  # type: ignore[union-attr]
    assert figures["offer_acceptance"].nurtured.extended == 1  # type: ignore[union-attr]


def test_a_version_the_ats_adds_without_a_date_is_news(scope: Workspace) -> None:
    application = hire(at(1), at(9))
    folding.fold_people([application.candidate_id], now=NOW)
    version = {"application_id": application.pk, "version": 2, "status": "pending", "extended_at": None,
               "resolved_at": None, "id": 10**9}  # fmt: skip
    hiring.save_offers(new=[version], changed=[], candidates={application.pk: application.candidate_id})
    Application.objects.update(outcome="active")

    told = set(Event.objects.filter(kind="application.changed").values_list("candidate_id", flat=True))
    assert told == {application.candidate_id}
    asked = replace(question(), news=News(people=(application.candidate_id,)))
    assert kpis.kpis(asked, ("share_of_hires_from_crm",))["share_of_hires_from_crm"].hires == 0  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_folded_yet_is_read_from_the_facts(workspace: Workspace, grace: User) -> None:
    with workspace_scope(workspace.pk):
        person = CandidateFactory.create()
        record("message.delivered", candidate=person, at=at(5))
    folding.fold(workspace_id=workspace.pk, now=NOW)
    asked = replace(question(), period=replace(question().period))
    with workspace_scope(workspace.pk):
        zone = question().period.zone.key
        Workspace.objects.filter(pk=workspace.pk).update(time_zone=zone)
    folding.fold(workspace_id=workspace.pk, now=NOW)
    with workspace_scope(workspace.pk):
        # Whatever a transaction anywhere in the cluster may still hide is distrusted as well.
        told = news_of(asked)
        assert told is not None
        assert set(told.people) <= {person.pk}
        assert at(6).date() not in told.days
        record("message.replied", candidate=person, at=at(6))
    with workspace_scope(workspace.pk):
        news = news_of(asked)
        assert news is not None
        assert news.people == (person.pk,)
        assert at(6).date() in news.days
        assert kpis.kpis(replace(asked, news=news), ("reply_rate",))["reply_rate"].replied == 1  # type: ignore[union-attr]
        assert kpis.kpis(replace(asked, news=News()), ("reply_rate",))["reply_rate"].replied == 0  # type: ignore[union-attr]
        terms = Terms(attribution_days=30)
        definitions.publish(terms=terms, by=grace, now=NOW)
        assert news_of(replace(asked, terms=replace(terms, number=2))) is None
    folding.fold(workspace_id=workspace.pk, now=NOW)
    with workspace_scope(workspace.pk):
        assert FoldMark.objects.get().terms == 2
        assert Outreach.objects.get().terms == 2
        assert Outreach.objects.get().answered_at == at(6)
