from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.actions import attachment_scans, attachment_texts, attachments, candidates
from crm.models import Attachment, Candidate, Event, FieldProposal, Workspace
from crm.queries import attachments as found
from crm.queries import data_copies, due
from tests.factories.files import pdf
from tests.simulators.clamd import EICAR, clamd_server

PNG = b"\x89PNG\r\n\x1a\n"
NOBODY = "unix:///nowhere/clamd.ctl"
pytestmark = pytest.mark.usefixtures("scope", "storage")


@pytest.fixture
def person() -> Candidate:
    return candidates.create(given={"email": "ada@example.com", "first_name": "Ada"}, origin="manual")


def add(person: Candidate, content: bytes, name: str = "cv.pdf") -> Attachment:
    return attachments.add(candidate=person, file_name=name, content=content)


def read(attachment: Attachment, workspace: Workspace) -> Attachment:
    attachment_texts.read(workspace_id=workspace.pk, attachment_id=attachment.pk)
    attachment.refresh_from_db()
    return attachment


def later(attachment: Attachment) -> None:
    Attachment.objects.filter(pk=attachment.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_clean_file_is_scanned_whole_then_read(
    person: Candidate, workspace: Workspace, settings: Any, on_commit: Any
) -> None:
    long = pdf("Langmuir probes") + b"%" * 70_000
    with clamd_server() as clamd:
        settings.CLAMAV_URL = clamd.url
        with on_commit():
            cv, picture = add(person, long), add(person, PNG, "me.png")
        assert clamd.scanned == [len(long), len(PNG)]
    for file, text_state in ((cv, "read"), (picture, "empty")):
        file.refresh_from_db()
        assert (file.scan, file.text_state, file.lease_until, file.is_handed_out) == (
            "clean", text_state, None, True,
        )  # fmt: skip


def test_a_virus_is_locked_away_and_nothing_of_the_file_is_kept_or_given(
    person: Candidate, workspace: Workspace, settings: Any, tmp_path: Path
) -> None:
    with clamd_server(path=str(tmp_path / "clamd.ctl")) as clamd:
        settings.CLAMAV_URL = clamd.url
        cv = read(add(person, pdf("Langmuir probes") + EICAR), workspace)
        settings.CLAMAV_URL = ""
    assert (cv.scan, cv.scan_words, cv.text, cv.text_state, cv.is_handed_out) == (
        "infected", "Eicar-Test-Signature", "", "empty", False,
    )  # fmt: skip
    assert Event.objects.get(kind="attachment.locked_away").data["virus"] == "Eicar-Test-Signature"
    assert (FieldProposal.objects.count(), found.people_with(["langmuir"])) == (0, {})
    assert data_copies.document(person, now=timezone.now())["files"] == []
    read(cv, workspace)
    assert (cv.scan, Event.objects.filter(kind="attachment.locked_away").count()) == ("infected", 1)


@pytest.mark.parametrize("limit", [0, 10])
def test_without_a_verdict_a_file_waits_and_says_why(
    person: Candidate, workspace: Workspace, settings: Any, limit: int
) -> None:
    with clamd_server(most_bytes=limit) as clamd:
        settings.CLAMAV_URL = clamd.url if limit else NOBODY
        cv = add(person, pdf("Langmuir"))
        for _ in range(attachment_texts.MOST_ATTEMPTS + 1):
            read(cv, workspace)
            assert (cv.scan, cv.text_state, cv.attempts, cv.is_handed_out) == ("waiting", "waiting", 0, False)
            later(cv)
        assert cv.scan_words == (
            "The virus scanner said: INSTREAM size limit exceeded. ERROR" if limit
            else "The virus scanner does not answer."
        )  # fmt: skip
        assert workspace.pk in due.workspaces("crm_due_attachments")
        clamd.most_bytes, settings.CLAMAV_URL = 10**6, clamd.url
        assert (read(cv, workspace).scan, cv.text_state, cv.scan_words) == ("clean", "read", "")
    assert workspace.pk not in due.workspaces("crm_due_attachments")


def test_older_files_are_looked_at_once_there_is_a_scanner(
    person: Candidate, workspace: Workspace, settings: Any, on_commit: Any
) -> None:
    good, bad, gone = (
        read(add(person, pdf(t) + e), workspace) for t, e in (("a", b""), ("b", EICAR), ("c", b""))
    )
    default_storage.delete(gone.storage_name)
    assert attachment_scans.mark_unscanned() == 0
    with clamd_server() as clamd:
        settings.CLAMAV_URL = clamd.url
        assert attachment_scans.mark_unscanned() == 3
        with on_commit():
            attachment_texts.wake_waiting()
        assert attachment_scans.mark_unscanned() == 0
    states = {file.pk: (file.scan, file.text_state) for file in Attachment.objects.all()}
    assert states == {good.pk: ("clean", "read"), bad.pk: ("infected", "empty"), gone.pk: ("", "read")}


def test_a_scanner_that_was_taken_away_keeps_nobody_waiting(
    person: Candidate, workspace: Workspace, settings: Any
) -> None:
    settings.CLAMAV_URL = NOBODY
    cv = add(person, pdf("Langmuir"))
    settings.CLAMAV_URL = ""
    assert (read(cv, workspace).scan, cv.text_state) == ("", "read")
