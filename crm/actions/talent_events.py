"""The life of an event: drafted with its form, opened, canceled, reminded of, closed with who came."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import slugify

from crm.actions import capture_forms, events, registration_mails
from crm.actions.events import NewEvent
from crm.kernel.errors import DomainError
from crm.models import CaptureForm, Registration, TalentEvent, User

REMIND_BEFORE = timedelta(hours=24)
CLOSE_AFTER = timedelta(hours=12)


class NotOver(DomainError):
    """The event has not begun. Attendance is closed when it is over."""

    code = "not_over"


@transaction.atomic
def create(*, given: Mapping[str, Any], company: str, by: User | None) -> TalentEvent:
    """A draft event with a registration form of its own."""
    form = capture_forms.create(
        title=given["name"], kind=CaptureForm.Kind.EVENT, company=company, by=by
    )  # fmt: skip
    form = capture_forms.change(form=form, given={"source": f"Event: {given['name']}"[:120]}, by=by)
    slug = _free_slug(given["name"])
    event = TalentEvent.objects.create(slug=slug, form=form, owner=by, **given)
    events.record("talent_event.created", by=by, data={"event": slug, "event_id": event.pk})
    return event


@transaction.atomic
def change(*, event: TalentEvent, given: Mapping[str, Any], by: User | None) -> TalentEvent:
    """Set what was given; with more places, people on the waiting list move up in their order."""
    locked = TalentEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    has_moved = any(
        getattr(locked, name) != given.get(name, getattr(locked, name)) for name in ("starts_at",)
    )
    for name, value in given.items():
        setattr(locked, name, value)
    if has_moved:
        locked.reminded_at = None
    locked.save()
    events.record("talent_event.changed", by=by, data={"event": locked.slug, "event_id": locked.pk})
    registration_mails.move_up(event=locked)
    return locked


@transaction.atomic
def publish(*, event: TalentEvent, by: User | None) -> TalentEvent:
    """Open the registration page to everybody. Twice is once."""
    locked = TalentEvent.objects.select_for_update(of=("self",)).select_related("form").get(pk=event.pk)
    capture_forms.publish(form=locked.form, by=by)
    if locked.state != TalentEvent.State.LIVE:
        locked.state = TalentEvent.State.LIVE
        locked.save(update_fields=["state"])
        events.record("talent_event.published", by=by, data={"event": locked.slug, "event_id": locked.pk})
    return locked


@transaction.atomic
def cancel(*, event: TalentEvent, by: User | None) -> TalentEvent:
    """Call it off: nobody can register, and everybody with a place is told. Twice is once."""
    locked = TalentEvent.objects.select_for_update(of=("self",)).select_related("form").get(pk=event.pk)
    if locked.state == TalentEvent.State.CANCELED:
        return locked
    was_open = locked.state == TalentEvent.State.LIVE
    locked.state = TalentEvent.State.CANCELED
    locked.save(update_fields=["state"])
    capture_forms.close(form=locked.form, by=by)
    events.record("talent_event.canceled", by=by, data={"event": locked.slug, "event_id": locked.pk})
    if was_open:
        registration_mails.tell_all(event=locked, kind="canceled")
    return locked


@transaction.atomic
def close_attendance(*, event: TalentEvent, by: User | None = None) -> tuple[int, int]:
    """Write down who came and who did not: (came, missed). Twice is once.

    Only now are these facts: until then a tap on the phone can be taken back.
    """
    locked = TalentEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if locked.starts_at > timezone.now():
        raise NotOver
    rows = Registration.objects.filter(talent_event=locked)
    came = list(rows.filter(state=Registration.State.PRESENT).order_by("pk"))
    missed = list(rows.filter(state=Registration.State.REGISTERED).order_by("pk"))
    data = {"event": locked.slug, "event_id": locked.pk, "kind": locked.kind}
    actor = by.pk if by else None
    facts = [
        NewEvent("event.attended", row.candidate_id, actor, row.present_at, f"attended:{row.pk}", data)
        for row in came
    ]
    facts += [
        NewEvent("event.missed", row.candidate_id, actor, locked.ends_at, f"missed:{row.pk}", data)
        for row in missed
    ]
    rows.filter(pk__in=[row.pk for row in missed]).update(state=Registration.State.MISSED)
    events.record_many(facts)
    if locked.attendance_closed_at is None:
        locked.attendance_closed_at = timezone.now()
        locked.save(update_fields=["attendance_closed_at"])
    return len(came), len(missed)


@transaction.atomic
def mind(*, now: datetime) -> tuple[int, int]:
    """Remind of what begins within a day, and close what ended half a day ago: (reminded, closed)."""
    live = TalentEvent.objects.filter(state=TalentEvent.State.LIVE).select_for_update(
        of=("self",), skip_locked=True
    )
    soon = list(live.filter(reminded_at=None, starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE))
    for event in soon:
        registration_mails.tell_all(event=event, kind="reminder")
        TalentEvent.objects.filter(pk=event.pk).update(reminded_at=now)
    taken = Registration.objects.filter(talent_event=OuterRef("pk"), state=Registration.State.PRESENT)
    over = list(
        live.filter(Exists(taken), attendance_closed_at=None, ends_at__lte=now - CLOSE_AFTER)
    )  # fmt: skip
    for event in over:
        close_attendance(event=event)
    return len(soon), len(over)


def _free_slug(name: str) -> str:
    wanted = slugify(name)[:50] or "event"
    is_taken = TalentEvent.objects.filter(slug=wanted).exists()
    return f"{wanted}-{uuid.uuid4().hex[:5]}" if is_taken else wanted
