from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from analytics.actions import definitions, folding, reports
from analytics.models import DefinitionSet, Report, Standing
from analytics.policies.terms import Terms, sentences
from analytics.queries import kpis
from analytics.queries.dashboards.overview import as_published
from analytics.queries.terms import current_terms
from crm.models import Event, User, Workspace
from tests.analytics.histories import NOW, at, event, hire, in_pool, question
from tests.factories import CandidateFactory, MessageFactory

As = Callable[[User], Client]
FORM = {
    "attribution_days": "30",
    "two_way": ["message.replied", "event.attended"],
    "screening_stage": "interview",
    "nurtured_by": ["journey", "newsletter"],
    "note": "Only what is recent",
}


def test_a_change_makes_the_next_version_and_keeps_the_first(scope: Workspace, grace: User) -> None:
    made = definitions.publish(terms=Terms(attribution_days=90), note="shorter", by=grace, now=NOW)

    assert current_terms() == Terms(number=2, attribution_days=90)
    assert [(v.number, v.attribution_days) for v in DefinitionSet.objects.order_by("number")] == [
        (1, 365), (2, 90),
    ]  # fmt: skip
    assert Event.objects.get(kind="definitions.published").data == {"version": made.number}


def test_the_same_again_and_nonsense_are_refused(scope: Workspace, grace: User) -> None:
    with pytest.raises(definitions.NothingChanged):
        definitions.publish(terms=current_terms(), by=grace, now=NOW)
    with pytest.raises(definitions.CannotDefine) as refusal:
        definitions.publish(
            terms=Terms(attribution_days=0, two_way=(), screening_stage="hired", nurtured_by=("luck",)),
            by=grace,
            now=NOW,
        )
    assert set(refusal.value.fields) == {"attribution_days", "two_way", "screening_stage", "nurtured_by"}
    assert not DefinitionSet.objects.exists()


def test_terms_decide_what_counts(scope: Workspace) -> None:
    person = hire(at(10), at(20)).candidate
    in_pool(person, at(1))
    event(person, "form.submitted", at(9))
    called = CandidateFactory.create()
    event(called, "message.delivered", at(3))
    event(called, "call.completed", at(4))

    def ask(**terms: Any) -> tuple[Any, Any]:
        asked = replace(question(), terms=Terms(**terms))
        found = kpis.kpis(asked, ("share_of_hires_from_crm", "conversion_to_screening"))
        return found["share_of_hires_from_crm"].crm, found["conversion_to_screening"].screened  # type: ignore[union-attr]

    assert ask() == (1, 1)
    assert ask(two_way=("message.replied",)) == (0, 1)
    assert ask(attribution_days=1) == (1, 1)
    assert ask(counts_calls=False) == (1, 0)


def test_new_definitions_decide_again_and_leave_published_reports(scope: Workspace, grace: User) -> None:
    person = hire(at(10), at(20)).candidate
    in_pool(person, at(1))
    event(person, "message.replied", at(2))
    MessageFactory.create(candidate=person, kind="newsletter", state="delivered", delivered_at=at(11))
    folding.fold_people([person.pk], now=NOW)
    before = as_published(question())
    reports.publish(name="March", question=question(), figures=before, by=grace)
    told = Standing.objects.values_list("origin", "reason", "nurtured_at", "terms")
    assert told.get() == ("crm", "pool_and_word", None, 1)

    shorter = Terms(attribution_days=5, nurtured_by=("journey", "newsletter"))
    definitions.publish(terms=shorter, by=grace, now=NOW)
    folding.fold_people([person.pk], now=NOW)

    assert told.get() == ("external", "pool_without_word", at(11), 2)
    assert as_published(replace(question(), terms=current_terms())) != before
    report = Report.objects.get()
    assert (report.figures, report.terms["number"], report.terms["attribution_days"]) == (before, 1, 365)


def test_terms_are_told_in_words() -> None:
    assert sentences(Terms())[2] == (
        "Screened means: any stage after screening was entered, or a completed call is logged."
    )


def test_preview_shows_what_moves_and_publishes_nothing(client_as: As, grace: User, scope: Workspace) -> None:
    answer = client_as(grace).post("/w/acme/analytics/definitions/preview/", FORM)

    assert answer.status_code == 200
    assert "What this would change" in answer.content.decode()
    assert not DefinitionSet.objects.exists()


def test_publishing_by_the_page(
    client_as: As, grace: User, ada: User, mallory: User, scope: Workspace
) -> None:
    url = "/w/acme/analytics/definitions/publication/"
    assert client_as(ada).post(url, FORM).status_code == 403
    assert client_as(mallory).post(url, FORM).status_code == 404
    assert client_as(grace).post(url, FORM | {"attribution_days": "0"}).status_code == 422
    assert client_as(grace).post(url, FORM).status_code == 302
    assert current_terms() == Terms(
        2, 30, ("message.replied", "event.attended"), "interview", False, ("journey", "newsletter")
    )
    assert client_as(grace).post(url, FORM).status_code == 422
    page = client_as(ada).get("/w/acme/analytics/definitions/").content.decode()
    assert "Only what is recent" in page
