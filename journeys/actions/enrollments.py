"""Putting people into journeys and taking them out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from crm.actions import event_sets, messages, rowsets
from crm.kernel.errors import DomainError
from crm.models import Message, User
from journeys.models import Enrollment, Journey, StepRun
from journeys.policies import exits, refusals
from journeys.policies.batches import first_stop
from journeys.policies.branching import Plan
from journeys.policies.persons import Person
from journeys.queries import entry, plans
from journeys.queries.entry import Entry, Refused

BATCH = 5_000
_NEVER_LEFT = (Message.State.FAILED, Message.State.CANCELED)


class JourneyNotLive(DomainError):
    """People can be enrolled once the journey is published and neither paused nor stopped."""

    code = "not_live"


class NotInside(DomainError):
    """This person is not in the journey any more."""

    code = "not_inside"


class NotHeld(DomainError):
    """Nothing is held back here."""

    code = "not_held"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many entered, and who was refused with which code."""

    count: int
    refused: tuple[Refused, ...]


def enroll(
    *,
    journey: Journey,
    candidate_ids: Sequence[int],
    by: User | None = None,
    now: datetime | None = None,
    is_return: bool = False,
) -> Enrolled:
    """Enroll people, one statement per batch. Who is inside already is refused, so twice is once.

    The hold-out share is recorded but never written to. Refuses journeys that are not live. `is_return`: they
    asked to hear from us again, so how long ago they were inside is no reason against it.
    """
    now = now or timezone.now()
    if journey.state != Journey.State.LIVE or journey.version_id is None:
        raise JourneyNotLive
    plan = plans.plans_of([journey.version_id])[journey.version_id]
    count = 0
    refused: list[Refused] = []
    for start in range(0, len(candidate_ids), BATCH):
        with transaction.atomic():
            ids, asked_by = candidate_ids[start : start + BATCH], by.pk if by else None
            judged = entry.entry(journey, plan, ids, now=now, asked_by=asked_by, is_return=is_return)
            count += _insert(journey, plan, judged, by, now)
            refused += judged.refused
    return Enrolled(count, tuple(refused))


@transaction.atomic
def exit_people(
    *, enrollment_ids: Collection[int], reason: str, now: datetime, by: User | None = None
) -> int:
    """End these enrollments and whatever is due in them; those that ended before stay as they are."""
    active = Enrollment.objects.filter(pk__in=enrollment_ids, state=Enrollment.State.ACTIVE)
    rows = list(active.order_by("pk").select_for_update().values_list("pk", "journey_id", "candidate_id"))
    Enrollment.objects.filter(pk__in=[row[0] for row in rows]).update(
        state=Enrollment.State.EXITED,
        exit_reason=reason,
        ended_at=now,
        waits_for="",
        waits_why=exits.sentence_for(reason),
    )
    _call_back([row[0] for row in rows], reason, now)
    for journey_id in {row[1] for row in rows}:
        people = [row[2] for row in rows if row[1] == journey_id]
        data = {"journey": journey_id, "reason": reason}
        event_sets.record_for(people, "journey.exited", by=by, at=now, data=data)
    return len(rows)


def _call_back(enrollment_ids: Collection[int], reason: str, now: datetime) -> None:
    """Messages of theirs that are queued and not claimed yet do not leave any more."""
    under_way = StepRun.objects.filter(enrollment_id__in=enrollment_ids, state=StepRun.State.SENDING)
    waiting = under_way.filter(message__state=Message.State.QUEUED).values_list("message_id", flat=True)
    canceled = messages.cancel(message_ids=[pk for pk in waiting if pk], code=reason)
    under_way.filter(message_id__in=canceled).update(
        state=StepRun.State.REFUSED, refusal=reason[:20], reason=exits.sentence_for(reason), ended_at=now
    )


@transaction.atomic
def keep_back(*, journey: Journey, code: str, now: datetime) -> int:
    """Messages of this journey that are queued and not claimed yet stay here; their steps are due now, and
    decided anew when the journey goes on. Returns how many.
    """
    under_way = StepRun.objects.filter(journey=journey, state=StepRun.State.SENDING)
    waiting = under_way.filter(message__state=Message.State.QUEUED).values_list("message_id", flat=True)
    canceled = messages.cancel(message_ids=[pk for pk in waiting if pk], code=code)
    kept = under_way.filter(message_id__in=canceled)
    here = kept.filter(enrollment=OuterRef("pk"), step_id=OuterRef("step_id"), visit=OuterRef("visit"))
    standing = Enrollment.objects.filter(Exists(here), state=Enrollment.State.ACTIVE)
    # The canceled message has used up its key: the next visit has one of its own.
    standing.update(visit=F("visit") + 1, due_at=now, waits_for="", waits_why="")
    why = refusals.refusal(code).sentence
    return kept.update(state=StepRun.State.REFUSED, refusal=code, reason=why, ended_at=now)


def exit(*, enrollment: Enrollment, by: User | None = None, now: datetime | None = None) -> Enrollment:
    """Take one person out by hand. Raises NotInside when they are out already."""
    now = now or timezone.now()
    if not exit_people(enrollment_ids=[enrollment.pk], reason="manual", now=now, by=by):
        raise NotInside
    return Enrollment.objects.get(pk=enrollment.pk)


def return_to(*, enrollment: Enrollment, by: User | None = None) -> Enrollment:
    """Undo an exit by hand. Raises NotInside when the person entered again or left for another reason."""
    if not return_people(enrollment_ids=[enrollment.pk], by=by):
        raise NotInside
    return Enrollment.objects.get(pk=enrollment.pk)


@transaction.atomic
def return_people(*, enrollment_ids: Collection[int], by: User | None = None) -> int:
    """Undo exits by hand; returns how many stand again where they stood. Not who entered again meanwhile."""
    again = Enrollment.objects.filter(
        journey=OuterRef("journey"), candidate=OuterRef("candidate"), state=Enrollment.State.ACTIVE
    )
    out = Enrollment.objects.filter(
        ~Exists(again), pk__in=enrollment_ids, state=Enrollment.State.EXITED, exit_reason="manual"
    )
    now = timezone.now()
    rows = list(out.order_by("pk").select_for_update().values_list("pk", "journey_id", "candidate_id"))
    ids = [row[0] for row in rows]
    Enrollment.objects.filter(pk__in=ids).update(
        state=Enrollment.State.ACTIVE, exit_reason="", ended_at=None, waits_why=""
    )
    _stand_again(ids, now)
    for journey_id in {row[1] for row in rows}:
        people = [row[2] for row in rows if row[1] == journey_id]
        event_sets.record_for(people, "journey.returned", by=by, at=now, data={"journey": journey_id})
    return len(rows)


def _stand_again(enrollment_ids: Collection[int], now: datetime) -> None:
    """What was called back or held when they left is decided anew; an open task is waited for again."""
    here = StepRun.objects.filter(
        enrollment=OuterRef("pk"), step_id=OuterRef("step_id"), visit=OuterRef("visit")
    )
    still = Enrollment.objects.filter(pk__in=enrollment_ids, due_at=None)
    task = here.filter(state=StepRun.State.WAITING, refusal="task")
    still.filter(Exists(task)).update(waits_for="task", waits_why=Subquery(task.values("reason")))
    held = Exists(here.filter(state=StepRun.State.HELD))
    called_back = Exists(here.filter(message__state__in=_NEVER_LEFT))
    # The canceled message has used up its key: the next visit has one of its own.
    still.filter(called_back).update(visit=F("visit") + 1, due_at=now)
    still.filter(held).update(due_at=now)


def release(*, enrollment: Enrollment, by: User | None = None, now: datetime | None = None) -> Enrollment:
    """A person decides that a held step is tried again now. Raises NotHeld where nothing is held."""
    if not release_many(enrollment_ids=[enrollment.pk], by=by, now=now):
        raise NotHeld
    return Enrollment.objects.get(pk=enrollment.pk)


@transaction.atomic
def release_many(
    *, enrollment_ids: Collection[int], by: User | None = None, now: datetime | None = None
) -> int:
    """Try these held steps again now; returns how many were held. Pace, gap and hours still hold, so nothing
    bursts. What may have arrived already (`unknown`) is left to the inbox.
    """
    found = Enrollment.objects.filter(pk__in=enrollment_ids, state=Enrollment.State.ACTIVE, due_at=None)
    held = found.exclude(waits_for__in=("", "task", "unknown")).order_by("pk").select_for_update()
    rows = list(held.values_list("pk", "candidate_id", "journey_id", "step_id"))
    ours = Enrollment.objects.filter(pk__in=[row[0] for row in rows])
    here = StepRun.objects.filter(
        enrollment=OuterRef("pk"), step_id=OuterRef("step_id"), visit=OuterRef("visit")
    )
    # A message that certainly never left has used up its key: the next visit has one of its own.
    ours.filter(Exists(here.filter(message__state__in=_NEVER_LEFT))).update(visit=F("visit") + 1)
    StepRun.objects.filter(enrollment__in=ours, state=StepRun.State.HELD).update(state=StepRun.State.WAITING)
    ours.update(due_at=now or timezone.now(), waits_for="released", waits_why="")
    for journey_id, step_id in {row[2:] for row in rows}:
        people = [row[1] for row in rows if row[2:] == (journey_id, step_id)]
        data = {"journey": journey_id, "step": step_id}
        event_sets.record_for(people, "journey.step_released", by=by, at=timezone.now(), data=data)
    return len(rows)


def _insert(journey: Journey, plan: Plan, judged: Entry, by: User | None, now: datetime) -> int:
    waiting = [_row(journey, plan, person, judged, now) for person in judged.enters]
    control = [_control_row(journey, person, now) for person in judged.held_out]
    actor = {"enrolled_by_id": by.pk if by else None}
    count = rowsets.insert(Enrollment, [row | actor for row in waiting])
    rowsets.insert(Enrollment, [row | actor for row in control])
    people = [person.id for person in judged.enters]
    data = {"journey": journey.pk, "version": journey.version_id}
    event_sets.record_for(people, "journey.enrolled", by=by, at=now, data=data)
    return count


def _row(journey: Journey, plan: Plan, person: Person, judged: Entry, now: datetime) -> dict[str, object]:
    stop = first_stop(plan, person, judged.house, now)
    return _blank(journey, person, now) | {
        "step_id": stop.step_id,
        "base_at": stop.base_at,
        "due_at": stop.due_at,
        "waits_for": stop.code,
        "waits_why": stop.sentence,
    }


def _control_row(journey: Journey, person: Person, now: datetime) -> dict[str, object]:
    return _blank(journey, person, now) | {"state": Enrollment.State.HOLDOUT.value}


def _blank(journey: Journey, person: Person, now: datetime) -> dict[str, object]:
    return {
        "journey_id": journey.pk,
        "version_id": journey.version_id,
        "candidate_id": person.id,
        "state": Enrollment.State.ACTIVE.value,
        "exit_reason": "",
        "enrolled_at": now,
        "step_id": "",
        "visit": 1,
        "base_at": None,
        "due_at": None,
        "attempt": 0,
        "waits_for": "",
        "waits_why": "",
    }
