"""Calls that people book themselves: booked, moved, called off. Two can never have the same time."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import events, meeting_mails, unsubscribes, upserts
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Candidate, Meeting, MeetingHours, Message, User
from crm.policies import languages, meeting_slots, people
from crm.policies.people import Basis, InvalidPerson
from crm.queries import meetings as found
from crm.queries.duplicates import same_people

ORIGIN = "booking"
WISH_SALT = "crm.booking_wish"
WISH_LASTS = 24 * 3_600
_NAMESPACE = uuid.UUID("3d0c4bd1-95f1-4a5b-8a43-5f3d6d1f6a2e")


class SlotTaken(DomainError):
    """Somebody was faster, or the time is too close now. Please choose another one."""

    code = "slot_taken"
    status = 409


class MeetingOver(DomainError):
    """This call is over or was called off."""

    code = "meeting_over"


class LinkNotValid(DomainError):
    """This link does not lead anywhere any more."""

    code = "link_not_valid"
    status = 404


@transaction.atomic
def open_hours(*, host: User, given: Mapping[str, Any]) -> MeetingHours:
    """Set when and how a recruiter takes calls; the first time it makes their page."""
    hours = MeetingHours.objects.select_for_update().filter(host=host).first()
    hours = hours or MeetingHours(host=host, slug=_free_slug(host))
    for name, value in given.items():
        setattr(hours, name, value)
    hours.save()
    events.record("meeting_hours.changed", by=host, data={"hours": hours.pk})
    return hours


@transaction.atomic
def switch_page(*, hours: MeetingHours, by: User) -> bool:
    """Close the page or open it again; calls that are booked stay. Returns whether it is open now."""
    is_open = hours.closed_at is not None
    MeetingHours.objects.filter(pk=hours.pk).update(closed_at=None if is_open else timezone.now())
    events.record("meeting_hours.switched", by=by, data={"hours": hours.pk, "open": is_open})
    return is_open


@transaction.atomic
def book(
    *, hours: MeetingHours, candidate: Candidate, starts_at: datetime, time_zone: str, words: str = ""
) -> Meeting:
    """Keep this time for the person, and tell both. Raises SlotTaken for a time that is not free.

    Whatever a journey has waiting for them is canceled before anybody can claim it. Booking the same time
    again is the booking there is.
    """
    now = timezone.now()
    locked = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    same = Meeting.objects.filter(
        hours=hours, candidate=locked, starts_at=starts_at, state=Meeting.State.BOOKED
    ).first()
    if same is not None:
        return same
    _demand_free(hours, starts_at, now)
    meeting = Meeting(
        hours=hours, host_id=hours.host_id, candidate=locked, title=hours.title, place=hours.place,
        time_zone=time_zone, words=words[:500],
    )  # fmt: skip
    _put(meeting, hours, starts_at)
    _save(meeting)
    unsubscribes.cancel_queued(candidate=locked, code="meeting_booked", kind=Message.Kind.JOURNEY)
    _record("meeting.booked", meeting)
    meeting_mails.tell(meeting=meeting, news="booked")
    return meeting


@transaction.atomic
def move(*, meeting: Meeting, starts_at: datetime, time_zone: str) -> Meeting:
    """Another time for the same call: the same calendar entry moves. Raises SlotTaken and MeetingOver."""
    locked = _standing(meeting)
    if locked.starts_at == starts_at:
        return locked
    _demand_free(locked.hours, starts_at, timezone.now(), but=locked)
    _put(locked, locked.hours, starts_at)
    locked.sequence, locked.time_zone = locked.sequence + 1, time_zone
    _save(locked)
    _record("meeting.moved", locked)
    meeting_mails.tell(meeting=locked, news="moved")
    return locked


@transaction.atomic
def cancel(*, meeting: Meeting, by: Literal["person", "host"], user: User | None = None) -> Meeting:
    """Call it off: the time is free again and both calendars hear of it. Twice is once."""
    locked = Meeting.objects.select_for_update(of=("self",)).select_related("hours").get(pk=meeting.pk)
    if locked.state == Meeting.State.CANCELED:
        return locked
    if locked.ends_at < timezone.now():
        raise MeetingOver
    locked.state, locked.canceled_by = Meeting.State.CANCELED, by
    locked.sequence += 1
    locked.save(update_fields=["state", "canceled_by", "sequence"])
    _record("meeting.canceled", locked, user, canceled_by=by)
    meeting_mails.tell(meeting=locked, news="canceled")
    return locked


@transaction.atomic
def ask_to_confirm(*, hours: MeetingHours, wish: Mapping[str, str]) -> None:
    """Somebody nobody knows chose a time: mail a link to the address they gave. Nothing else is kept.

    `wish`: at, name, email, zone, words. Raises SlotTaken for a time that is not free.
    """
    starts_at = datetime.fromisoformat(wish["at"])
    _demand_free(hours, starts_at, timezone.now())
    held = {**wish, "w": current_workspace_id(), "h": hours.pk}
    token = signing.dumps(held, salt=WISH_SALT, compress=True)
    meeting_mails.ask(hours=hours, wish=wish, token=token, key=_asked_key(wish, hours.pk))


def wish_of(token: str) -> dict[str, Any]:
    """What a confirmation link stands for. Raises LinkNotValid for a forged one or one older than a day."""
    try:
        held: dict[str, Any] = signing.loads(token, salt=WISH_SALT, max_age=WISH_LASTS)
    except signing.BadSignature as broken:
        raise LinkNotValid from broken
    return held


@transaction.atomic
def confirm(*, wish: Mapping[str, Any]) -> Meeting:
    """The person owns the address: find or make their record and book. Twice is once. Raises SlotTaken."""
    hours = MeetingHours.objects.filter(pk=wish["h"]).first()
    if hours is None:
        raise LinkNotValid
    person = _person(wish, hours)
    # The mail that asked belongs to them now, and goes when they go.
    Message.objects.filter(key=_asked_key(wish, hours.pk)).update(candidate=person)
    return book(
        hours=hours,
        candidate=person,
        starts_at=datetime.fromisoformat(wish["at"]),
        time_zone=wish["zone"],
        words=wish["words"],
    )


def _asked_key(wish: Mapping[str, Any], hours_id: int) -> uuid.UUID:
    told = f"{current_workspace_id()}:{hours_id}:{str(wish['email']).lower()}:{wish['at']}"
    return uuid.uuid5(_NAMESPACE, told)


def _person(wish: Mapping[str, Any], hours: MeetingHours) -> Candidate:
    """Through the one door, as somebody who asked to talk to us."""
    given = {"full_name": wish["name"], "email": wish["email"], "source": "Booked a call"}
    if (language := languages.current()) != languages.PLAIN:
        given["locale"] = language
    try:
        person = people.read(given, custom_fields={}, basis=Basis(source=ORIGIN))
    except InvalidPerson as wrong:
        raise LinkNotValid from wrong
    if known := same_people(person):
        return known[0]
    outcome = upserts.Upsert([person], ORIGIN, timezone.now()).run()[0]
    made = Candidate.objects.filter(pk=outcome.candidate_id or 0).first()
    if made is None:
        raise LinkNotValid
    Candidate.objects.filter(pk=made.pk, owner=None).update(owner_id=hours.host_id)
    return made


def _standing(meeting: Meeting) -> Meeting:
    locked = Meeting.objects.select_for_update(of=("self",)).select_related("hours").get(pk=meeting.pk)
    if locked.state != Meeting.State.BOOKED or locked.ends_at < timezone.now():
        raise MeetingOver
    return locked


def _demand_free(hours: MeetingHours, starts_at: datetime, now: datetime, but: Meeting | None = None) -> None:
    if starts_at not in found.free_slots(hours, now=now, but=but):
        raise SlotTaken


def _put(meeting: Meeting, hours: MeetingHours, starts_at: datetime) -> None:
    terms = found.terms_of(hours)
    meeting.starts_at, meeting.ends_at = starts_at, starts_at + terms.length
    meeting.busy = DateTimeTZRange(*meeting_slots.span_of(terms, starts_at))


def _save(meeting: Meeting) -> None:
    """The database refuses two calls of one host at a time, however they came about."""
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as taken:
        if "meeting_never_twice" not in str(taken):
            raise
        raise SlotTaken from taken


def _record(kind: str, meeting: Meeting, by: User | None = None, **more: object) -> None:
    data = {
        "meeting": meeting.pk,
        "host": meeting.host_id,
        "starts_at": meeting.starts_at.isoformat(),
        "title": meeting.title,
    }
    events.record(kind, candidate=meeting.candidate, by=by, data=data | more)


def _free_slug(host: User) -> str:
    base = slugify(host.name or host.email.partition("@")[0])[:50] or "call"
    taken = set(MeetingHours.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(name for name in [base, *(f"{base}-{n}" for n in range(2, 1_000))] if name not in taken)
