from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, DuplicatePair, Workspace
from integrations.models import ExternalRef, SyncRun
from tests.factories import CandidateFactory, ContactPointFactory
from tests.simulators.greenhouse import Simulator

Pull = Callable[..., SyncRun]


def test_field_edited_here_is_kept(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    pull()
    row = next(iter(simulator.tables["candidates"].rows.values()))
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=str(row["id"]))
        edited = {"current_title": timezone.now().isoformat()}
        Candidate.objects.filter(pk=ref.object_id).update(current_title="My words", edited_fields=edited)
    simulator.tables["candidates"].change(
        row["id"], at=simulator.now() - timedelta(hours=1), title="Theirs", company="New company"
    )

    pull()

    with workspace_scope(workspace.pk):
        person = Candidate.objects.get(pk=ref.object_id)
        assert (person.current_title, person.current_company) == ("My words", "New company")


def test_same_address_without_reference_is_linked(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    row = next(iter(simulator.tables["candidates"].rows.values()))
    known = _known(workspace, row["email_addresses"][0]["value"])

    pull()

    with workspace_scope(workspace.pk):
        assert ExternalRef.objects.get(kind="candidate", external_id=str(row["id"])).object_id == known
        assert Candidate.objects.count() == 60


def test_several_people_with_the_address_are_left_to_a_person(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    row = next(iter(simulator.tables["candidates"].rows.values()))
    known = {_known(workspace, row["email_addresses"][0]["value"]) for _ in range(2)}

    run = pull()

    with workspace_scope(workspace.pk):
        created = ExternalRef.objects.get(kind="candidate", external_id=str(row["id"])).object_id
        assert created not in known
        assert DuplicatePair.objects.filter(second_id=created).count() == 2
    assert str(row["id"]) in {warning["id"] for warning in run.warnings}


def test_two_records_with_one_address_stay_two_people(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    first, second, *_ = simulator.tables["candidates"].rows.values()
    second["email_addresses"] = first["email_addresses"]

    pull()

    with workspace_scope(workspace.pk):
        ids = [str(first["id"]), str(second["id"])]
        refs = ExternalRef.objects.filter(kind="candidate", external_id__in=ids)
        assert len({ref.object_id for ref in refs}) == 2
        assert DuplicatePair.objects.count() == 1


def test_erased_person_does_not_come_back(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    pull()
    row = next(iter(simulator.tables["candidates"].rows.values()))
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=str(row["id"]))
        Candidate.objects.filter(pk=ref.object_id).update(
            anonymized_at=timezone.now(), first_name="", email=""
        )
    simulator.tables["candidates"].change(row["id"], at=simulator.now(), title="Changed")

    run = pull()

    assert run.counts["candidate"]["skipped"] == 1
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get(pk=ref.object_id).first_name == ""
        assert Candidate.objects.count() == 60


def test_merged_person_receives_what_the_ats_says(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    pull()
    row = next(iter(simulator.tables["candidates"].rows.values()))
    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=str(row["id"]))
        survivor = CandidateFactory.create(email="survivor@example.org")
        Candidate.objects.filter(pk=ref.object_id).update(merged_into=survivor)
    simulator.tables["candidates"].change(row["id"], at=simulator.now(), title="Chief of Staff")

    pull("incremental")

    with workspace_scope(workspace.pk):
        assert Candidate.objects.get(pk=survivor.pk).current_title == "Chief of Staff"
        assert ExternalRef.objects.get(pk=ref.pk).object_id == ref.object_id


def _known(workspace: Workspace, address: str) -> int:
    with workspace_scope(workspace.pk):
        person = CandidateFactory.create(email=address)
        if not person.contact_points.exists():
            ContactPointFactory.create(candidate=person, kind="email", value=address, normalized=address)
        return int(person.pk)
