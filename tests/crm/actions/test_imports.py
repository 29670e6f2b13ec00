from collections import Counter
from typing import Any

import pytest

from crm.actions import imports
from crm.actions.imports import BadFile, BadMapping, NotWaiting
from crm.models import Candidate, CustomField, Event, ImportRow, ImportRun, Workspace

pytestmark = pytest.mark.usefixtures("scope")

FILE = b"""Name,Email,City,Shoe size
Ada Lovelace,ada@example.com,London,38
"=HYPERLINK(""x"")",formula@example.com,Rome,
Broken,nope@@example.com,Rome,
Again,ADA@example.com,Paris,39
Long,long@example.com,Rome,1,2
,,Nowhere,
"""


def run_file(workspace: Workspace, content: bytes = FILE, **options: Any) -> ImportRun:
    run = imports.upload(file_name="people.csv", content=content)
    mapping = options.pop("mapping", run.mapping)
    imports.start(run=run, mapping=mapping, in_background=False, **options)
    imports.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.rows_created, run.rows_updated, run.rows_unchanged, run.rows_refused


def test_every_line_ends_with_an_outcome(workspace: Workspace) -> None:
    run = run_file(workspace)
    assert (run.state, run.rows_total, run.rows_done, counts(run)) == ("finished", 6, 6, (2, 1, 0, 3))
    outcomes = ImportRow.objects.order_by("line").values_list("line", "outcome")
    assert list(outcomes) == [
        (2, "created"),
        (3, "created"),
        (4, "refused"),
        (5, "updated"),
        (6, "refused"),
        (7, "refused"),
    ]
    reasons = list(
        ImportRow.objects.filter(outcome="refused").order_by("line").values_list("reason", flat=True)
    )
    assert "is not an e-mail address" in reasons[0]
    assert reasons[1:] == [
        "The line has 5 columns, the header 4.",
        "No e-mail address, profile link or id to know the person by.",
    ]


def test_importing_again_changes_nothing(workspace: Workspace) -> None:
    content = b"email,city\nada@example.com,London\nbob@example.com,Rome\n"
    run_file(workspace, content)
    facts = Event.objects.exclude(kind__startswith="import.").count()
    assert counts(run_file(workspace, content)) == (0, 0, 2, 0)
    assert Event.objects.exclude(kind__startswith="import.").count() == facts


def test_only_refused_lines_are_kept_and_safe_to_open(workspace: Workspace) -> None:
    kept = bytes(run_file(workspace, b"email,name\nok@example.com,Ok\nbad@,=cmd|x\n").content or b"").decode()
    header, line = kept.splitlines()
    assert header == "line,reason,email,name"
    assert line.startswith("3,")
    assert line.endswith(",bad@,'=cmd|x")
    assert "ok@example.com" not in kept


def test_formulas_are_stored_as_the_text_they_are(workspace: Workspace) -> None:
    run_file(workspace)
    assert Candidate.objects.get(email="formula@example.com").full_name == '=HYPERLINK("x")'


def test_a_rehearsal_writes_nothing_and_can_be_meant_afterwards(workspace: Workspace) -> None:
    run = run_file(workspace, is_dry_run=True)
    assert counts(run) == (2, 1, 0, 3)
    assert Candidate.objects.count() == 0
    told = Counter(run.rows.filter(candidate=None).values_list("outcome", flat=True))
    assert told == {"created": 2, "updated": 1, "refused": 3}
    imports.start(run=run, mapping=run.mapping, in_background=False)
    imports.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    run.refresh_from_db()
    assert (counts(run), Candidate.objects.count()) == ((2, 1, 0, 3), 2)


def test_a_killed_import_goes_on_after_the_last_batch(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    run = imports.upload(file_name="x", content=FILE)
    imports.start(run=run, mapping=run.mapping, in_background=False)
    first = imports._Reading(ImportRun.objects.get(pk=run.pk))
    with first.ahead:
        assert first.write_batch()
    assert imports.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    run.refresh_from_db()
    assert (counts(run), ImportRow.objects.count()) == ((2, 1, 0, 3), 6)
    assert Candidate.objects.count() == 2


def test_a_second_worker_at_the_same_file_stops(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    run = imports.upload(file_name="x", content=FILE)
    imports.start(run=run, mapping=run.mapping, in_background=False)
    first = imports._Reading(ImportRun.objects.get(pk=run.pk))
    second = imports._Reading(ImportRun.objects.get(pk=run.pk))
    assert first.write_batch()
    assert not second.write_batch()
    assert ImportRow.objects.count() == 2
    first.ahead.shutdown()
    second.ahead.shutdown()


def test_a_stop_keeps_what_was_written(workspace: Workspace) -> None:
    run = imports.upload(file_name="x", content=FILE)
    imports.start(run=run, mapping=run.mapping, in_background=False)
    imports.cancel(run=run)
    assert imports.carry_on(workspace_id=workspace.pk, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("canceled", 0)


def test_a_column_becomes_a_field_of_the_workspace(workspace: Workspace) -> None:
    run_file(workspace, mapping={"Name": "full_name", "Email": "email", "Shoe size": "new"})
    assert CustomField.objects.get().key == "shoe_size"
    assert Candidate.objects.get(email="ada@example.com").custom == {"shoe_size": "39"}


@pytest.mark.parametrize("content", [b"", b"  \n", b"PK\x03\x04zip", b"a,a\n1,2\n"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        imports.upload(file_name="x", content=content)
    assert ImportRun.objects.count() == 0


def test_a_mapping_without_an_identity_is_refused() -> None:
    run = imports.upload(file_name="x", content=b"Name\nAda\n")
    with pytest.raises(BadMapping):
        imports.start(run=run, mapping=run.mapping)


def test_an_import_starts_once(workspace: Workspace) -> None:
    run = run_file(workspace)
    with pytest.raises(NotWaiting):
        imports.start(run=run, mapping=run.mapping)
