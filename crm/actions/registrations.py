"""Who has a place, who waits, who came. Every change can be sent twice: the network at a fair is bad."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from crm.actions import duplicates, events, registration_mails, upserts
from crm.kernel.errors import DomainError
from crm.models import Candidate, Registration, Submission, TalentEvent, User
from crm.policies import people
from crm.policies.contact_points import InvalidContact, normalize_email
from crm.policies.people import Basis, InvalidPerson
from crm.queries.duplicates import owners_of, same_people

Outcome = Literal["present", "walk_in", "unchanged", "unknown", "invalid"]


class NotOpen(DomainError):
    """Nobody can register for this event."""

    code = "not_open"


class InvalidPersonGiven(DomainError):
    """This person cannot be added as given."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one line of an attendance list."""

    line: int
    text: str
    outcome: Outcome
    sentence: str


@transaction.atomic
def follow_submission(*, submission: Submission, candidate: Candidate) -> Registration | None:
    """Whoever sent the form of an open event has a place there, or waits. Twice is once."""
    event = TalentEvent.objects.filter(form_id=submission.form_id, state=TalentEvent.State.LIVE).first()
    if event is None:
        return None
    try:
        return register(event=event, candidate=candidate, submission=submission)
    except NotOpen:
        return None  # the page said so before they sent it; their answers are kept


@transaction.atomic
def register(
    *, event: TalentEvent, candidate: Candidate, submission: Submission | None = None
) -> Registration:
    """A place, or the end of the waiting list; the person is told. Refuses when full without a list."""
    locked = TalentEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    row = Registration.objects.filter(talent_event=locked, candidate=candidate).first()
    if row and row.state != Registration.State.CANCELED:
        return row
    is_full = _is_full(locked)
    if is_full and not locked.has_waitlist:
        raise NotOpen("All places are taken.")
    state = Registration.State.WAITING if is_full else Registration.State.REGISTERED
    row, _is_new = Registration.objects.update_or_create(
        talent_event=locked, candidate=candidate,
        defaults={"state": state, "submission": submission, "registered_at": timezone.now()},
    )  # fmt: skip
    data = {"event": locked.slug, "event_id": locked.pk, "state": state}
    events.record("event.registered", candidate=candidate, ref=f"registered:{row.pk}", data=data)
    registration_mails.tell(registrations=[row], kind="waiting" if is_full else "registered")
    return row


@transaction.atomic
def set_present(*, registration: Registration, is_present: bool, by: User | None) -> Registration:
    """Check somebody in, or take it back. Sending it again changes nothing."""
    locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if (locked.state == Registration.State.PRESENT) == is_present:
        return locked
    locked.state = Registration.State.PRESENT if is_present else Registration.State.REGISTERED
    locked.present_at = timezone.now() if is_present else None
    locked.checked_in_by = by if is_present else None
    locked.save(update_fields=["state", "present_at", "checked_in_by"])
    return locked


@transaction.atomic
def cancel(*, registration: Registration, by: User | None) -> Registration:
    """Give the place back; who waits moves up. Twice is once."""
    locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if locked.state in (Registration.State.CANCELED, Registration.State.PRESENT):
        return locked
    locked.state = Registration.State.CANCELED
    locked.save(update_fields=["state"])
    event = TalentEvent.objects.get(pk=locked.talent_event_id)
    data = {"event": event.slug, "event_id": event.pk}
    events.record("event.registration_canceled", candidate=locked.candidate, by=by, data=data)
    registration_mails.move_up(event=event)
    return locked


@transaction.atomic
def walk_in(*, event: TalentEvent, given: Mapping[str, Any], agrees: bool, by: User | None) -> Registration:
    """Somebody stands at the door: found again by their address or added, and checked in.

    `agrees` says that they were asked whether we may write. Refuses values that cannot be kept.
    """
    try:
        person = people.read(given, custom_fields={}, basis=_basis(event, agrees=agrees))
    except InvalidPerson as wrong:
        raise InvalidPersonGiven(fields=wrong.fields) from wrong
    known = same_people(person)
    if len(known) > 1:
        duplicates.queue_conflict([one.pk for one in known], signs=["given_together"], now=timezone.now())
    candidate = known[0] if known else None
    if candidate is None:
        columns = {**person.columns, "source": f"Event: {event.name}"[:120]}
        person = replace(person, columns=columns)
        outcome = upserts.Upsert([person], "event", timezone.now(), by).run()[0]
        if outcome.candidate_id is None:
            raise InvalidPersonGiven(outcome.reason)
        candidate = Candidate.objects.get(pk=outcome.candidate_id)
    row, _is_new = Registration.objects.get_or_create(
        talent_event=event, candidate=candidate,
        defaults={"registered_at": timezone.now(), "is_walk_in": True},
    )  # fmt: skip
    return set_present(registration=row, is_present=True, by=by)


@transaction.atomic
def import_attendance(
    *, event: TalentEvent, rows: Iterable[tuple[int, str]], by: User | None
) -> list[RowOutcome]:
    """Check in everybody on a list of addresses: (line, address). Twice is once; strangers are told apart."""
    lines = list(rows)
    normalized = {line: _normalized(text) for line, text in lines}
    found = owners_of({("email", address) for address in normalized.values() if address})
    states = dict(Registration.objects.filter(talent_event=event).values_list("candidate_id", "state"))
    outcomes, came = [], []
    for line, text in lines:
        owner = next(iter(found.get(("email", normalized[line]), [])), None)
        outcome = _outcome(normalized[line], owner, states.get(owner or 0, ""))
        if owner and outcome in ("present", "walk_in"):
            states[owner] = Registration.State.PRESENT
            came.append(owner)
        outcomes.append(RowOutcome(line, text, outcome, _SENTENCES[outcome]))
    _check_in(event, came, by)
    return outcomes


_SENTENCES: dict[Outcome, str] = {
    "present": "Checked in.",
    "walk_in": "Came without a registration; checked in.",
    "unchanged": "Was checked in already.",
    "unknown": "Nobody here has this address; add them at the door.",
    "invalid": "This is not an e-mail address.",
}


def _outcome(address: str, owner: int | None, state: str) -> Outcome:
    if not address:
        return "invalid"
    if owner is None:
        return "unknown"
    if not state:
        return "walk_in"
    return "unchanged" if state == Registration.State.PRESENT else "present"


def _check_in(event: TalentEvent, candidate_ids: Collection[int], by: User | None) -> None:
    """Two statements, however many came."""
    now = timezone.now()
    Registration.objects.bulk_create(
        [
            Registration(talent_event=event, candidate_id=pk, registered_at=now, is_walk_in=True)
            for pk in candidate_ids
        ],
        ignore_conflicts=True,
    )
    Registration.objects.filter(talent_event=event, candidate_id__in=candidate_ids).update(
        state=Registration.State.PRESENT, present_at=now, checked_in_by=by
    )


def _basis(event: TalentEvent, *, agrees: bool) -> Basis:
    source = f"Event: {event.name}"[:120]
    return Basis(source=source, basis="consent" if agrees else "legitimate_interest")


def _is_full(event: TalentEvent) -> bool:
    if event.capacity is None:
        return False
    states = (Registration.State.REGISTERED, Registration.State.PRESENT, Registration.State.WAITING)
    return Registration.objects.filter(talent_event=event, state__in=states).count() >= event.capacity


def _normalized(text: str) -> str:
    try:
        return normalize_email(text)
    except InvalidContact:
        return ""
