from collections.abc import Callable

import pytest
from django.test import Client

from crm.models import User, Workspace
from journeys.actions import enrollments, rehearsals
from journeys.models import Rehearsal
from tests.conftest import NOW
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish

Signed = Callable[[User], Client]


@pytest.fixture
def rehearsal(publish: Publish, scope: Workspace, ada: User, client_as: Signed) -> Rehearsal:
    """One that was asked for on the page and played through."""
    journey = publish(message(after={"days": 3}), message("m2", after={"days": 2}))
    people = [
        ReachableFactory.create(first_name="Mia", last_name="Lang"),
        ReachableFactory.create(first_name=""),
    ]
    enrollments.enroll(journey=journey, candidate_ids=[one.pk for one in people], now=NOW)
    given = {
        "days": "30",
        "since": "2026-06-15T09:00",
        "reply_rate": "0",
        "click_rate": "0",
        "open_rate": "0",
    }
    answer = client_as(ada).post(f"/w/acme/journeys/{journey.pk}/rehearsals/new/", given)
    assert answer.status_code == 302
    made = Rehearsal.objects.get()
    assert answer["Location"] == f"/w/acme/rehearsals/{made.pk}/"
    rehearsals.play(workspace_id=scope.pk, rehearsal_id=made.pk)
    return made


def test_the_page_shows_calendar_mailboxes_reasons_and_people(
    rehearsal: Rehearsal, ada: User, client_as: Signed
) -> None:
    client = client_as(ada)
    text = client.get(f"/w/acme/rehearsals/{rehearsal.pk}/").content.decode()
    assert "15 Jun" in text
    assert "Mailbox of" in text
    assert "A value the message needs is missing" in text
    assert "Heard from us too recently" in text
    held = client.get(f"/w/acme/rehearsals/{rehearsal.pk}/?show=held").content.decode()
    assert "Missing: candidate.first_name" in held
    assert "Mia" not in held
    assert "Rehearsals" in client.get(f"/w/acme/journeys/{rehearsal.journey_id}/rehearsals/").content.decode()


def test_a_persons_path_opens_in_the_panel(rehearsal: Rehearsal, ada: User, client_as: Signed) -> None:
    mia = rehearsal.people.get(candidate__first_name="Mia")
    url = f"/w/acme/rehearsals/{rehearsal.pk}/people/{mia.candidate_id}/"
    text = client_as(ada).get(url, HTTP_HX_REQUEST="true").content.decode()
    assert "Gets the message" in text
    assert "by 5.0 days" in text


def test_the_file_has_a_line_per_moment(rehearsal: Rehearsal, ada: User, client_as: Signed) -> None:
    answer = client_as(ada).get(f"/w/acme/rehearsals/{rehearsal.pk}/file/")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("candidate,name,at,journey,step,what,code")
    assert sum(",sent," in line for line in lines) == 2
    assert sum(",held,missing_value," in line for line in lines) == 1


def test_progress_is_polled_until_it_is_done(rehearsal: Rehearsal, ada: User, client_as: Signed) -> None:
    client, url = client_as(ada), f"/w/acme/rehearsals/{rehearsal.pk}/"
    assert client.get(f"{url}?progress=1", HTTP_HX_REQUEST="true").status_code == 286
    Rehearsal.objects.update(state="running", progress=40)
    answer = client.get(f"{url}?progress=1", HTTP_HX_REQUEST="true")
    assert (answer.status_code, b"40 / 100" in answer.content) == (200, True)
    client.post(f"{url}stop/")
    assert Rehearsal.objects.get().state == "canceled"


def test_bad_input_stays_in_the_form(rehearsal: Rehearsal, ada: User, client_as: Signed) -> None:
    url = f"/w/acme/journeys/{rehearsal.journey_id}/rehearsals/new/"
    answer = client_as(ada).post(
        url, {"days": "4000", "reply_rate": "900", "click_rate": "0", "open_rate": "0"}
    )
    assert answer.status_code == 422
    assert Rehearsal.objects.count() == 1
