"""Figures of the past stay what they were when a person is erased, and when their days are counted again."""

import datetime as dt
from dataclasses import replace
from typing import Any

from analytics.actions import folding
from analytics.models import DayCount, Outreach, Reach, Standing, Stay, Trace
from analytics.policies.questions import News, Question
from analytics.queries import kpis, replies
from analytics.queries.dashboards.registry import DASHBOARDS
from crm.actions import erasures
from crm.models import Candidate, Event, User, Workspace
from journeys.models import Journey
from talentpools.models import Pool, Segment, SegmentMember
from tests.analytics.histories import BERLIN, NOW, at, event, question
from tests.analytics.queries.test_drill_down import FROM, TO, write_history
from tests.factories import CandidateFactory

# What is of now: whoever is erased is in no pool, waits for nothing, and is stuck nowhere.
OF_NOW = {("pools", "health"), ("velocity", "stuck")}
NOW_COLUMNS = {"Waiting here", "Gone"}


def test_every_page_says_the_same_before_and_after_everybody_is_erased(scope: Workspace, ada: User) -> None:
    write_history(scope, ada)
    _people_of_our_own(ada)
    asked = _questions(ada)
    before = [_told(one) for one in asked]
    assert all(before[0].values())

    for person in Candidate.objects.filter(anonymized_at=None):
        erasures.erase(candidate=person)
    assert [_told(one) for one in asked] == before
    folding.fold_people(list(Candidate.objects.values_list("pk", flat=True)), now=NOW)
    folding.fold_days(_days(FROM, TO), now=NOW)
    folded = [replace(one, news=News()) for one in asked]
    assert [_told(one) for one in folded] == before

    for folded_rows in (Outreach.objects, Stay.objects, DayCount.objects):
        folded_rows.all().delete()
    Standing.objects.filter(is_final=False).delete()
    Reach.objects.filter(is_final=False).delete()
    moments = Event.objects.values_list("occurred_at", flat=True)
    for day in sorted({moment.astimezone(BERLIN).date() for moment in moments}):
        folding.rebuild_day(day, now=NOW)
    assert [_told(one) for one in folded] == before
    assert set(Trace.objects.values_list("kind", flat=True)) == set(Trace.Kind.values)


def test_a_trace_says_no_place_and_no_name(scope: Workspace, ada: User) -> None:
    person = CandidateFactory.create(first_name="Ida", city="Rome", role_family="sales", owner=ada)
    erasures.erase(candidate=person)

    kept = sorted(Trace.objects.values_list("kind", "key"))
    assert kept == [("owner", str(ada.pk)), ("role_family", "sales")]


def test_an_archived_person_who_is_erased_waited_no_longer_than_before(scope: Workspace) -> None:
    person = CandidateFactory.create()
    event(person, "stage.changed", at(5), **{"from": "", "to": "screening"})
    Candidate.objects.filter(pk=person.pk).update(archived_at=at(9))
    before = kpis.kpis(question(), ("velocity",))
    person.refresh_from_db()
    erasures.erase(candidate=person)

    person.refresh_from_db()
    assert person.archived_at == at(9)
    assert kpis.kpis(question(), ("velocity",)) == before


def _people_of_our_own(ada: User) -> None:
    """Role families, an owner and a reviewed segment, for the filters."""
    Candidate.objects.update(role_family="engineering", owner=ada)
    segment = Segment.objects.create(
        name="Found", pool=Pool.objects.get(), rules={"match": "all", "rules": []}
    )
    SegmentMember.objects.create(
        segment=segment,
        candidate=CandidateFactory.create(),
        entered_at=at(4),
        left_at=at(9),
        is_reviewed=True,
    )


def _questions(ada: User) -> list[Question]:
    pool, journey = Pool.objects.get().pk, Journey.objects.get().pk
    narrow: list[dict[str, Any]] = [
        {}, {"role_families": ("engineering",), "pools": (pool,)},
        {"recruiters": (ada.pk,), "journeys": (journey,)},
    ]  # fmt: skip
    return [question(FROM, TO, **filters) for filters in narrow]


def _told(asked: Question) -> dict[str, Any]:
    """All that the pages say, and the figures of the one journey."""
    pages: dict[str, Any] = {
        f"{key} {section.id}": [
            [
                cell.text
                for header, cell in zip(section.headers, row, strict=True)
                if header not in NOW_COLUMNS
            ]
            for row in section.rows
        ]
        for key, page in DASHBOARDS.items()
        for section in page(asked).sections
        if (key, section.id) not in OF_NOW
    }
    return pages | {"journey": replies.reply_rates_of_journey(asked, Journey.objects.get().pk)}


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
