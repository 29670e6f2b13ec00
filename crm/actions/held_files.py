"""Files of visitors, kept apart until somebody is there whom they are about: see HeldFile."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core import signing
from django.core.files.storage import default_storage
from django.db import transaction

from crm.actions import attachments
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Attachment, Candidate, HeldFile, Submission
from crm.policies import file_types

KEPT_FOR = timedelta(days=1)
_SALT = "crm.held_file"
_KINDS = {"cv": Attachment.Kind.CV}


@transaction.atomic
def hold(*, question: str, field: str, file_name: str, content: bytes) -> HeldFile:
    """Keep what a visitor chose for a question of a form, under a random name."""
    return HeldFile.objects.create(
        question=question,
        kind=_KINDS.get(field, Attachment.Kind.OTHER),
        file_name=file_types.plain_name(file_name),
        storage_name=attachments.store(content),
    )


def token_of(held: HeldFile) -> str:
    """What the page carries, so that nobody has to choose the file again."""
    return signing.Signer(salt=_SALT).sign_object({"h": held.pk, "w": held.workspace_id})


def named(token: str, *, question: str) -> HeldFile | None:
    """The file a genuine token of this workspace stands for, while nobody has it."""
    try:
        opened = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    if opened["w"] != current_workspace_id():
        return None
    return HeldFile.objects.filter(pk=opened["h"], question=question, submission=None).first()


@transaction.atomic
def give(*, submission: Submission, candidate: Candidate) -> None:
    """The files of a submission are the person's now; what could not be kept is said beside its answer."""
    told = {answer["id"]: answer for answer in submission.answers}
    rows = list(HeldFile.objects.filter(submission=submission).order_by("pk"))
    for held in rows:
        with default_storage.open(held.storage_name, "rb") as file:
            content = file.read()
        answer = told.get(held.question, {})
        try:
            kept = attachments.add(
                candidate=candidate, file_name=held.file_name, content=content, kind=held.kind
            )
        except DomainError as refusal:
            answer["value"] = f"{held.file_name} (not kept: {refusal.sentence})"
        else:
            answer["attachment"] = kept.pk
    _delete(rows)


@transaction.atomic
def drop(*, submissions: Iterable[Submission]) -> None:
    """Forget the files that came with these submissions."""
    _delete(list(HeldFile.objects.filter(submission__in=submissions)))


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Forget what belongs to a page nobody sent again; returns how many."""
    rows = list(HeldFile.objects.filter(submission=None, held_at__lt=now - KEPT_FOR))
    _delete(rows)
    return len(rows)


def _delete(rows: list[HeldFile]) -> None:
    attachments.delete_files([row.storage_name for row in rows])
    HeldFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
