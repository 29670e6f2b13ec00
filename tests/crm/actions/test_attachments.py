import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.actions import (
    attachment_texts,
    attachments,
    candidates,
    contact_points,
    erasures,
    merges,
    proposals,
    tags,
)
from crm.actions.attachments import BadFile, TooManyFiles
from crm.models import (
    Attachment,
    Candidate,
    CandidateSkill,
    ContactPoint,
    Event,
    FieldProposal,
    User,
    Workspace,
)
from crm.queries import attachments as found
from crm.queries import data_copies
from tests.factories.files import pdf

CV = "Ada Lovelace\nada@private.example  +44 20 7946 0958\nKubernetes, Rust and analytical engines\nMünchen"
pytestmark = pytest.mark.usefixtures("scope", "storage")


@pytest.fixture
def person() -> Candidate:
    return candidates.create(given={"email": "ada@example.com", "first_name": "Ada"}, origin="manual")


def add(person: Candidate, text: str = CV, name: str = "cv.pdf", **given: Any) -> Attachment:
    content = pdf(text) if name.endswith("pdf") else text.encode()
    return attachments.add(candidate=person, file_name=name, content=content, **given)


def read(attachment: Attachment, workspace: Workspace) -> Attachment:
    attachment_texts.read(workspace_id=workspace.pk, attachment_id=attachment.pk)
    attachment.refresh_from_db()
    return attachment


def test_a_file_lies_under_a_random_name_in_the_folder_of_its_workspace(
    person: Candidate, grace: User, storage: Path, workspace: Workspace
) -> None:
    file = add(person, name="../My CV.pdf", by=grace)
    folder, _, name = file.storage_name.partition("/")
    assert (folder, len(name), file.file_name) == (str(workspace.pk), 40, "My CV.pdf")
    assert attachments.content_of(file) == pdf(CV)
    assert (storage / file.storage_name).stat().st_mode & 0o777 == 0o600
    assert Event.objects.get(kind="attachment.added", actor=grace).data["attachment"] == file.pk


def test_the_same_file_twice_is_one(person: Candidate) -> None:
    assert add(person).pk == add(person, name="again.pdf").pk


def test_what_is_no_document_is_refused_and_nothing_is_kept(person: Candidate, storage: Path) -> None:
    with pytest.raises(BadFile) as refusal:
        attachments.add(candidate=person, file_name="cv.pdf", content=b"<script>")
    assert "file" in refusal.value.fields
    assert (Attachment.objects.count(), list(storage.iterdir())) == (0, [])


def test_a_person_has_a_limit(person: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST", 1)
    add(person)
    with pytest.raises(TooManyFiles):
        add(person, "Other")


def test_text_is_read_and_proposals_made_but_nothing_applied(person: Candidate, workspace: Workspace) -> None:
    tags.replace_skills(
        candidate=candidates.create(given={"email": "x@y.example"}, origin="m"), names=["Rust"]
    )
    file = read(add(person), workspace)
    assert (file.text_state, file.text.splitlines()[0], file.lease_until) == ("read", "Ada Lovelace", None)
    assert [(p.kind, p.value) for p in found.proposals_of(person)] == [
        ("email", "ada@private.example"), ("phone", "+442079460958"), ("skill", "Rust"),
    ]  # fmt: skip
    assert ContactPoint.objects.filter(candidate=person).count() == 1
    read(file, workspace)
    assert FieldProposal.objects.count() == 3


def test_proposals_are_accepted_one_by_one_or_left_out(
    person: Candidate, workspace: Workspace, grace: User
) -> None:
    tags.replace_skills(
        candidate=candidates.create(given={"email": "x@y.example"}, origin="m"), names=["Rust"]
    )
    read(add(person), workspace)
    email, phone, skill = found.proposals_of(person)
    assert proposals.accept(candidate=person, proposal_ids=[email.pk, skill.pk], by=grace) == []
    assert proposals.dismiss(candidate=person, proposal_ids=[phone.pk, email.pk], by=grace) == 1
    assert ContactPoint.objects.filter(candidate=person, normalized="ada@private.example").exists()
    assert CandidateSkill.objects.filter(candidate=person, skill__name="Rust").exists()
    assert found.proposals_of(person) == []
    proposals.reopen(candidate=person, proposal_ids=[phone.pk, email.pk])
    assert [p.pk for p in found.proposals_of(person)] == [phone.pk]


def test_an_address_of_somebody_else_stays_a_proposal(
    person: Candidate, workspace: Workspace, grace: User
) -> None:
    read(add(person), workspace)
    candidates.create(given={"email": "ada@private.example"}, origin="manual")
    email = FieldProposal.objects.get(kind="email")
    refused = proposals.accept(candidate=person, proposal_ids=[email.pk], by=grace)
    assert refused[0].startswith("ada@private.example: Another candidate")
    email.refresh_from_db()
    assert email.verdict == ""


def test_files_are_found_by_their_words_with_accents_and_the_place_shown(
    person: Candidate, workspace: Workspace
) -> None:
    file = read(add(person), workspace)
    assert found.people_with(["kuber", "munchen", "nothing'\\"]) == {
        "kuber": [person.pk],
        "munchen": [person.pk],
    }
    snippet = found.snippets([person.pk], "MUNCH")[person.pk]
    assert (snippet.hit, snippet.file_name) == ("Münch", "cv.pdf")
    assert snippet.before.endswith("analytical engines ")
    attachments.remove(attachment=file)
    assert found.people_with(["kuber"]) == {}


def test_a_word_of_many_is_looked_up_where_the_words_are(
    person: Candidate, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "LISTED", 0)
    read(add(person), workspace)
    query = found.people_with(["rust"])["rust"]
    assert list(Candidate.objects.filter(pk__in=query)) == [person]


def test_a_locked_or_hostile_file_is_said_to_be_unreadable(
    person: Candidate, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(add(person, "x", name="empty.pdf"), workspace).text_state == "read"
    broken = attachments.add(candidate=person, file_name="b.pdf", content=b"%PDF-1.4 nothing")
    assert (read(broken, workspace).text_state, broken.text_failure) == ("failed", "The PDF is damaged.")
    lost = add(person, "lost", name="lost.pdf")
    default_storage.delete(lost.storage_name)
    assert "not in the storage" in read(lost, workspace).text_failure


def test_the_child_may_not_last_grow_or_call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "hostile.py"
    child.write_text(
        "import sys; from crm.policies import document_text as d; d._limit()\n"
        "ask = sys.argv[1]\n"
        "if ask == 'grow': x = bytearray(2**30)\n"
        "if ask == 'call': import socket; socket.create_connection(('127.0.0.1', 1))\n"
        "if ask == 'write': open('/tmp/left-behind', 'w').write('x' * 10)\n"
        "if ask == 'environment': import os; assert 'SECRET_KEY' in os.environ\n"
    )
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setattr(attachment_texts, "_COMMAND", [sys.executable, str(child)])
    for ask in ("grow", "call", "write", "environment"):
        assert attachment_texts.extract(b"", ask).failure


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("x", 30)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "longer than 20 seconds" in attachment_texts.extract(b"", "pdf").failure


def test_a_file_that_kills_three_readers_is_given_up(person: Candidate, workspace: Workspace) -> None:
    file = add(person)
    Attachment.objects.filter(pk=file.pk).update(attempts=3)
    assert read(file, workspace).text_state == "failed"


def test_lost_hints_are_given_again(person: Candidate, on_commit: Any) -> None:
    file = add(person)
    Attachment.objects.filter(pk=file.pk).update(
        text_state="reading", lease_until=timezone.now() - timedelta(minutes=1)
    )
    with on_commit():
        assert attachment_texts.wake_waiting() == 1
    file.refresh_from_db()
    assert file.text_state == "read"


def test_a_file_taken_off_comes_back_or_is_deleted_after_a_month(person: Candidate, on_commit: Any) -> None:
    file = add(person)
    attachments.remove(attachment=file)
    attachments.remove(attachment=file)
    attachments.put_back(attachment=file)
    assert found.files_of(person) == [file]
    attachments.remove(attachment=file)
    assert attachments.sweep() == 0
    Attachment.objects.filter(pk=file.pk).update(removed_at=timezone.now() - timedelta(days=31))
    with on_commit():
        assert attachments.sweep() == 1
    assert not default_storage.exists(file.storage_name)


def test_bytes_without_a_row_are_swept_after_a_day(
    person: Candidate, workspace: Workspace, storage: Path, on_commit: Any
) -> None:
    kept = add(person)
    name = default_storage.save(f"{workspace.pk}/orphan", ContentFile(b"x"))
    assert attachments.sweep() == 0
    long_ago = timezone.now().timestamp() - 100_000
    for path in (storage / name, storage / kept.storage_name):
        os.utime(path, (long_ago, long_ago))
    with on_commit():
        assert attachments.sweep() == 1
    assert (default_storage.exists(name), default_storage.exists(kept.storage_name)) == (False, True)


def test_files_go_with_a_merge_an_export_and_an_erasure(
    person: Candidate, workspace: Workspace, on_commit: Any
) -> None:
    other = candidates.create(given={"email": "al@example.com"}, origin="manual")
    file = read(add(other), workspace)
    merges.Merge(person, other).run()
    assert found.files_of(person) == [file]
    copied = data_copies.document(person, now=timezone.now())
    assert [one["file_name"] for one in copied["files"]] == ["cv.pdf"]
    assert "storage_name" not in copied["tables"]["crm.attachment"][0]
    with on_commit():
        erasures.erase(candidate=person)
    assert (Attachment.objects.count(), FieldProposal.objects.count()) == (0, 0)
    assert not default_storage.exists(file.storage_name)


def test_an_unrelated_contact_is_no_proposal(person: Candidate, workspace: Workspace) -> None:
    contact_points.add(candidate=person, kind="email", value="ada@private.example")
    read(add(person), workspace)
    assert not FieldProposal.objects.filter(kind="email").exists()
