"""What phones at a door send, at once or when the network is back. Everybody is checked in once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from crm.kernel.tenancy import current_workspace_id
from crm.models import Registration, TalentEvent, User
from crm.policies import tickets

Outcome = Literal["present", "unchanged", "taken_back", "waiting", "canceled", "other_event", "unknown"]
MOST = 500
_OLDEST = timedelta(days=3)
_SENTENCES: Mapping[Outcome, str] = {
    "present": "{name} is checked in.",
    "unchanged": "{name} was checked in already.",
    "taken_back": "{name} is not checked in any more.",
    "waiting": "{name} is on the waiting list. Check them in by hand if there is room.",
    "canceled": "{name} gave the place back. Add them as a walk-in if they come in.",
    "other_event": "This ticket is for another event: {event}.",
    "unknown": "This is no ticket of ours.",
}


@dataclass(frozen=True, slots=True)
class Tap:
    """One touch or scan: the person by registration or by ticket, and when it was by the phone's clock."""

    key: str
    at: datetime
    ticket: str = ""
    registration_id: int | None = None
    is_present: bool = True


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a tap."""

    key: str
    outcome: Outcome
    sentence: str
    registration: Registration | None = None


@transaction.atomic
def take_in(*, event: TalentEvent, taps: Sequence[Tap], by: User | None) -> list[Arrival]:
    """Check people in, or take it back, in the order of the taps. Sending them again changes nothing.

    Two statements read, one writes, however many taps came. A phone's clock is believed for three days back.
    """
    wanted = [(tap, _registration_id(tap, event)) for tap in taps]
    rows = Registration.objects.select_for_update(of=("self",)).select_related("talent_event", "candidate")
    found = {row.pk: row for row in rows.filter(pk__in={pk for _, pk in wanted if pk})}
    now = timezone.now()
    arrivals, changed = [], {}
    for tap, pk in wanted:
        row = found.get(pk or 0)
        outcome = _outcome(tap, row, event)
        if row and outcome in ("present", "taken_back"):
            _set(row, tap, by, now)
            changed[row.pk] = row
        arrivals.append(Arrival(tap.key, outcome, _sentence(outcome, row), row))
    Registration.objects.bulk_update(changed.values(), ["state", "present_at", "checked_in_by"])
    return arrivals


def _registration_id(tap: Tap, event: TalentEvent) -> int | None:
    if tap.registration_id:
        return tap.registration_id
    here = current_workspace_id()
    return tickets.registration_in(tap.ticket, here) or _typed(tap.ticket, here, event)


def _typed(ticket: str, here: int, event: TalentEvent) -> int | None:
    if not tickets.typed(ticket):
        return None
    ids = Registration.objects.filter(talent_event=event).values_list("pk", flat=True)
    return tickets.meant(ticket, here, ids)


def _outcome(tap: Tap, row: Registration | None, event: TalentEvent) -> Outcome:
    if row is None:
        return "unknown"
    if row.talent_event_id != event.pk:
        return "other_event"
    is_here = row.state == Registration.State.PRESENT
    if not tap.is_present:
        return "taken_back" if is_here else "unchanged"
    if is_here:
        return "unchanged"
    return _not_here(tap, row)


def _not_here(tap: Tap, row: Registration) -> Outcome:
    if row.state == Registration.State.CANCELED:
        return "canceled"
    # On the list somebody sees who waits and decides; a scan decides nothing.
    is_scan = tap.registration_id is None
    return "waiting" if is_scan and row.state == Registration.State.WAITING else "present"


def _set(row: Registration, tap: Tap, by: User | None, now: datetime) -> None:
    row.state = Registration.State.PRESENT if tap.is_present else Registration.State.REGISTERED
    row.present_at = (tap.at if now - _OLDEST < tap.at <= now else now) if tap.is_present else None
    row.checked_in_by = by if tap.is_present else None


def _sentence(outcome: Outcome, row: Registration | None) -> str:
    name = (row.candidate.full_name or row.candidate.email) if row else ""
    return _SENTENCES[outcome].format(name=name, event=row.talent_event.name if row else "")
