from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Application, Candidate, Event, Offer, Requisition, StageEntry, Workspace
from integrations.actions import pulls, syncs
from integrations.models import Connection, ExternalRef, RawRecord, StageMapping, SyncRun
from tests.integrations.conftest import counted
from tests.simulators.greenhouse import Simulator

Pull = Callable[..., SyncRun]


def test_pull_brings_the_whole_account(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    run = pull()

    assert run.state == "finished"
    tables = simulator.tables
    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == len(tables["candidates"].rows)
        assert Application.objects.count() == len(tables["applications"].rows)
        assert StageEntry.objects.count() == len(tables["application_stages"].rows)
        kept = [
            row for row in tables["jobs"].rows.values() if not row["is_template"] and row["status"] != "draft"
        ]
        assert Requisition.objects.count() == len(kept)
        offers = [row for row in tables["offers"].rows.values() if row["status"] != "Deprecated"]
        assert Offer.objects.count() == len(offers)
        hired = [row for row in tables["applications"].rows.values() if row["status"] == "hired"]
        assert Application.objects.filter(outcome="hired").exclude(hired_at=None).count() == len(hired)
        assert Event.objects.filter(kind="application.created").count() == Application.objects.count()
        assert Event.objects.filter(kind="application.stage_entered").count() == StageEntry.objects.count()
    assert run.counts["requisition"]["skipped"] == 2
    assert run.skips["requisition"] == {"template": 1, "draft": 1}


def test_pull_maps_what_a_person_reads(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    row = next(iter(simulator.tables["candidates"].rows.values()))
    pull()

    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="candidate", external_id=str(row["id"]))
        person = Candidate.objects.get(pk=ref.object_id)
        assert (person.first_name, person.last_name) == (row["first_name"], row["last_name"])
        assert person.email == row["email_addresses"][0]["value"]
        assert person.country in {"DE", "FR", "GB", "PT", "US"}
        assert "/" in person.time_zone
        assert person.role_family
        assert person.consent == "granted"
        skills = set(person.candidate_skills.values_list("skill__name", flat=True))
        assert skills == set(row["custom_fields"]["skills"]["value"])


def test_second_run_changes_nothing(workspace: Workspace, pull: Pull) -> None:
    pull()
    with workspace_scope(workspace.pk):
        events = Event.objects.exclude(kind__startswith="sync.").count()

    again = pull()

    assert counted(again, "created") == 0
    assert counted(again, "changed") == 0
    assert counted(again, "unchanged") + counted(again, "skipped") == counted(again, "read")
    with workspace_scope(workspace.pk):
        assert Event.objects.exclude(kind__startswith="sync.").count() == events


def test_killed_run_goes_on_after_its_last_page(
    workspace: Workspace,
    simulator: Simulator,
    pull: Pull,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit, committed = pulls.Pull._commit, list[object]()

    def dies(self: pulls.Pull, page: object, *, moves: bool) -> bool:
        if len(committed) == 3:
            raise KeyboardInterrupt
        committed.append(page)
        return commit(self, page, moves=moves)  # type: ignore[arg-type]

    with workspace_scope(workspace.pk):
        run = syncs.start(connection=connection, mode="full")
    monkeypatch.setattr(pulls.Pull, "_commit", dies)
    with pytest.raises(KeyboardInterrupt):
        pull(run=run)
    monkeypatch.setattr(pulls.Pull, "_commit", commit)
    with workspace_scope(workspace.pk):
        SyncRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        simulator.requests.clear()

    finished = pull(run=run)

    assert finished.state == "finished"
    assert ("GET", "/v3/candidates") not in simulator.requests  # that page was committed before
    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == 60
        assert Application.objects.count() == len(simulator.tables["applications"].rows)
    assert counted(pull(), "changed") == 0


def test_worker_that_lost_its_lease_commits_nothing(
    workspace: Workspace, pull: Pull, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = pulls.Pull._commit

    def taken_over(self: pulls.Pull, page: object, *, moves: bool) -> bool:
        with workspace_scope(self.workspace_id):
            SyncRun.objects.filter(pk=self.sync_run_id).update(attempt=99)
        return commit(self, page, moves=moves)  # type: ignore[arg-type]

    monkeypatch.setattr(pulls.Pull, "_commit", taken_over)
    run = pull()

    assert run.counts == {}


@pytest.mark.parametrize("fault", [{"fail": 3}, {"fail": 2, "status": 503}, {"throttle": 1}, {"drop": 2}])
def test_bursts_of_trouble_are_ridden_out(
    workspace: Workspace, simulator: Simulator, pull: Pull, fault: dict[str, int]
) -> None:
    for name, value in fault.items():
        setattr(simulator.faults, name, value)

    run = pull()

    assert run.state == "finished"
    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == 60


def test_long_outage_puts_the_run_back(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    simulator.faults.fail = 10_000
    run = pull()

    assert run.state == "running"
    assert run.failure
    assert run.lease_until is not None

    simulator.faults.fail = 0
    with workspace_scope(workspace.pk):
        SyncRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert pull(run=run).state == "finished"


def test_token_that_expires_mid_page_is_renewed(simulator: Simulator, pull: Pull) -> None:
    simulator.faults.expire_after = 9

    run = pull()

    assert run.state == "finished"
    assert simulator.tokens.issued == 2


def test_revoked_credentials_need_attention(
    workspace: Workspace, simulator: Simulator, pull: Pull, connection: Connection
) -> None:
    simulator.tokens.client_secret = "rotated"

    run = pull()

    assert run.state == "failed"
    with workspace_scope(workspace.pk):
        connection.refresh_from_db()
        assert connection.state == "needs_attention"
        assert connection.attention == "Greenhouse does not accept this client id and secret."
        assert "gh-demo-client" not in run.failure


def test_missing_right_is_a_warning(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    simulator.faults.denied = {"offers"}

    run = pull()

    assert run.state == "finished"
    assert [w["kind"] for w in run.warnings] == ["offer"]
    assert "harvest:offers:list" in run.warnings[0]["sentence"]


@pytest.mark.parametrize(
    ("resource", "bad"),
    [
        ("candidates", {"id": 0, "first_name": ["not", "a", "text"], "updated_at": "2026-01-01T00:00:00Z"}),
        ("candidates", {"id": 0, "updated_at": "yesterday"}),
        ("applications", {"id": 0, "status": "dancing", "prospect": False}),
    ],
)
def test_bad_record_is_a_warning_and_stops_nobody(
    workspace: Workspace, simulator: Simulator, pull: Pull, resource: str, bad: dict[str, object]
) -> None:
    number = simulator.tables[resource].ids[5]
    simulator.faults.bad_rows = {resource: {number: bad | {"id": number}}}

    run = pull()

    assert run.state == "finished"
    assert str(number) in {warning["id"] for warning in run.warnings}
    with workspace_scope(workspace.pk):
        assert RawRecord.objects.filter(external_id=str(number)).exists()
        assert Candidate.objects.count() >= 59


def test_what_changed_is_all_an_incremental_run_reads(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    pull()
    row = next(iter(simulator.tables["candidates"].rows.values()))
    simulator.tables["candidates"].change(row["id"], at=simulator.now(), title="Chief of Staff")

    run = pull("incremental")

    assert run.counts["candidate"]["read"] == 1
    assert run.counts["candidate"]["changed"] == 1
    with workspace_scope(workspace.pk):
        assert Candidate.objects.filter(current_title="Chief of Staff").count() == 1


def test_changed_opening_reads_its_requisition_again(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    pull()
    opening = next(row for row in simulator.tables["openings"].rows.values() if row["open"])
    added = {name: value for name, value in opening.items() if name not in ("id", "created_at", "updated_at")}
    simulator.tables["openings"].add(added | {"opening_id": "extra"}, at=simulator.now())

    pull("incremental")

    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="requisition", external_id=str(opening["job_id"]))
        wanted = len(simulator.tables["openings"].where("job_id", opening["job_id"]))
        assert Requisition.objects.get(pk=ref.object_id).openings == wanted


def test_unrejected_application_is_active_again(
    workspace: Workspace, simulator: Simulator, pull: Pull
) -> None:
    pull()
    row = next(r for r in simulator.tables["applications"].rows.values() if r["status"] == "rejected")
    simulator.writer.unreject(row["id"], {}, simulator.now())

    pull("incremental")

    with workspace_scope(workspace.pk):
        ref = ExternalRef.objects.get(kind="application", external_id=str(row["id"]))
        application = Application.objects.get(pk=ref.object_id)
        assert (application.outcome, application.ended_at, application.rejection_reason) == (
            "active",
            None,
            "",
        )


def test_unknown_stage_is_listed_and_mapped_by_a_person(workspace: Workspace, pull: Pull) -> None:
    pull()

    with workspace_scope(workspace.pk):
        mapped = dict(StageMapping.objects.values_list("vendor_stage", "stage"))
        assert mapped["Phone Screen"] == "screening"
        assert mapped["Onsite"] == "final_interview"
        assert mapped["Founder Coffee"] == ""
        assert "hired" not in mapped.values()


def test_nothing_is_read_while_another_run_is_open(workspace: Workspace, connection: Connection) -> None:
    with workspace_scope(workspace.pk):
        syncs.start(connection=connection, mode="full")
        with pytest.raises(syncs.SyncRunning):
            syncs.start(connection=connection, mode="full")
        assert SyncRun.objects.count() == 1


def test_stop_ends_after_the_page(workspace: Workspace, connection: Connection, pull: Pull) -> None:
    with workspace_scope(workspace.pk):
        run = syncs.start(connection=connection, mode="full")
        syncs.request_stop(run=run)

    stopped = pull(run=run)

    assert stopped.state == "stopped"
    with workspace_scope(workspace.pk):
        syncs.retry(run=stopped, by=None)
    assert pull(run=stopped).state == "finished"


def test_due_connection_starts_by_itself(workspace: Workspace, connection: Connection, pull: Pull) -> None:
    pull()
    now = timezone.now()
    with workspace_scope(workspace.pk):
        Connection.objects.update(state="connected", next_sync_at=now)
        syncs.start_due(now)
        syncs.start_due(now)
        assert SyncRun.objects.filter(state="waiting", mode="incremental").count() == 1


def test_people_no_longer_listed_are_said(workspace: Workspace, simulator: Simulator, pull: Pull) -> None:
    pull()
    gone = simulator.tables["candidates"].ids[0]
    for application in simulator.tables["applications"].where("candidate_id", gone):
        simulator.tables["applications"].drop(application["id"])
    simulator.tables["candidates"].drop(gone)

    run = pull()

    said = [warning for warning in run.warnings if warning["kind"] == "candidate"]
    assert [warning["id"] for warning in said] == [str(gone)]
    with workspace_scope(workspace.pk):
        assert Candidate.objects.count() == 60
