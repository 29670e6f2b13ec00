"""What is deleted, merged or anonymized in the ATS converges by the weekly full comparison."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, Event, RequisitionHold
from integrations.actions import syncs
from integrations.models import Connection, ExternalRef, RawRecord, SyncRun
from tests.integrations.conformance.accounts import Account, counted


def test_deleted_and_merged_records_converge(account: Account) -> None:
    world, at = account.simulator.world, account.simulator.now()
    people = list(world.people.values())
    with workspace_scope(account.workspace.pk):
        before = Candidate.objects.count()
    gone, merged = people[0], people[1]
    jobs = {held.job.id for held in world.of_person(merged)}
    kept = next(one for one in people[2:] if not jobs & {held.job.id for held in world.of_person(one)})
    number = gone.id
    world.delete_person(gone, at)
    world.merge(merged, kept, at)

    run = account.pull()

    assert account.difference() == []
    assert counted(run, "removed") >= 2
    assert any("no longer listed" in warning["sentence"] for warning in run.warnings)
    with workspace_scope(account.workspace.pk):
        assert Candidate.objects.count() == before
        assert Event.objects.filter(kind="candidate.removed_in_ats").count() == 2
        assert not ExternalRef.objects.filter(kind="candidate", external_id=number).exists()
        assert not RawRecord.objects.filter(kind="candidate", external_id=number).exists()
        left = Application.objects.exclude(
            pk__in=ExternalRef.objects.filter(kind="application").values("object_id")
        )
        assert not left.filter(outcome="active").exists()
    assert counted(account.pull(), "removed") == 0


def test_anonymized_person_is_let_go_and_kept_here(account: Account) -> None:
    if not account.simulator.tells_anonymized:
        pytest.skip("It only blanks the fields, or says so by webhook.")
    world, at = account.simulator.world, account.simulator.now()
    person = next(iter(world.people.values()))
    email = person.email
    with workspace_scope(account.workspace.pk):
        ours = Candidate.objects.get(email=email)
    world.anonymize(person, at)

    account.pull()

    assert account.difference() == []
    with workspace_scope(account.workspace.pk):
        assert Candidate.objects.get(pk=ours.pk).email == email
        assert not ExternalRef.objects.filter(kind="candidate", object_id=ours.pk).exists()
        assert not Application.objects.filter(candidate=ours, outcome="active").exists()
        told = Event.objects.filter(kind="candidate.removed_in_ats", candidate=ours)
        assert told.count() == 1


def test_much_that_is_gone_at_once_waits_for_a_person(account: Account) -> None:
    world, at = account.simulator.world, account.simulator.now()
    for held in list(world.applications.values())[:30]:
        world.delete_application(held, at)

    run = account.pull()

    # A list of deletions is believed; what is merely missing is not.
    with workspace_scope(account.workspace.pk):
        assert run.cursor.get("removals_held")
        confirmed = syncs.start(connection=account.connection, mode="full", confirms_removals=True)
    account.pull(run=confirmed)
    with workspace_scope(account.workspace.pk):
        numbers = ExternalRef.objects.filter(kind="application").count()
    assert numbers == len(world.applications)


def test_comparison_is_due_once_a_week(account: Account) -> None:
    now = timezone.now()
    for age, mode in ((timedelta(days=1), "incremental"), (timedelta(days=8), "full")):
        with workspace_scope(account.workspace.pk):
            SyncRun.objects.filter(state="finished").update(finished_at=now - age)
            SyncRun.objects.filter(state="waiting").delete()
            Connection.objects.update(state="connected", next_sync_at=now)
            syncs.start_due(now)
            assert SyncRun.objects.get(state="waiting").mode == mode


def test_requisition_on_hold_has_its_hold(account: Account) -> None:
    held = [job for job in account.simulator.world.jobs.values() if job.held]
    wanted = [] if "on_hold" in account.simulator.told_status else [job.held for job in held]
    with workspace_scope(account.workspace.pk):
        found = list(RequisitionHold.objects.filter(ended_at=None).values_list("started_at", flat=True))
    assert found == wanted
