from typing import Any

import pytest

from crm.actions import bulk_changes
from crm.models import ListRun, User
from crm.views import candidates as views
from journeys.actions.bulk_enrollments import NoJourney
from journeys.models import Enrollment
from tests.factories import CandidateFactory
from tests.factories.journeys import ReachableFactory, message

BULK = "/w/acme/candidates/bulk/"


def test_the_bulk_bar_enrolls_says_who_was_left_out_and_undoes(
    publish: Any, client_as: Any, ada: User, monkeypatch: pytest.MonkeyPatch, on_commit: Any
) -> None:
    journey = publish(message())
    people = [*ReachableFactory.create_batch(3), CandidateFactory.create(email="", email_state="none")]
    client = client_as(ada)
    assert "Keep in touch" in client.get("/w/acme/journeys/choice/").text
    asked = {"ids": [one.pk for one in people], "action": "enroll", "journey": str(journey.pk)}

    client.post(BULK, asked)
    sentence, undo = (client.session["toast"][key] for key in ("sentence", "undo_url"))
    inside = Enrollment.objects.filter(state="active")
    assert inside.count() == 3
    assert sentence.startswith("3 enrolled. 1 not: 1 × ")
    client.post(undo)
    assert not inside.exists()

    monkeypatch.setattr(views, "IN_ONE_GO", 2)
    with on_commit():
        others = {"ids": [one.pk for one in (*ReachableFactory.create_batch(3), people[-1])]}
        page = client.post(BULK, asked | others)["Location"]
    assert (ListRun.objects.get().state, inside.count()) == ("finished", 3)
    assert "3 enrolled. 1 not:" in client.get(page).text
    with on_commit():
        client.post(f"{page}undo/")
    assert not inside.exists()


def test_enrolling_nowhere_or_without_the_right_is_refused(
    publish: Any, client_as: Any, ada: User, harry: User
) -> None:
    journey, person = publish(message()), ReachableFactory.create()

    for given in ("", "x", "9" * 30):
        with pytest.raises(NoJourney):
            bulk_changes.make("enroll", candidate_ids=[person.pk], params={"journey": given}, by=ada)
    asked = {"ids": [person.pk], "action": "enroll", "journey": str(journey.pk)}
    assert client_as(harry).post(BULK, asked).status_code == 403
    assert not Enrollment.objects.exists()
