"""Fields of the ATS fill those of ours somebody chose: at once for what was read, and with every sync."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm.actions import custom_fields
from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, CustomField, Requisition, Workspace
from integrations.actions import deliveries, field_mappings, pushes, syncs
from integrations.actions.field_mappings import Choice
from integrations.models import Connection, ExternalRef, FieldMapping, PushItem, SyncRun
from talentpools.models import ShortlistEntry
from tests.factories import CandidateFactory
from tests.simulators.greenhouse import Simulator

Pull = Callable[..., SyncRun]
NOTICE = {"name": "Notice period", "type": "number", "value": 30}
TITLE = Choice("candidate", "said.current_title", "Title", "headline", "current_title")
VISA = Choice("candidate", "told.custom_fields.visa", "Visa", "custom.visa", "")
NOTICE_DAYS = Choice("candidate", "told.custom_fields.notice", "Notice period", "notice_days", "")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """As few as have somebody who applied twice among them."""
    started = Simulator(people=30, limit=10_000).start()
    yield started
    started.stop()


@pytest.fixture
def row(simulator: Simulator) -> dict[str, Any]:
    """Somebody whose record has fields the customer made up."""
    found: dict[str, Any] = next(iter(simulator.tables["candidates"].rows.values()))
    told = found["custom_fields"] | {
        "notice": NOTICE,
        "visa": {"name": "Visa", "type": "text", "value": "EU"},
    }
    simulator.tables["candidates"].change(found["id"], at=simulator.now(), custom_fields=told)
    return found


def test_what_was_read_follows_and_every_sync_after_it(
    workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull, row: dict[str, Any]
) -> None:
    pull()
    title = _person(workspace, row).current_title
    _own(workspace, "Visa", CustomField.Kind.TEXT)
    receipt = _save(workspace, connection, TITLE, VISA, NOTICE_DAYS)
    assert receipt is not None
    asked = len(simulator.requests)

    done = pull(run=receipt)

    person = _person(workspace, row)
    assert (person.headline, person.notice_days, person.custom) == (title, 30, {"visa": "EU"})
    assert person.current_title == ""
    assert (done.state, done.mode, len(simulator.requests)) == ("finished", "remap", asked)
    assert done.counts["candidate"]["changed"] == done.counts["candidate"]["read"] == 30
    told = row["custom_fields"] | {"visa": {"name": "Visa", "type": "text", "value": "UK"}}
    simulator.tables["candidates"].change(row["id"], at=simulator.now(), custom_fields=told, title="Chief")
    pull("incremental")
    person = _person(workspace, row)
    assert (person.headline, person.custom, person.current_title) == ("Chief", {"visa": "UK"}, "")
    again = pull()
    assert sum(counts["changed"] for counts in again.counts.values()) == again.counts["user"]["changed"]


def test_default_comes_back_with_what_the_ats_says(
    workspace: Workspace, connection: Connection, pull: Pull, row: dict[str, Any]
) -> None:
    pull()
    title = _person(workspace, row).current_title
    run = _save(workspace, connection, TITLE)
    pull(run=run)

    back = _save(
        workspace, connection, Choice(TITLE.record, TITLE.field, "Title", "current_title", TITLE.default)
    )
    pull(run=back)

    person = _person(workspace, row)
    assert (person.current_title, person.headline) == (title, title)
    with workspace_scope(workspace.pk):
        assert not FieldMapping.objects.exists()
        assert _save(workspace, connection) is None


def test_edited_here_is_kept_and_what_does_not_fit_is_named(
    workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull, row: dict[str, Any]
) -> None:
    pull()
    _own(workspace, "Visa", CustomField.Kind.NUMBER)
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    with workspace_scope(workspace.pk):
        Candidate.objects.filter(pk=_person(workspace, row).pk).update(
            notice_days=7, edited_fields={"notice_days": later}
        )

    done = pull(run=_save(workspace, connection, VISA, NOTICE_DAYS))

    assert _person(workspace, row).notice_days == 7
    assert [warning["sentence"] for warning in done.warnings] == ["Visa does not fit: “EU” is not a number."]


def test_applications_tell_of_their_person_and_the_newest_has_the_word(
    workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    held = simulator.tables["applications"].rows
    by_person: dict[int, list[dict[str, Any]]] = {}
    for one in held.values():
        by_person.setdefault(one["candidate_id"], []).append(one)
    two = next(rows for rows in by_person.values() if len(rows) > 1)
    ordered = sorted(two, key=lambda one: (one["created_at"], one["id"]))
    for number, one in enumerate(ordered):
        told = {"level": {"name": "Level", "type": "text", "value": f"L{number}"}}
        simulator.tables["applications"].change(one["id"], at=simulator.now(), custom_fields=told)
    _own(workspace, "Level", CustomField.Kind.TEXT)
    level = Choice("application", "told.custom_fields.level", "Level", "custom.level", "")
    source = Choice("application", "said.source", "Source", "", "source")
    _save(workspace, connection, level, source)

    pull()

    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=str(two[0]["candidate_id"]))
        person = Candidate.objects.get(pk=ref.object_id)
        assert person.custom == {"level": f"L{len(two) - 1}"}
        assert not Application.objects.exclude(source="").exists()


def test_jobs_are_mapped_too(workspace: Workspace, connection: Connection, pull: Pull) -> None:
    pull()
    kind = Choice("requisition", "told.custom_fields.employment_type", "Employment type", "department", "")
    off = Choice("requisition", "said.department", "Department", "", "department")

    pull(run=_save(workspace, connection, kind, off))

    with workspace_scope(workspace.pk):
        assert set(Requisition.objects.values_list("department", flat=True)) <= {"Full-time", ""}


def test_mapped_while_a_sync_runs_is_applied_after_it(
    workspace: Workspace, connection: Connection, pull: Pull, row: dict[str, Any]
) -> None:
    with workspace_scope(workspace.pk):
        running = syncs.start(connection=connection, mode="full")

    assert _save(workspace, connection, NOTICE_DAYS) is None

    pull(run=running)
    with workspace_scope(workspace.pk):
        due = SyncRun.objects.get(mode="remap")
    assert pull(run=due).state == "finished"
    assert _person(workspace, row).notice_days == 30


def test_two_fields_for_one_are_refused(workspace: Workspace, connection: Connection) -> None:
    double = Choice("application", "told.level", "Level", "notice_days", "")

    with pytest.raises(field_mappings.UnusableMapping) as refused:
        _save(workspace, connection, NOTICE_DAYS, double, Choice("candidate", "told.x", "X", "nothing", ""))

    assert refused.value.fields == {
        "application:told.level": "“Notice period” fills this already; leave one of them out.",
        "candidate:told.x": "There is no such field.",
    }
    with workspace_scope(workspace.pk):
        assert not FieldMapping.objects.exists()


def test_new_field_of_our_own_is_made_of_its_type(workspace: Workspace, connection: Connection) -> None:
    _save(workspace, connection, Choice("candidate", "told.score", "Score", "new", "", "number"))

    with workspace_scope(workspace.pk):
        made = CustomField.objects.get()
        assert (made.label, made.kind) == ("Score", "number")
        assert FieldMapping.objects.get().target == f"custom.{made.key}"


def test_push_takes_mapped_fields_along(
    workspace: Workspace, simulator: Simulator, connection: Connection, pull: Pull
) -> None:
    pull()
    _own(workspace, "Visa", CustomField.Kind.TEXT)
    _save(workspace, connection, VISA, TITLE)
    with workspace_scope(workspace.pk):
        requisition = Requisition.objects.filter(status="open")[0]
        person = CandidateFactory.create(
            email="zoe@example.org", headline="Poet", current_title="Clerk", custom={"visa": "EU"}
        )
        ShortlistEntry.objects.create(requisition=requisition, candidate=person)
        push = pushes.send(requisition=requisition, by=None)

    deliveries.deliver(workspace_id=workspace.pk, push_id=push.pk)

    with workspace_scope(workspace.pk):
        item = PushItem.objects.get()
    made = simulator.tables["candidates"].rows[int(item.external_candidate_id)]
    assert (made["title"], made["custom_fields"]) == ("Poet", {"visa": "EU"})


def _save(workspace: Workspace, connection: Connection, *choices: Choice) -> SyncRun | None:
    with workspace_scope(workspace.pk):
        return field_mappings.save(connection=connection, choices=choices, by=None)


def _own(workspace: Workspace, label: str, kind: str) -> None:
    with workspace_scope(workspace.pk):
        custom_fields.add(label=label, kind=kind)


def _person(workspace: Workspace, row: dict[str, Any]) -> Candidate:
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=str(row["id"]))
        return Candidate.objects.get(pk=ref.object_id)
