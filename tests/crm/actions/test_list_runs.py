import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage

from crm.actions import bulk_changes, candidates, exports, list_runs
from crm.actions.bulk_changes import NoColleague, UnknownChange
from crm.actions.exports import CannotExport
from crm.actions.list_runs import NothingToUndo
from crm.models import Candidate, CandidateTag, Event, ListRun, User, Workspace

pytestmark = pytest.mark.usefixtures("scope", "small_batches")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(list_runs, "BATCH", 2)
    monkeypatch.setattr(exports, "BATCH", 2)


@pytest.fixture
def people() -> list[int]:
    made = [
        candidates.create(given={"email": f"p{n}@example.com", "first_name": f"=P{n}"}, origin="m")
        for n in range(5)
    ]
    return [person.pk for person in made]


def start(people: list[int], by: User, change: str = "tag", **params: str) -> ListRun:
    return list_runs.start(change=change, params=params, candidate_ids=people, query="q=x", by=by)


def carry(run: ListRun, workspace: Workspace) -> ListRun:
    list_runs.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    return ListRun.objects.get(pk=run.pk)


def test_a_change_runs_in_batches_and_is_undone(people: list[int], ada: User, workspace: Workspace) -> None:
    run = carry(start(people, ada, name="VIP"), workspace)
    assert (run.state, run.done, run.total, len(run.receipts)) == ("finished", 5, 5, 3)
    assert CandidateTag.objects.count() == 5
    assert Event.objects.get(kind="candidates.bulk_changed").data["people"] == 5
    with pytest.raises(NothingToUndo):
        list_runs.undo(run=start(people, ada, name="x"))
    bulk_changes.undo(receipt=run.receipts[-1], by=ada)
    list_runs.undo(run=run)
    undone = carry(run, workspace)
    assert (undone.state, undone.done, undone.receipts, CandidateTag.objects.count()) == ("undone", 0, [], 0)
    with pytest.raises(NothingToUndo):
        list_runs.undo(run=undone)


def test_killed_it_goes_on_after_the_last_batch(people: list[int], ada: User, workspace: Workspace) -> None:
    run = start(people, ada, change="stage", stage="screening")
    locked = ListRun.objects.get(pk=run.pk)
    assert list_runs._step(locked) is False
    assert carry(run, workspace).done == 5
    assert Event.objects.filter(kind="stage.changed").count() == 5


def test_a_turn_ends_after_a_minute(
    people: list[int], ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, on_commit: Any
) -> None:
    run = start(people, ada, name="VIP")
    with monkeypatch.context() as patch:
        patch.setattr(list_runs, "_TURN", -list_runs._TURN)
        assert carry(run, workspace).done == 2
    with on_commit():
        assert list_runs.wake_waiting() == 1
    assert ListRun.objects.get().state == "finished"


def test_a_stopped_run_keeps_what_it_did_and_a_refused_one_says_why(
    people: list[int], ada: User, workspace: Workspace
) -> None:
    run = start(people, ada, name="VIP")
    list_runs.stop(run=run)
    assert carry(run, workspace).state == "canceled"
    wrong = carry(start(people, ada, change="stage", stage="hired"), workspace)
    assert (wrong.state, wrong.failure, wrong.receipts) == ("failed", "Some values are not right.", [])
    with pytest.raises(UnknownChange):
        start(people, ada, change="nonsense")
    with pytest.raises(UnknownChange):
        bulk_changes.make("nonsense", candidate_ids=people, params={}, by=ada)


def test_people_are_given_to_a_colleague_and_back(people: list[int], ada: User, grace: User) -> None:
    Candidate.objects.filter(pk=people[0]).update(owner=grace)
    receipt = bulk_changes.set_owner(candidate_ids=people[:3], owner=str(ada.pk), by=grace)
    assert Candidate.objects.filter(owner=ada).count() == 3
    Candidate.objects.filter(pk=people[2]).update(owner=grace)
    assert bulk_changes.undo(receipt=receipt, by=grace) == 2
    owners = dict(Candidate.objects.filter(pk__in=people[:3]).values_list("pk", "owner_id"))
    assert owners == {people[0]: grace.pk, people[1]: None, people[2]: grace.pk}
    with pytest.raises(NoColleague):
        bulk_changes.set_owner(candidate_ids=people, owner="999999", by=ada)
    bulk_changes.set_owner(candidate_ids=people, owner="", by=ada)
    assert not Candidate.objects.exclude(owner=None).exists()


def test_archiving_can_be_undone(people: list[int], ada: User) -> None:
    candidates.archive(candidate_ids=people[:1])
    receipt = bulk_changes.archive(candidate_ids=people, by=ada)
    assert bulk_changes.undo(receipt=receipt, by=ada) == 4
    assert Candidate.objects.exclude(archived_at=None).get().pk == people[0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_written_and_safe_to_open(
    people: list[int], ada: User, workspace: Workspace, kind: str
) -> None:
    run = exports.start(kind=kind, candidate_ids=people, query="", by=ada)
    exports.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    exports.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.ids) == ("finished", 5, [])
    with default_storage.open(run.storage_name, "rb") as file:
        content = file.read()
    rows: list[Any]
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(content.decode())))
    else:
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active]
    assert [row[1] for row in rows] == ["first_name", *(f"'=P{n}" for n in range(5))]


def test_exports_are_refused_stopped_and_woken(
    people: list[int], ada: User, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, on_commit: Any
) -> None:
    with pytest.raises(CannotExport):
        exports.start(kind="pdf", candidate_ids=people, query="", by=ada)
    monkeypatch.setattr(exports, "MOST_IN_WORKBOOK", 1)
    with pytest.raises(CannotExport, match="choose CSV"):
        exports.start(kind="xlsx", candidate_ids=people, query="", by=ada)
    run = exports.start(kind="csv", candidate_ids=people, query="", by=ada)
    claimed = exports._claim(run.pk)
    assert claimed is not None
    assert exports.wake_waiting() == 0
    list_runs.stop(run=run)
    assert len(list(exports._rows(workspace.pk, claimed, []))) == 1
    exports._keep(workspace.pk, claimed, io.BytesIO(b""))
    assert ListRun.objects.get().storage_name == ""
    exports.start(kind="csv", candidate_ids=people, query="", by=ada)
    with on_commit():
        assert exports.wake_waiting() == 1
    assert ListRun.objects.filter(state="finished").count() == 1
