import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Requisition, User, Workspace
from integrations.actions import deliveries, pushes, undoing
from integrations.models import Push, PushItem, SyncRun
from talentpools.models import ShortlistEntry
from tests.factories import CandidateFactory, RequisitionFactory

AS = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def requisition(workspace: Workspace, pull: Callable[..., SyncRun]) -> Requisition:
    pull()
    with workspace_scope(workspace.pk):
        found = Requisition.objects.filter(status="open").first()
        assert found is not None
        person = CandidateFactory.create(first_name="Zoë", last_name="Lindt", email="zoe@example.org")
        ShortlistEntry.objects.create(requisition=found, candidate=person)
        return found


def test_push_from_preflight_to_receipt(
    client_as: AS, ada: User, workspace: Workspace, requisition: Requisition
) -> None:
    client = client_as(ada)
    assert "Zoë Lindt" in client.get(f"/w/acme/requisitions/{requisition.pk}/push/").content.decode()

    url = client.post(f"/w/acme/requisitions/{requisition.pk}/push/").headers["Location"]
    assert client.get(f"{url}", headers=HTMX).status_code == 200
    with workspace_scope(workspace.pk):
        push = Push.objects.get()
    pushes.check(workspace_id=workspace.pk, push_id=push.pk)
    ready = client.get(f"{url}", headers=HTMX)
    assert ready.status_code == 286
    assert "Push 1 person" in ready.content.decode()
    client.post(f"{url}confirm/")
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    receipt = client.get(url).content.decode()
    assert "https://app.greenhouse.io/people/" in receipt
    assert "In the ATS" in receipt
    assert client.get(f"{url}", headers=HTMX).status_code == 286


def test_whom_the_hiring_manager_wants_is_offered_first(
    client_as: AS, ada: User, workspace: Workspace, requisition: Requisition
) -> None:
    with workspace_scope(workspace.pk):
        yes, no = (CandidateFactory.create(first_name=name, last_name="Able") for name in ("Yes", "No"))
        ShortlistEntry.objects.create(requisition=requisition, candidate=yes, verdict="yes")
        ShortlistEntry.objects.create(requisition=requisition, candidate=no, verdict="no")
    path = f"/w/acme/requisitions/{requisition.pk}/push/"
    page = client_as(ada).get(path).content.decode()
    assert "Yes Able" in page
    assert "No Able" not in page
    assert "No Able" in client_as(ada).get(f"{path}?who=").content.decode()
    assert _pushed(client_as(ada), workspace, requisition, {"who": "approved"}) == [yes.pk]
    assert len(_pushed(client_as(ada), workspace, requisition, {"who": ""})) == 3


def test_a_receipt_puts_whoever_needs_somebody_first_and_counts_the_rest(
    client_as: AS, ada: User, workspace: Workspace, requisition: Requisition
) -> None:
    client = client_as(ada)
    with workspace_scope(workspace.pk):
        names = ("Ann", "Bob", "Cid", "Dee")
        people = [CandidateFactory.create(first_name=name, last_name=name) for name in names]
        ShortlistEntry.objects.bulk_create(
            [ShortlistEntry(requisition=requisition, candidate=one) for one in people]
        )
    url = client.post(f"/w/acme/requisitions/{requisition.pk}/push/").headers["Location"]
    told = (
        ("Ann", "create", "done", ""),
        ("Bob", "create", "failed", "It did not answer."),
        ("Cid", "missing", "refused", ""),
        ("Dee", "attach", "done", ""),
    )
    with workspace_scope(workspace.pk):
        for name, verdict, state, failure in told:
            PushItem.objects.filter(candidate__first_name=name).update(
                verdict=verdict, state=state, failure=failure, finished_at=timezone.now(), detail="last_name"
            )
        PushItem.objects.filter(candidate__first_name="Zoë").update(verdict="conflict", state="refused")
        Push.objects.update(state="finished", finished_at=timezone.now())

    page = client.get(url).content.decode()
    order = re.findall(r'row-link person-name" href="[^"]+" [^>]+>(\w+)', page)
    assert order == ["Bob", "Cid", "Zoë", "Ann", "Dee"]
    for shown in ("1 person could not be pushed", "2 of 5 are in Greenhouse", "Failed 1", "Not sent 2"):
        assert shown in page
    assert "Fill it in" in page
    assert "say which it is" in page
    narrowed = client.get(f"{url}?show=failed").content.decode()
    assert "Bob" in narrowed
    assert "Dee" not in narrowed


def test_who_of_several_somebody_is_is_said_on_the_page(
    client_as: AS, ada: User, harry: User, mallory: User, workspace: Workspace, requisition: Requisition
) -> None:
    url = client_as(ada).post(f"/w/acme/requisitions/{requisition.pk}/push/").headers["Location"]
    with workspace_scope(workspace.pk):
        Push.objects.update(state="ready")
        PushItem.objects.update(state="checked", verdict="conflict", matches=["4711", "4812"])
        item = PushItem.objects.get()
    assert "It is 4711" in client_as(ada).get(url).content.decode()
    match = f"{url}people/{item.pk}/match/"
    for user, external_id, status in ((harry, "4711", 403), (mallory, "4711", 404), (ada, "9", 422)):
        assert client_as(user).post(match, {"external_id": external_id}).status_code == status

    assert client_as(ada).post(match, {"external_id": "4812"})["Location"] == url

    page = client_as(ada).get(url).content.decode()
    assert "To candidate 4812" in page
    assert "It is 4812" not in page
    assert "1 of 1 can be pushed" in page


def test_a_requisition_made_here_says_that_no_ats_knows_it(
    client_as: AS, ada: User, workspace: Workspace
) -> None:
    with workspace_scope(workspace.pk):
        own = RequisitionFactory.create()
        ShortlistEntry.objects.create(requisition=own, candidate=CandidateFactory.create())
    page = client_as(ada).get(f"/w/acme/requisitions/{own.pk}/push/").content.decode()
    assert "No ATS knows this requisition" in page
    assert "Start the pre-flight" not in page


def test_push_is_taken_back_from_its_page(
    client_as: AS, ada: User, harry: User, workspace: Workspace, requisition: Requisition
) -> None:
    with workspace_scope(workspace.pk):
        push = pushes.send(requisition=requisition, by=ada)
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)
    url = f"/w/acme/requisitions/pushes/{push.pk}/"
    assert "Take back" in client_as(ada).get(url).content.decode()

    assert client_as(harry).post(f"{url}undo/").status_code == 403
    assert client_as(ada).post(f"{url}undo/").status_code == 302
    assert client_as(ada).post(f"{url}undo/").status_code == 409
    assert "1 person to go" in client_as(ada).get(url).content.decode()
    undoing.run(workspace_id=workspace.pk, push_id=push.pk)

    page = client_as(ada).get(url).content.decode()
    assert "Taken back" in page
    assert undoing.NOTED in page


def test_confirm_before_the_verdicts_is_refused(
    client_as: AS, ada: User, workspace: Workspace, requisition: Requisition
) -> None:
    client = client_as(ada)
    url = client.post(f"/w/acme/requisitions/{requisition.pk}/push/").headers["Location"]

    assert client.post(f"{url}confirm/").status_code == 409
    with workspace_scope(workspace.pk):
        assert Push.objects.get().state == "checking"


def test_only_who_may_push(
    client_as: AS, harry: User, mallory: User, workspace: Workspace, requisition: Requisition
) -> None:
    url = f"/w/acme/requisitions/{requisition.pk}/push/"

    assert client_as(harry).get(url).status_code == 403
    assert client_as(mallory).get(url).status_code == 404
    assert client_as(harry).post(url).status_code == 403
    with workspace_scope(workspace.pk):
        assert Push.objects.count() == 0


def test_only_the_people_ticked_are_pushed(
    client_as: AS, ada: User, workspace: Workspace, requisition: Requisition
) -> None:
    with workspace_scope(workspace.pk):
        other = CandidateFactory.create(email="other@example.org")
        ShortlistEntry.objects.create(requisition=requisition, candidate=other, verdict="yes")
    zoe = _pushed(client_as(ada), workspace, requisition, {"all": "1", "query": "verdict=none&page=2"})
    assert zoe != [other.pk]
    assert _pushed(client_as(ada), workspace, requisition, {"ids": [other.pk]}) == [other.pk]
    everybody = _pushed(client_as(ada), workspace, requisition, {"all": "1", "query": "sort=name"})
    assert everybody == [*zoe, other.pk]


def _pushed(
    client: Client, workspace: Workspace, requisition: Requisition, body: dict[str, Any]
) -> list[int]:
    client.post(f"/w/acme/requisitions/{requisition.pk}/push/", body)
    with workspace_scope(workspace.pk):
        return sorted(Push.objects.latest("pk").items.values_list("candidate_id", flat=True))
