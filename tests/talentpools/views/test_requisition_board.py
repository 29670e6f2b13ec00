from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Event, Requisition, User, Workspace
from tests.factories import RequisitionFactory

As = Callable[[User], Client]
BOARD = "/w/acme/requisitions/board/"


@pytest.fixture
def designer(scope: Workspace) -> Requisition:
    made: Requisition = RequisitionFactory.create(title="Designer", status="open")
    return made


def _column(page: str, status: str) -> str:
    return page.split(f'data-stage="{status}"')[1].split("</section>")[0]


def test_each_status_is_a_column_and_says_who_tells(client_as: As, ada: User, designer: Requisition) -> None:
    theirs = {"read_from": "Greenhouse", "read_at": timezone.now()}
    RequisitionFactory.create(title="Nurse", status="cancelled", closed_at=timezone.now(), **theirs)
    RequisitionFactory.create(title="Pilot", status="closed")

    page = client_as(ada).get(BOARD).content.decode()

    assert "Designer" in _column(page, "open")
    assert "made here" in _column(page, "open")
    closed = _column(page, "closed")
    assert ("Nurse" in closed, "Pilot" in closed, "Greenhouse, " in closed) == (True, True, True)
    assert closed.count("data-move") == 1
    assert "Designer" not in client_as(ada).get(f"{BOARD}?q=nurse").content.decode()
    assert "Pilot" not in client_as(ada).get(f"{BOARD}?opened=30&q=nurse").content.decode()


def test_what_was_made_here_is_moved_and_put_back(client_as: As, ada: User, designer: Requisition) -> None:
    client = client_as(ada)
    assert (
        client.post(f"/w/acme/requisitions/{designer.pk}/status/", {"status": "on_hold"}).status_code == 302
    )
    designer.refresh_from_db()
    assert (designer.status, designer.holds.filter(ended_at=None).count()) == ("on_hold", 1)
    assert Event.objects.get(kind="requisition.held").actor_id == ada.pk

    client.post(client.session["toast"]["undo_url"])

    designer.refresh_from_db()
    assert (designer.status, designer.holds.filter(ended_at=None).count()) == ("open", 0)


def test_what_an_ats_tells_of_stays_where_it_is(
    client_as: As, ada: User, harry: User, mallory: User, designer: Requisition
) -> None:
    url = f"/w/acme/requisitions/{designer.pk}/status/"
    assert client_as(ada).post(url, {"status": "married"}).status_code == 400
    assert client_as(harry).post(url, {"status": "closed"}).status_code == 403
    assert client_as(mallory).post(url, {"status": "closed"}).status_code == 404
    Requisition.objects.update(read_from="Lever")

    refused = client_as(ada).post(url, {"status": "closed"})

    assert refused.status_code == 409
    assert "Lever says what the status" in refused.content.decode()
    designer.refresh_from_db()
    assert designer.status == "open"


def test_board_asks_as_much_for_three_as_for_one(client_as: As, ada: User, designer: Requisition) -> None:
    client = client_as(ada)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(BOARD)
        return len(captured)

    one = asked()
    for _ in range(2):
        RequisitionFactory.create(status="open", recruiter=ada)
    assert asked() == one
