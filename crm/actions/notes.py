from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Candidate, Note, User


class EmptyNote(DomainError):
    """Write something first."""

    code = "empty_note"


@transaction.atomic
def add(*, candidate: Candidate, body: str, by: User | None, is_private: bool = False) -> Note:
    """Write a note about the person; a private one is for its author alone."""
    text = body.replace("\x00", "").strip()
    if not text:
        raise EmptyNote(fields={"body": "Write something first."})
    note = Note.objects.create(candidate=candidate, author=by, body=text[:20_000], is_private=is_private)
    events.record("note.added", candidate=candidate, by=by, data={"note": note.pk, "private": is_private})
    return note


@transaction.atomic
def pin(*, note: Note, is_pinned: bool, by: User) -> None:
    """Keep the note above the timeline, or let it go back into it. Twice is once."""
    wanted = Note.objects.filter(pk=note.pk, pinned_at__isnull=is_pinned)
    if wanted.update(pinned_at=timezone.now() if is_pinned else None):
        kind = "note.pinned" if is_pinned else "note.unpinned"
        events.record(
            kind, candidate=note.candidate, by=by, data={"pinned": note.pk, "private": note.is_private}
        )


@transaction.atomic
def remove(*, note: Note, by: User) -> None:
    """Delete a note for good."""
    events.record("note.removed", candidate=note.candidate, by=by, data={"note": note.pk})
    note.delete()
