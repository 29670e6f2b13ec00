from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm.actions import erasures, merges
from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, Event, Requisition, User, Workspace
from integrations.actions import deliveries, pushes
from integrations.models import ExternalRef, Push, PushItem, SyncRun
from integrations.providers.base import Retryable
from talentpools.models import ShortlistEntry
from tests.factories import CandidateFactory, ContactPointFactory, RequisitionFactory
from tests.simulators.greenhouse import Simulator

Pull = Callable[..., SyncRun]


@pytest.fixture
def requisition(workspace: Workspace, simulator: Simulator, pull: Pull) -> Requisition:
    pull()
    with workspace_scope(workspace.pk):
        found = Requisition.objects.filter(status="open").first()
        assert found is not None
        return found


def test_new_person_becomes_candidate_and_application(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "Zoë", "Lindt", "zoe.lindt@example.org")

    push = _push(workspace, requisition)

    item = _items(workspace, push)[person]
    assert (item.state, item.verdict) == ("done", "create")
    created = simulator.tables["candidates"].rows[int(item.external_candidate_id)]
    assert created["email_addresses"] == [{"value": "zoe.lindt@example.org", "type": "personal"}]
    assert "rekindle" in created["tags"]
    application = simulator.tables["applications"].rows[int(item.external_application_id)]
    assert application["candidate_id"] == created["id"]
    assert len(simulator.tables["notes"].where("application_id", application["id"])) == 1
    assert item.url.endswith(f"/people/{created['id']}?application_id={application['id']}")
    with workspace_scope(workspace.pk):
        ours = Application.objects.get(candidate_id=person, requisition=requisition)
        assert ours.is_pushed
        assert Event.objects.filter(kind="push.delivered", candidate_id=person).count() == 1
        assert Push.objects.get(pk=push.pk).state == "finished"


def test_pushing_twice_makes_one(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "Zoë", "Lindt", "zoe.lindt@example.org")
    _push(workspace, requisition)
    before = _sizes(simulator)

    again = _push(workspace, requisition)

    assert _items(workspace, again)[person].verdict == "already_there"
    assert _items(workspace, again)[person].state == "done"
    assert _sizes(simulator) == before
    with workspace_scope(workspace.pk):
        assert Application.objects.filter(candidate_id=person).count() == 1


def test_whole_shortlist_goes_over_one_connection(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    for number in range(3):
        _shortlisted(workspace, requisition, "New", "Person", f"new{number}@example.org")
    opened, asked = simulator.connections, len(simulator.requests)

    _push(workspace, requisition)

    assert simulator.connections == opened + 1
    assert simulator.requests[asked:].count(("GET", "/v3/jobs")) == 1
    # Each: who they are, the candidate, the application it came with, the note, the tag.
    assert len(simulator.requests) - asked <= 3 * 5 + 4


def test_known_candidate_gets_an_application(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    with workspace_scope(workspace.pk):
        busy = Application.objects.filter(requisition=requisition).values("candidate_id")
        person = Candidate.objects.exclude(pk__in=busy).order_by("pk")[0]
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)
    before = len(simulator.tables["candidates"].rows)

    push = _push(workspace, requisition)

    assert _items(workspace, push)[person.pk].verdict == "attach"
    assert len(simulator.tables["candidates"].rows) == before


def test_application_that_comes_back_by_sync_stays_ours(
    workspace: Workspace, requisition: Requisition, pull: Pull
) -> None:
    person = _shortlisted(workspace, requisition, "Zoë", "Lindt", "zoe.lindt@example.org")
    _push(workspace, requisition)

    pull("incremental")

    with workspace_scope(workspace.pk):
        ours = Application.objects.get(candidate_id=person)
        assert ours.is_pushed
        assert ours.current_stage == "applied"
        assert Candidate.objects.filter(email="zoe.lindt@example.org").count() == 1


def test_preflight_names_every_verdict(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    fresh = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    nameless = _shortlisted(workspace, requisition, "Mono", "", "mono@example.org")
    twins = _shortlisted(workspace, requisition, "Twin", "One", "twin@example.org")
    for _ in range(2):
        row: dict[str, Any] = {"first_name": "T", "last_name": "O"}
        row |= {"email_addresses": [{"value": "twin@example.org", "type": "work"}]}
        simulator.writer.create_candidate(row, simulator.now())
    before = _sizes(simulator)

    push = _preflight(workspace, requisition)

    items = _items(workspace, push)
    told = {pk: (item.verdict, item.detail, item.state) for pk, item in items.items()}
    assert told[fresh] == ("create", "", "checked")
    assert told[nameless] == ("missing", "last_name", "checked")
    assert told[twins][0] == "conflict"
    assert _sizes(simulator) == before
    with workspace_scope(workspace.pk):
        assert Push.objects.get(pk=push.pk).state == "ready"


def test_which_of_several_it_is_can_be_said(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "Twin", "One", "twin@example.org")
    row: dict[str, Any] = {"first_name": "T", "last_name": "O"}
    row |= {"email_addresses": [{"value": "twin@example.org", "type": "work"}]}
    for _ in range(2):
        simulator.writer.create_candidate(dict(row), simulator.now())
    push = _preflight(workspace, requisition)
    item = _items(workspace, push)[person]
    assert item.matches is not None
    first, second = item.matches

    with workspace_scope(workspace.pk):
        with pytest.raises(pushes.NoSuchMatch):
            pushes.choose_match(item=item, external_id="1", by=None)
        for chosen in (first, second, second):
            item = pushes.choose_match(item=item, external_id=chosen, by=None)
        assert (item.verdict, item.detail) == ("attach", f"To candidate {second}, as somebody here chose.")
        pushes.confirm(push=push, by=None)
        with pytest.raises(pushes.NotReady):
            pushes.choose_match(item=item, external_id=first, by=None)
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    item = _items(workspace, push)[person]
    assert (item.state, item.verdict, item.external_candidate_id) == ("done", "attach", second)
    made = simulator.tables["applications"].rows[int(item.external_application_id)]
    assert made["candidate_id"] == int(second)
    with workspace_scope(workspace.pk):
        told = Event.objects.filter(kind="push.match_chosen").order_by("pk").values_list("data", flat=True)
        assert [data["external_id"] for data in told] == [first, second]


def test_confirmed_preflight_sends_only_whom_it_let_through(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    fresh = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    nameless = _shortlisted(workspace, requisition, "Mono", "", "mono@example.org")
    push = _preflight(workspace, requisition)
    before = len(simulator.tables["candidates"].rows)

    with workspace_scope(workspace.pk):
        pushes.confirm(push=push, by=None)
        pushes.confirm(push=push, by=None)
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    states = {pk: item.state for pk, item in _items(workspace, push).items()}
    assert states == {fresh: "done", nameless: "refused"}
    assert len(simulator.tables["candidates"].rows) == before + 1


def test_closed_requisition_is_forbidden(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="requisition", object_id=requisition.pk)
    simulator.tables["jobs"].change(int(ref.external_id), at=simulator.now(), status="closed")

    push = _preflight(workspace, requisition)

    item = _items(workspace, push)[person]
    assert (item.verdict, item.detail) == ("forbidden", "The requisition is not open in the ATS.")


def test_missing_right_refuses_the_person(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    simulator.faults.denied = {"candidates:write"}

    push = _push(workspace, requisition)

    item = _items(workspace, push)[person]
    assert (item.state, item.verdict) == ("refused", "forbidden")
    assert "harvest:candidates:create" in item.detail


def test_cut_off_after_the_create_is_finished_without_a_second_one(
    workspace: Workspace, simulator: Simulator, requisition: Requisition, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    before = len(simulator.tables["candidates"].rows)
    create = simulator.writer.create_note
    calls: list[int] = []

    def breaks(body: Any, at: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError  # the handler dies without an answer
        return create(body, at)

    monkeypatch.setattr(simulator.writer, "create_note", breaks)
    push = _push(workspace, requisition)
    assert _items(workspace, push)[person].state == "waiting"
    with workspace_scope(workspace.pk):
        PushItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    item = _items(workspace, push)[person]
    assert (item.state, item.verdict, item.attempt) == ("done", "create", 2)
    assert len(simulator.tables["candidates"].rows) == before + 1
    assert len(simulator.tables["notes"].rows) == 1
    with workspace_scope(workspace.pk):
        assert Application.objects.get(candidate_id=person).is_pushed


def test_both_answers_to_a_create_are_understood(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    simulator.faults.wrap_candidates = True
    person = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")

    push = _push(workspace, requisition)

    assert _items(workspace, push)[person].external_application_id


def test_outage_is_retried_and_then_shown(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    simulator.faults.fail = 10_000
    push = _push(workspace, requisition)
    for _ in range(deliveries.MOST_ATTEMPTS):
        with workspace_scope(workspace.pk):
            PushItem.objects.filter(state="waiting").update(due_at=None)
        deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    assert _items(workspace, push)[person].state == "failed"
    assert _items(workspace, push)[person].failure == "Greenhouse answered 500."
    simulator.faults.fail = 0
    with workspace_scope(workspace.pk):
        pushes.retry(push=Push.objects.get(pk=push.pk))
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)
    assert _items(workspace, push)[person].state == "done"


def test_preflight_during_an_outage_says_so_and_waits(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    person = _shortlisted(workspace, requisition, "New", "Person", "new@example.org")
    simulator.faults.fail = 10_000
    with pytest.raises(Retryable):
        _preflight(workspace, requisition)
    with workspace_scope(workspace.pk):
        push = Push.objects.get()
    assert _items(workspace, push)[person].failure == "Greenhouse answered 500."

    simulator.faults.fail = 0
    pushes.check(workspace_id=workspace.pk, push_id=push.pk)

    item = _items(workspace, push)[person]
    assert (item.state, item.verdict, item.failure) == ("checked", "create", "")


def test_what_happens_between_preflight_and_push_is_followed(
    workspace: Workspace, simulator: Simulator, requisition: Requisition
) -> None:
    names = ("Twin", "Same", "Moved", "Gone", "Off", "Stays")
    ids = {name: _shortlisted(workspace, requisition, name, "Ray", f"{name}@mail.example") for name in names}
    push = _preflight(workspace, requisition)
    with workspace_scope(workspace.pk):
        people = Candidate.objects.in_bulk(ids.values())
        kept = CandidateFactory.create(first_name="Kept", last_name="Ray", email="kept@mail.example")
        merges.Merge(people[ids["Twin"]], people[ids["Same"]]).run()
        merges.Merge(kept, people[ids["Moved"]]).run()
        erasures.erase(candidate=people[ids["Gone"]])
        ShortlistEntry.objects.filter(candidate_id=ids["Off"]).delete()
        pushes.confirm(push=push, by=None)
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    items = _items(workspace, push)
    told = {person: (item.state, item.detail) for person, item in items.items()}
    assert told == {
        ids["Twin"]: ("done", ""),
        ids["Same"]: ("refused", "The same person as Twin Ray, who is on this push."),
        kept.pk: ("done", ""),
        ids["Off"]: ("refused", "Taken off the shortlist since the pre-flight."),
        ids["Stays"]: ("done", ""),
    }
    made = [row["first_name"] for row in simulator.tables["candidates"].rows.values()]
    assert [made.count(name) for name in ("Twin", "Same", "Kept", "Gone", "Off", "Stays")] == [
        1,
        0,
        1,
        0,
        0,
        1,
    ]


def test_pressed_twice_is_one_preflight_and_a_colleague_keeps_theirs(
    workspace: Workspace, requisition: Requisition, ada: User, grace: User
) -> None:
    _shortlisted(workspace, requisition, "Zoë", "Lindt", "zoe.lindt@example.org")
    with workspace_scope(workspace.pk):
        first = pushes.prepare(requisition=requisition, by=ada)
        assert pushes.prepare(requisition=requisition, by=ada) == first
        hers = pushes.prepare(requisition=requisition, by=grace)
    pushes.check(workspace_id=workspace.pk, push_id=first.pk)
    with workspace_scope(workspace.pk):
        later = pushes.prepare(requisition=requisition, by=ada)
        assert set(Push.objects.values_list("pk", flat=True)) == {hers.pk, later.pk}
    pushes.check(workspace_id=workspace.pk, push_id=first.pk)


def test_requisition_made_here_cannot_be_pushed(workspace: Workspace) -> None:
    with workspace_scope(workspace.pk):
        own = RequisitionFactory.create()
        with pytest.raises(pushes.NotFromAts):
            pushes.prepare(requisition=own, by=None)
        assert Push.objects.count() == 0


def test_empty_shortlist_is_refused(workspace: Workspace, requisition: Requisition) -> None:
    with workspace_scope(workspace.pk):
        with pytest.raises(pushes.NobodyToPush):
            pushes.prepare(requisition=requisition, by=None)
        assert Push.objects.count() == 0


def _shortlisted(workspace: Workspace, requisition: Requisition, first: str, last: str, email: str) -> int:
    with workspace_scope(workspace.pk):
        person = CandidateFactory.create(first_name=first, last_name=last, email=email)
        if not person.contact_points.exists():
            ContactPointFactory.create(candidate=person, kind="email", value=email, normalized=email)
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)
        return int(person.pk)


def _preflight(workspace: Workspace, requisition: Requisition) -> Push:
    with workspace_scope(workspace.pk):
        push = pushes.prepare(requisition=requisition, by=None)
    pushes.check(workspace_id=workspace.pk, push_id=push.pk)
    return push


def _push(workspace: Workspace, requisition: Requisition) -> Push:
    with workspace_scope(workspace.pk):
        push = pushes.send(requisition=requisition, by=None)
    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)
    return push


def _items(workspace: Workspace, push: Push) -> dict[int, PushItem]:
    with workspace_scope(workspace.pk):
        return {item.candidate_id: item for item in PushItem.objects.filter(push=push.pk)}


def _sizes(simulator: Simulator) -> dict[str, int]:
    return {name: len(simulator.tables[name].rows) for name in ("candidates", "applications", "notes")}
