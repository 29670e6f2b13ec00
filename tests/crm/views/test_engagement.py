from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.actions import engagement
from crm.models import Candidate, User, Workspace
from talentpools.actions import refreshes, segments
from talentpools.models import SegmentMember
from tests.factories import CandidateFactory, EventFactory, MessageFactory

As = Callable[[User], Client]
URL = "/w/acme/settings/engagement/"
STANDARD = {
    "message_replied": 30, "event_attended": 25, "meeting_booked": 25, "form_submitted": 15,
    "event_registered": 8, "message_clicked": 5, "message_opened": 1,
    "half_life_days": 60, "warm": 15, "hot": 50,
}  # fmt: skip


@pytest.fixture
def person(scope: Workspace) -> Candidate:
    """Attended an event today: 35, warm; a machine opened a mail."""
    made = CandidateFactory.create()
    EventFactory.create(candidate=made, kind="event.attended", occurred_at=timezone.now())
    EventFactory.create(candidate=made, kind="message.opened", data={"human": "machine"})
    engagement.refold(candidate_ids=[made.pk])
    return made


def test_the_thresholds_hold_in_lists_rules_and_the_api(
    person: Candidate, scope: Workspace, grace: User, client_as: As, on_commit: Any
) -> None:
    hot = {"match": "all", "rules": [{"field": "engagement_level", "op": "eq", "value": "hot"}]}
    segment = segments.create(draft=segments.Draft("Hot", hot), by=grace)
    client = client_as(grace)
    assert client.get("/w/acme/candidates/?level=hot").context["page"].total == 0

    with on_commit():
        assert client.post(URL, STANDARD | {"hot": 30}).status_code == 302

    assert client.get("/w/acme/candidates/?level=hot").context["page"].total == 1
    refreshes.refresh(segment=segment, now=timezone.now())
    assert [stay.candidate_id for stay in SegmentMember.objects.all()] == [person.pk]
    assert "A point halves every 60 days" in client.get(f"/w/acme/candidates/{person.pk}/").content.decode()


def test_the_preview_says_who_moves_and_saves_nothing(
    person: Candidate, workspace: Workspace, grace: User, client_as: As
) -> None:
    page = client_as(grace).post(f"{URL}preview/", STANDARD | {"hot": 30}).content.decode()

    assert "1 person changes level" in page
    workspace.refresh_from_db()
    assert workspace.engagement_hot == 50


def test_bad_numbers_are_said_beside_their_field(
    person: Candidate, workspace: Workspace, grace: User, client_as: As
) -> None:
    answer = client_as(grace).post(URL, STANDARD | {"message_replied": -5})

    assert answer.status_code == 422
    assert "A weight is from 0" in answer.content.decode()
    assert client_as(grace).post(URL, STANDARD | {"warm": "x"}).status_code == 422
    workspace.refresh_from_db()
    assert workspace.engagement_weights == {}


def test_only_administrators_change_the_scale(scope: Workspace, ada: User, client_as: As) -> None:
    assert client_as(ada).get(URL).status_code == 403


def test_progress_stops_being_asked_for(scope: Workspace, grace: User, client_as: As) -> None:
    assert client_as(grace).get(f"{URL}progress/").status_code == 286


def test_the_history_shows_sources_and_machines(
    person: Candidate,
    ada: User,
    client_as: As,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    mail = MessageFactory.create(candidate=person, subject="Our spring meetup")
    at = timezone.now() - timedelta(days=60)
    EventFactory.create(
        candidate=person, kind="message.clicked", occurred_at=at, data={"human": True, "message": mail.pk}
    )
    client = client_as(ada)

    with django_assert_max_num_queries(16):
        page = client.get(f"/w/acme/candidates/{person.pk}/engagement/")

    found = page.context["history"]
    assert [point.words for point in found.points] == ["Attended an event", "Clicked a link"]
    assert found.points[1].source == "Our spring meetup"
    assert round(found.points[1].points, 2) == 2.5
    opened = next(one for one in found.seen if one.words == "Opened a mail")
    assert (opened.human, opened.machine) == (0, 1)
    assert found.chart is not None
    assert "Our spring meetup" in page.content.decode()


def test_nobody_without_signals_has_a_chart(scope: Workspace, ada: User, client_as: As) -> None:
    person = CandidateFactory.create()

    page = client_as(ada).get(f"/w/acme/candidates/{person.pk}/engagement/")

    assert "No sign of life yet" in page.content.decode()
