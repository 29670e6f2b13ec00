from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.actions import events
from crm.models import Candidate, User
from journeys.actions import reactions
from journeys.models import Enrollment, StepRun
from tests.factories import ApplicationFactory, MessageFactory, RequisitionFactory
from tests.factories.journeys import ReachableFactory, message
from tests.journeys.conftest import Publish

Signed = Callable[[User], Client]
LIST = "/w/acme/journeys/rejections/"


@pytest.fixture
def rejected(publish: Publish) -> Candidate:
    publish(message(after={"days": 3}), {"id": "e", "type": "end"}, trigger={"on": "application.rejected"})
    person: Candidate = ReachableFactory.create(first_name="Nina", last_name="Able")
    role = RequisitionFactory.create(title="Platform engineer")
    ApplicationFactory.create(
        candidate=person, requisition=role, outcome="rejected", ended_at=timezone.now(),
        rejection_reason_text="Headcount frozen",
    )  # fmt: skip
    events.record("application.rejected", candidate=person)
    reactions.follow(now=timezone.now())
    return person


def test_recruiter_says_no_before_anything_is_written(
    client_as: Signed, ada: User, harry: User, mallory: User, rejected: Candidate
) -> None:
    client, enrollment = client_as(ada), Enrollment.objects.get(state="active")
    assert enrollment.due_at
    assert enrollment.due_at > timezone.now() + timedelta(days=2)
    for page in (LIST, f"{LIST}today/"):
        text = client.get(page).content.decode()
        assert [shown in text for shown in ("Nina Able", "Platform engineer", "Headcount frozen")] == [
            True
        ] * 3
    url = f"/w/acme/enrollments/{enrollment.pk}/veto/"
    assert client_as(harry).post(url).status_code == 403
    assert client_as(mallory).post(url).status_code == 404

    assert client.post(url).status_code == 302

    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.exit_reason) == ("exited", "manual")
    undo = client.session["toast"]["undo_url"]
    assert "Nina Able" not in client.get(f"{LIST}today/").content.decode()
    client.post(undo)
    enrollment.refresh_from_db()
    assert enrollment.state == "active"


def test_several_are_said_no_to_at_once_and_it_is_taken_back(
    client_as: Signed, ada: User, harry: User, mallory: User, rejected: Candidate
) -> None:
    other: Candidate = ReachableFactory.create(first_name="Omar", last_name="Able")
    events.record("application.rejected", candidate=other)
    reactions.follow(now=timezone.now())
    ids = list(Enrollment.objects.order_by("pk").values_list("pk", flat=True))
    url, client = f"{LIST}vetoes/", client_as(ada)
    assert client_as(harry).post(url, {"all": "1"}).status_code == 403
    assert client_as(mallory).post(url, {"all": "1"}).status_code == 404

    client.post(url, {"ids": [ids[0], 10**9]})
    assert _states() == ["exited", "active"]
    client.post(url, {"all": "1", "ids": []})
    assert _states() == ["exited", "exited"]
    toast = client.session["toast"]
    assert toast["sentence"] == "1 person will not hear from us."

    assert client_as(harry).post(toast["undo_url"]).status_code == 403
    client.post(toast["undo_url"])
    assert _states() == ["exited", "active"]
    client.post(toast["undo_url"])
    assert client.session["toast"]["sentence"] == "0 people wait again."


def _states() -> list[str]:
    return list(Enrollment.objects.order_by("pk").values_list("state", flat=True))


def test_whoever_was_written_to_is_not_asked_about(client_as: Signed, ada: User, rejected: Candidate) -> None:
    enrollment = Enrollment.objects.get()
    StepRun.objects.create(
        enrollment=enrollment, journey=enrollment.journey, step_id="m1", visit=1, kind="message",
        state="done", message=MessageFactory.create(candidate=rejected), started_at=timezone.now(),
    )  # fmt: skip

    assert "Nina Able" not in client_as(ada).get(LIST).content.decode()
    assert client_as(ada).post(f"/w/acme/enrollments/{enrollment.pk}/veto/").status_code == 404
