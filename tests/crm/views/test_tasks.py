from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from crm.actions import ownership
from crm.models import Candidate, Promise, Task, User
from tests.factories import CandidateFactory
from tests.factories.journeys import ReachableFactory

pytestmark = pytest.mark.usefixtures("scope")
ClientAs = Callable[[User], Client]


@pytest.fixture
def person(clock: time_machine.Traveller) -> Candidate:
    return ReachableFactory.create(time_zone="America/New_York")


def test_a_task_is_made_on_the_persons_clock_put_off_and_done(
    ada: User, client_as: ClientAs, person: Candidate
) -> None:
    client, url = client_as(ada), f"/w/acme/candidates/{person.pk}/"
    given = {
        "title": "Call",
        "due_on": "2026-06-15",
        "due_time": "09:00",
        "zone": "theirs",
        "repeats": "weekly",
    }
    client.post(f"{url}tasks/", given)
    task = Task.objects.get()
    assert task.due_at is not None
    assert (task.due_at.hour, task.repeats, task.assignee) == (13, "weekly", ada)
    assert "Call" in client.get("/w/acme/").content.decode()
    client.post(f"/w/acme/tasks/{task.pk}/snooze/", {"until": "tomorrow", "from": "today"})
    task.refresh_from_db()
    assert str(task.due_on) == "2026-06-16"
    assert client.post(f"/w/acme/tasks/{task.pk}/snooze/", {"until": "never"}).status_code == 422
    client.post(f"/w/acme/tasks/{task.pk}/completion/")
    assert str(Task.objects.get(done_at=None).due_on) == "2026-06-23"


def test_a_task_needs_a_day_to_repeat_and_a_colleague_to_be_given_to(
    ada: User, grace: User, client_as: ClientAs
) -> None:
    client = client_as(ada)
    wrong = client.post("/w/acme/tasks/", {"title": "Tidy", "repeats": "daily"})
    assert (wrong.status_code, Task.objects.count()) == (422, 0)
    client.post("/w/acme/tasks/", {"title": "Tidy", "assignee": str(grace.pk)})
    task = Task.objects.get()
    assert task.assignee == grace
    client.post(f"/w/acme/tasks/{task.pk}/assignment/", {"assignee": str(ada.pk)})
    task.refresh_from_db()
    assert task.assignee == ada
    assert client.post(f"/w/acme/tasks/{task.pk}/assignment/", {"assignee": "999999"}).status_code == 422


def test_a_promise_shows_on_the_profile_and_on_today_until_it_is_kept(
    ada: User, client_as: ClientAs, person: Candidate
) -> None:
    client, url = client_as(ada), f"/w/acme/candidates/{person.pk}/"
    client.post(f"{url}promises/", {"text": "the team's answer", "due_on": "2026-06-16"})
    promise = Promise.objects.get()
    for page in (url, "/w/acme/"):
        assert "the team&#x27;s answer" in client.get(page).content.decode()
    client.post(f"/w/acme/promises/{promise.pk}/outcome/", {"outcome": "kept", "from": "today"})
    promise.refresh_from_db()
    assert promise.outcome == "kept"
    client.post(client.session["toast"]["undo_url"])
    promise.refresh_from_db()
    assert promise.outcome == "open"
    assert client.post(f"/w/acme/promises/{promise.pk}/outcome/", {"outcome": "x"}).status_code == 422


def test_a_relation_is_taken_handed_over_and_named_to_others(
    ada: User, grace: User, client_as: ClientAs, person: Candidate
) -> None:
    client, url = client_as(ada), f"/w/acme/candidates/{person.pk}/"
    client.post(f"{url}ownership/", {"action": "take"})
    assert "Ada is in touch with this person" in client_as(grace).get(f"{url}messages/new/").content.decode()
    assert client_as(grace).post(f"{url}ownership/", {"action": "take"}).status_code == 409
    assert client.post(f"{url}ownership/", {"action": "hand_over", "to": "0"}).status_code == 422
    for action in ("extend", "release"):
        assert client.post(f"{url}ownership/", {"action": action}).status_code == 302
    ownership.take(candidate=person, by=ada)
    client.post(f"{url}ownership/", {"action": "hand_over", "to": str(grace.pk)})
    person.refresh_from_db()
    assert person.owner == grace


def test_an_outsider_finds_none_of_it(mallory: User, ana: User, client_as: ClientAs) -> None:
    other = CandidateFactory.create()
    assert client_as(mallory).post(f"/w/acme/candidates/{other.pk}/promises/").status_code == 404
    assert client_as(ana).post("/w/acme/tasks/", {"title": "x"}).status_code == 403
