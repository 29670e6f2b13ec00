"""Every vendor takes a shortlist, and the same one again, without a second candidate or application."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, Event, Requisition
from integrations.actions import connections, deliveries, pushes, undoing
from integrations.models import ExternalRef, Push, PushItem
from talentpools.models import ShortlistEntry
from tests.factories import CandidateFactory, ContactPointFactory
from tests.integrations.conformance.accounts import Account

PEOPLE = 5


@pytest.fixture
def requisition(account: Account) -> Requisition:
    with workspace_scope(account.workspace.pk):
        found = Requisition.objects.filter(status="open").first()
        assert found is not None
        return found


def test_shortlist_arrives_once_however_often_it_is_pushed(
    account: Account, requisition: Requisition
) -> None:
    known = _somebody_known(account, requisition)
    people = [_shortlisted(account, requisition, f"new{number}@example.org") for number in range(PEOPLE)]
    world = account.simulator.world
    before = len(world.people), len(world.applications)

    first = _push(account, requisition)
    again = _push(account, requisition)

    with workspace_scope(account.workspace.pk):
        verdicts = dict(PushItem.objects.filter(push=first).values_list("candidate_id", "verdict"))
        assert verdicts == dict.fromkeys(people, "create") | {known: "attach"}
        assert set(PushItem.objects.filter(push=first).values_list("state", flat=True)) == {"done"}
        assert set(PushItem.objects.filter(push=again).values_list("verdict", flat=True)) == {"already_there"}
        assert Application.objects.filter(is_pushed=True).count() == PEOPLE + 1
    assert (len(world.people), len(world.applications)) == (before[0] + PEOPLE, before[1] + PEOPLE + 1)
    made = list(world.applications.values())[before[1] :]
    assert all(len(held.notes) == 1 and "rekindle" in held.person.tags for held in made)
    assert {held.source for held in made} == {"Rekindle"}


def test_answer_that_was_lost_makes_no_second_candidate(account: Account, requisition: Requisition) -> None:
    person = _shortlisted(account, requisition, "lost@example.org")
    account.simulator.faults.lose_write = 1
    push = _push(account, requisition)
    with workspace_scope(account.workspace.pk):
        assert PushItem.objects.get(candidate=person).state == "waiting"
        PushItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    deliveries.deliver(workspace_id=account.workspace.pk, push_id=push.pk)

    with workspace_scope(account.workspace.pk):
        item = PushItem.objects.get(candidate=person)
        assert (item.state, item.verdict) == ("done", "create")
    assert len(account.simulator.world.by_email("lost@example.org")) == 1


def test_pushed_people_come_back_as_themselves(account: Account, requisition: Requisition) -> None:
    person = _shortlisted(account, requisition, "back@example.org")
    _push(account, requisition)

    account.pull("incremental")

    with workspace_scope(account.workspace.pk):
        assert Application.objects.get(candidate=person).is_pushed
        assert Candidate.objects.filter(email="back@example.org").count() == 1


def test_push_is_taken_back_as_far_as_the_vendor_allows(account: Account, requisition: Requisition) -> None:
    known = _somebody_known(account, requisition)
    person = _shortlisted(account, requisition, "oops@example.org")
    push = _push(account, requisition)
    world, workspace = account.simulator.world, account.workspace
    account.simulator.faults.fail = 1

    for _ in range(2):
        with workspace_scope(workspace.pk), suppress(undoing.NothingToUndo):
            undoing.start(push=push, by=None)
        undoing.run(workspace_id=workspace.pk, push_id=push.pk)
        with workspace_scope(workspace.pk):
            PushItem.objects.filter(state="undoing").update(due_at=None)
    undoing.run(workspace_id=workspace.pk, push_id=push.pk)

    with workspace_scope(workspace.pk):
        items = {item.candidate_id: item for item in PushItem.objects.filter(push=push)}
        assert {items[known].state, items[person].state} == {"undone"}, items[person].failure
        assert Push.objects.get(pk=push.pk).state == "finished"
        assert not Application.objects.filter(is_pushed=True).exists()
        assert Event.objects.filter(kind="push.undone").count() == 2
    left = [held for held in world.applications.values() if held.person.email == "oops@example.org"]
    if items[person].detail == undoing.DELETED:
        assert left == []
        with workspace_scope(workspace.pk):
            assert Application.objects.get(candidate=person).outcome == "withdrawn"
    else:
        assert [sum("Taken back in Rekindle" in note for note in held.notes) for held in left] == [1]


def test_live_check_names_account_and_missing_rights(account: Account) -> None:
    verdict = connections.check(workspace_id=account.workspace.pk, connection_id=account.connection.pk)

    with workspace_scope(account.workspace.pk):
        account.connection.refresh_from_db()
    assert account.connection.state == "connected", account.connection.attention
    assert getattr(verdict, "missing", None) == ()


def _somebody_known(account: Account, requisition: Requisition) -> int:
    with workspace_scope(account.workspace.pk):
        busy = Application.objects.filter(requisition=requisition).values("candidate_id")
        refs = ExternalRef.objects.filter(kind="candidate").values("object_id")
        person = Candidate.objects.filter(pk__in=refs).exclude(pk__in=busy).order_by("pk")[0]
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)
        return int(person.pk)


def _shortlisted(account: Account, requisition: Requisition, email: str) -> int:
    with workspace_scope(account.workspace.pk):
        person = CandidateFactory.create(first_name="New", last_name="Person", email=email)
        if not person.contact_points.exists():
            ContactPointFactory.create(candidate=person, kind="email", value=email, normalized=email)
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)
        return int(person.pk)


def _push(account: Account, requisition: Requisition) -> Push:
    with workspace_scope(account.workspace.pk):
        push = pushes.send(requisition=requisition, by=None)
    deliveries.deliver(workspace_id=account.workspace.pk, push_id=push.pk)
    return push
