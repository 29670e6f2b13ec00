"""What happened with a person, newest first: facts with the mail or note they tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from crm.models import Event, Message, Note, User
from crm.policies.event_words import Words, words_for

# Bookkeeping nobody needs to read on a profile.
_SILENT = ("candidate.merged_undone", "candidate.carried", "candidate.returned", "application.changed")


# What the timeline can be narrowed to: the beginnings of kinds.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "mail": ("message.",),
    "notes": ("note.",),
    "calls": ("call.", "meeting."),
    "events": ("event.", "form."),
    "stages": ("stage.",),
    "ats": ("application.", "offer.", "interview.", "scorecard.", "review.", "shortlist."),
    "files": ("attachment.", "proposal."),
}
GROUP_LABELS = (
    ("mail", "Mail"), ("notes", "Notes"), ("calls", "Calls and meetings"), ("events", "Events and forms"),
    ("stages", "Stages"), ("ats", "Applications"), ("files", "Files"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. Private notes are there for their author alone."""

    event: Event
    actor: User | None
    message: Message | None = None
    note: Note | None = None

    @property
    def words(self) -> Words:
        return words_for(self.event.kind, self.event.data)

    @property
    def cursor(self) -> tuple[datetime, int]:
        return self.event.occurred_at, self.event.pk


def timeline(
    candidate_id: int,
    *,
    limit: int,
    reader_id: int | None,
    before: tuple[datetime, int] | None = None,
    group: str = "",
) -> list[Entry]:
    """The newest entries (of one group of kinds), or those before a cursor. Three statements at most."""
    events = Event.objects.filter(candidate_id=candidate_id).exclude(kind__in=_SILENT).select_related("actor")
    events = events.exclude(hidden_from(reader_id))
    if group in GROUPS:
        events = events.filter(of_group(group))
    if before:
        events = events.filter(Q(occurred_at__lt=before[0]) | Q(occurred_at=before[0], pk__lt=before[1]))
    shown = list(events.order_by("-occurred_at", "-pk")[:limit])
    messages = _by_id(Message, shown, "message")
    notes = _by_id(Note, shown, "note")
    entries = []
    for event in shown:
        note = notes.get(event.data.get("note"))
        if event.data.get("private") and event.actor_id != reader_id:
            continue
        entries.append(Entry(event, event.actor, messages.get(event.data.get("message")), note))
    return entries


def hidden_from(reader_id: int | None) -> Q:
    """The facts this reader may not know of; apps above the core tell through settings.EVENT_FENCES."""
    hidden = Q(pk__in=[])
    for path in settings.EVENT_FENCES:
        hidden |= import_string(path)(reader_id)
    return hidden


def of_group(group: str) -> Q:
    """The kinds of events a group of the timeline has."""
    found = Q(pk__in=[])
    for prefix in GROUPS[group]:
        found |= Q(kind__startswith=prefix)
    return found


def _by_id(model: type[Any], events: Sequence[Event], key: str) -> dict[Any, Any]:
    ids = {event.data[key] for event in events if isinstance(event.data.get(key), int)}
    return dict(model.objects.in_bulk(ids)) if ids else {}
