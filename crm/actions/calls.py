"""Calls with people, as whoever made them says."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm.actions import events, notes
from crm.kernel.errors import DomainError
from crm.models import Candidate, Event, User

OUTCOMES = {
    "completed": "We talked",
    "no_answer": "No answer",
    "voicemail": "Left a message",
    "wrong_number": "Wrong number",
}


class InvalidCall(DomainError):
    """This call cannot be kept so."""

    code = "invalid"


@transaction.atomic
def log(*, candidate: Candidate, outcome: str, at: datetime | None = None, note: str = "", by: User) -> Event:
    """Record a call and what was said as a note; one where we talked is `call.completed`.

    Refuses an unknown outcome and a call that has not happened yet.
    """
    now = timezone.now()
    if outcome not in OUTCOMES:
        raise InvalidCall(fields={"outcome": f"One of {', '.join(OUTCOMES)}."})
    if at is not None and at > now:
        raise InvalidCall(fields={"at": "This lies ahead; a call is kept once it was made."})
    written = notes.add(candidate=candidate, body=note, by=by) if note.strip() else None
    kind = "call.completed" if outcome == "completed" else "call.attempted"
    data = {"outcome": outcome} | ({"call_note": written.pk} if written else {})
    recorded = events.record(kind, candidate=candidate, by=by, at=at or now, data=data)
    assert recorded is not None
    return recorded
