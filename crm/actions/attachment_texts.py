"""Reading files in the background: a child process with limits opens them, this module keeps what it says."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm.actions import attachment_scans, attachments, proposals
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import Attachment
from crm.policies import document_text
from crm.policies.file_types import DOCX, PDF, TXT

State = Attachment.TextState
MOST_ATTEMPTS = 3
_TO_READ = (State.WAITING, State.READING)
_GONE = "The file is not in the storage any more."
_LEASE = timedelta(minutes=2)
_COMMAND = (sys.executable, "-s", "-m", document_text.__name__)
_ENDINGS = {found.content_type: found.ending for found in (PDF, DOCX, TXT)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a file."""

    text: str = ""
    failure: str = ""


def read(*, workspace_id: int, attachment_id: int) -> None:
    """Have a file scanned, take its text and propose what it says about the person. Twice is once.

    The child runs outside any transaction; a file that kills three of them is given up.
    """
    with workspace_scope(workspace_id):
        attachment = _claim(attachment_id)
    if attachment is None:
        return
    try:
        content = attachments.content_of(attachment)
    except FileNotFoundError:
        with workspace_scope(workspace_id):
            attachment_scans.give_up(attachment=attachment, words=_GONE)
            _keep(attachment, Reading(failure=_GONE))
        return
    if attachment.scan == Attachment.Scan.WAITING and not attachment_scans.passes(
        workspace_id=workspace_id, attachment=attachment, content=content
    ):
        return
    if attachment.text_state == State.READING:
        reading = extract(content, _ENDINGS[attachment.content_type])
        with workspace_scope(workspace_id):
            _keep(attachment, reading)


def extract(content: bytes, ending: str) -> Reading:
    """The text of a file, from a process of its own that may neither last, nor grow, nor call anybody."""
    # Nothing of our environment: no database, no keys.
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, nothing of the file is in the command
            [*_COMMAND, ending],
            input=content,
            capture_output=True,
            timeout=document_text.SECONDS + 10,
            cwd=settings.BASE_DIR,
            env=environment,
            check=False,
        )
        said = json.loads(done.stdout or b"{}")
    except subprocess.TimeoutExpired:
        return Reading(failure=f"Reading took longer than {document_text.SECONDS} seconds.")
    except ValueError:
        said = {}
    if done.returncode != 0 or not said:
        return Reading(failure="Reading the file took more time or memory than a document may.")
    return Reading(said.get("text", ""), said.get("failure", ""))


def wake_waiting() -> int:
    """Hint files that nobody reads: the hint was lost, or the worker died."""
    waiting = _due().order_by("pk").values_list("pk", flat=True)[:200]
    for attachment_id in waiting:
        enqueue("crm.read_attachment", attachment_id=attachment_id)
    return len(waiting)


def _due() -> QuerySet[Attachment]:
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    to_do = Q(text_state__in=_TO_READ) | Q(scan=Attachment.Scan.WAITING)
    return Attachment.objects.filter(free, to_do)


@transaction.atomic
def _claim(attachment_id: int) -> Attachment | None:
    attachment = _due().select_for_update(skip_locked=True).filter(pk=attachment_id).first()
    if attachment is None:
        return None
    attachment.lease_until = timezone.now() + _LEASE
    if attachment.text_state in _TO_READ:
        attachment.attempts += 1
        attachment.text_state = State.READING
    if attachment.attempts > MOST_ATTEMPTS:
        attachment.text_state = State.FAILED
        attachment.text_failure = "Reading the file never came to an end."
    attachment.save(update_fields=["attempts", "lease_until", "text_state", "text_failure"])
    is_due = attachment.text_state == State.READING or attachment.scan == Attachment.Scan.WAITING
    return attachment if is_due else None


@transaction.atomic
def _keep(attachment: Attachment, reading: Reading) -> None:
    state = State.FAILED if reading.failure else State.READ if reading.text.strip() else State.EMPTY
    mine = Attachment.objects.filter(pk=attachment.pk, text_state=State.READING)
    kept = mine.update(
        text=reading.text, text_state=state, text_failure=reading.failure[:200], lease_until=None
    )
    if kept and reading.text:
        proposals.propose(attachment=Attachment.objects.get(pk=attachment.pk))
