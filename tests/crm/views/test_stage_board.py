from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.actions import candidates
from crm.models import Candidate, Event, User, Workspace
from tests.factories import CandidateFactory, EventFactory

As = Callable[[User], Client]
BOARD = "/w/acme/candidates/board/"


@pytest.fixture
def nina(scope: Workspace) -> Candidate:
    made: Candidate = CandidateFactory.create(first_name="Nina", last_name="Able", stage="screening")
    return made


def test_each_stage_is_a_column_with_its_people(client_as: As, ada: User, nina: Candidate) -> None:
    CandidateFactory.create(first_name="Omar", last_name="Still", stage="")
    page = client_as(ada).get(BOARD).content.decode()
    screening = page.split('data-stage="screening"')[1].split('data-stage="interview_ready"')[0]
    assert "Nina Able" in screening
    assert "Omar" not in page


def test_a_person_is_moved_and_put_back(client_as: As, ada: User, nina: Candidate) -> None:
    client = client_as(ada)
    answer = client.post(f"/w/acme/candidates/{nina.pk}/stage/", {"stage": "interview_ready"})
    assert answer.status_code == 302
    assert Candidate.objects.get().stage == "interview_ready"
    moved = Event.objects.get(kind="stage.changed")
    assert (moved.data, moved.actor_id) == ({"from": "screening", "to": "interview_ready"}, ada.pk)
    client.post(client.session["toast"]["undo_url"])
    assert Candidate.objects.get().stage == "screening"


def test_every_move_is_kept_with_what_made_it(client_as: As, ada: User, nina: Candidate) -> None:
    client = client_as(ada)
    client.post(f"/w/acme/candidates/{nina.pk}/stage/", {"stage": "interview_ready"})
    EventFactory.create(
        kind="stage.changed", candidate=nina, data={"from": "screening", "to": "offer_ready", "by": "ats"}
    )
    candidates.set_stage(candidate_ids=[nina.pk], stage="initial_interest", means="journey")
    page = client.get("/w/acme/candidates/board/moves/").content.decode()
    for shown in ("by hand, Ada", "ATS progress", "a journey&#x27;s rule"):
        assert shown in page
    narrowed = client.get("/w/acme/candidates/board/moves/?stage=offer_ready").content.decode()
    assert "ATS progress" in narrowed
    assert "by hand" not in narrowed


def test_an_unknown_stage_is_refused(client_as: As, ada: User, nina: Candidate) -> None:
    assert (
        client_as(ada).post(f"/w/acme/candidates/{nina.pk}/stage/", {"stage": "married"}).status_code == 400
    )
    assert Candidate.objects.get().stage == "screening"


def test_a_hiring_manager_looks_but_does_not_move(client_as: As, harry: User, nina: Candidate) -> None:
    client = client_as(harry)
    assert "Nina Able" in client.get(BOARD).content.decode()
    assert client.post(f"/w/acme/candidates/{nina.pk}/stage/", {"stage": "screening"}).status_code == 403


def test_the_board_asks_as_much_for_three_as_for_one(client_as: As, ada: User, nina: Candidate) -> None:
    client = client_as(ada)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(BOARD)
        return len(captured)

    one = asked()
    CandidateFactory.create_batch(2, stage="screening", owner=ada)
    assert asked() == one
