"""Files about people: taken in with care, kept under random names, gone with the person they are about."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import current_workspace_id
from crm.models import Attachment, Candidate, HeldFile, User
from crm.policies import file_types
from crm.policies.file_types import RefusedFile
from crm.providers import virus_scanner

MOST = 20
MOST_BYTES = 50_000_000
_KEPT_FOR = timedelta(days=30)
_ORPHAN_AFTER = timedelta(days=1)


class BadFile(DomainError):
    """This file is not let in."""

    code = "bad_file"


class TooManyFiles(DomainError):
    """A person has at most 20 files of 50 MB together; take one off first."""

    code = "too_many"


class FileLocked(DomainError):
    """Nobody opens this file: it waits for the virus scanner, or a virus was found in it."""

    code, status = "file_locked", 403


@transaction.atomic
def add(
    *,
    candidate: Candidate,
    file_name: str,
    content: bytes,
    kind: str = Attachment.Kind.CV,
    dated_on: date | None = None,
    by: User | None = None,
) -> Attachment:
    """Keep the file with the person; it is scanned and read in the background. The same file twice is one.

    Refuses what is no document by its content and its name, and what is larger than 10 MB.
    """
    try:
        found = file_types.type_of(content, file_name)
    except RefusedFile as wrong:
        raise BadFile(str(wrong), fields={"file": str(wrong)}) from wrong
    is_scanned = virus_scanner.is_there()
    locked = Candidate.objects.select_for_update().get(pk=candidate.pk)
    digest = hashlib.sha256(content).hexdigest()
    mine = Attachment.objects.filter(candidate=locked, removed_at=None)
    if same := mine.filter(sha256=digest).first():
        return same
    sizes = list(mine.values_list("size", flat=True))
    if len(sizes) >= MOST or sum(sizes) + len(content) > MOST_BYTES:
        raise TooManyFiles
    attachment = Attachment.objects.create(
        candidate=locked,
        kind=kind,
        file_name=file_types.plain_name(file_name),
        storage_name=store(content),
        content_type=found.content_type,
        size=len(content),
        sha256=digest,
        dated_on=dated_on,
        text_state=Attachment.TextState.WAITING if found.has_text else Attachment.TextState.EMPTY,
        scan=Attachment.Scan.WAITING if is_scanned else Attachment.Scan.NONE,
        added_by=by,
    )
    data = {"attachment": attachment.pk, "kind": kind}
    events.record("attachment.added", candidate=locked, by=by, data=data)
    if found.has_text or is_scanned:
        enqueue("crm.read_attachment", attachment_id=attachment.pk)
    return attachment


@transaction.atomic
def remove(*, attachment: Attachment, by: User | None = None) -> None:
    """Take the file off; it can be put back for a month. Twice is once."""
    there = Attachment.objects.filter(pk=attachment.pk, removed_at=None)
    if there.update(removed_at=timezone.now()):
        data = {"attachment": attachment.pk}
        events.record("attachment.removed", candidate=attachment.candidate, by=by, data=data)


@transaction.atomic
def put_back(*, attachment: Attachment, by: User | None = None) -> None:
    """Undo a removal."""
    if Attachment.objects.filter(pk=attachment.pk).exclude(removed_at=None).update(removed_at=None):
        data = {"attachment": attachment.pk, "kind": attachment.kind}
        events.record("attachment.put_back", candidate=attachment.candidate, by=by, data=data)


def content_of(attachment: Attachment) -> bytes:
    """The bytes of the file."""
    with default_storage.open(attachment.storage_name, "rb") as file:
        return bytes(file.read())


def store(content: bytes) -> str:
    """Write the bytes. Nothing of the name says what the file is; the folder is the workspace's."""
    name = f"{current_workspace_id()}/{secrets.token_hex(20)}"
    return str(default_storage.save(name, ContentFile(content)))


def delete_files(names: Iterable[str]) -> None:
    """Delete the bytes once the transaction that deletes the rows has committed."""
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))


def sweep() -> int:
    """Delete what was taken off a month ago, and bytes no row knows (a transaction that was rolled back)."""
    old = Attachment.objects.filter(removed_at__lt=timezone.now() - _KEPT_FOR)
    delete_files(list(old.values_list("storage_name", flat=True)))
    count = old.delete()[0]
    folder = str(current_workspace_id())
    if not default_storage.exists(folder):
        return count
    names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    known = {
        name
        for model in (Attachment, HeldFile)
        for name in model.objects.filter(storage_name__in=names).values_list("storage_name", flat=True)
    }
    limit = timezone.now() - _ORPHAN_AFTER
    orphans = [n for n in names if n not in known and default_storage.get_modified_time(n) < limit]
    delete_files(orphans)
    return count + len(orphans)
