"""The life of a journey: written, published, paused, resumed, drained, deleted, carried elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crm.actions import events, rowsets
from crm.kernel.errors import DomainError
from crm.models import User
from journeys.actions import enrollments, pauses
from journeys.models import Enrollment, Journey, JourneyVersion
from journeys.policies.batches import shifted
from journeys.policies.branching import unchanged
from journeys.policies.file_format import Fault, JourneyFile
from journeys.policies.parsing import parse
from journeys.policies.validation import validate
from journeys.queries import journey_files, people, plans
from journeys.queries.surroundings import surroundings
from journeys.queries.travelers import travelers
from talentpools.models import SegmentMember

Inside = Literal["stay", "move", "end"]
BATCH = 2_000


class InvalidJourney(DomainError):
    """Some parts of the journey cannot be used."""

    code = "invalid_journey"
    status = 400

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__(
            faults[0].sentence, fields={fault.where or "journey": fault.sentence for fault in faults}
        )


class PeopleInside(DomainError):
    """People are inside. Let them finish or take them out first."""

    code = "people_inside"
    status = 409


class WrongState(DomainError):
    """The journey is not in a state in which this can be done."""

    code = "wrong_state"
    status = 409


@dataclass(frozen=True, slots=True)
class Published:
    """The new version, and how many people moved to it, were ended, or entered with it."""

    version: JourneyVersion
    moved: int = 0
    ended: int = 0
    entered: int = 0


@transaction.atomic
def save_draft(
    *, document: Any, by: User | None, journey: Journey | None = None, is_complete: bool = True
) -> Journey:
    """Keep the file as the journey's draft, names in it become ids of this workspace. Refuses a file that
    cannot be read or names what is not here, and, when it should be complete, one that could not be
    published; then nothing is saved.
    """
    document = journey_files.from_file(document)
    parsed = parse(document)
    if parsed.journey is None:
        more = validate(parsed.sketch, surroundings(journey.pk if journey else 0)) if parsed.sketch else ()
        raise InvalidJourney((*parsed.faults, *more))
    if is_complete:
        _refuse_faults(parsed.journey, journey.pk if journey else 0)
    if journey is None:
        journey = Journey.objects.create(name=parsed.journey.name, draft=document, owner=by)
        events.record("journey.created", by=by, data={"journey": journey.pk})
        return journey
    journey.name, journey.draft = parsed.journey.name, document
    journey.save(update_fields=["name", "draft", "updated_at"])
    events.record("journey.changed", by=by, data={"journey": journey.pk})
    return journey


@transaction.atomic
def publish(
    *,
    journey: Journey,
    by: User | None,
    inside: Inside = "stay",
    enroll_members: bool = False,
    now: datetime | None = None,
) -> Published:
    """Make the draft the version that runs. People inside stay on theirs, move when they stand before the
    first change, or end. Publishing an unchanged draft again makes no new version.
    """
    now = now or timezone.now()
    journey = Journey.objects.select_for_update().get(pk=journey.pk)
    parsed = parse(journey.draft)
    if parsed.journey is None:
        raise InvalidJourney(parsed.faults)
    _refuse_faults(parsed.journey, journey.pk)
    before = journey.version
    version = before if before and before.definition == journey.draft else _add_version(journey, by, now)
    journey.version = version
    if journey.state != Journey.State.PAUSED:
        journey.state = Journey.State.LIVE
    journey.save(update_fields=["version", "state", "updated_at"])
    moved = _move(journey, version) if inside == "move" else 0
    ended = _end(journey, now, by) if inside == "end" else 0
    events.record("journey.published", by=by, at=now, data={"journey": journey.pk, "version": version.number})
    entered = _enroll_members(journey, parsed.journey, by, now) if enroll_members else 0
    return Published(version, moved, ended, entered)


@transaction.atomic
def pause(*, journey: Journey, by: User | None, now: datetime | None = None) -> Journey:
    """Freeze the clocks of everybody inside, and keep back what is queued. Pausing twice is pausing once."""
    now = now or timezone.now()
    journey = _locked(journey, Journey.State.LIVE, Journey.State.DRAINING, Journey.State.PAUSED)
    if journey.state == Journey.State.PAUSED:
        return journey
    journey.state, journey.paused_at = Journey.State.PAUSED, now
    journey.save(update_fields=["state", "paused_at", "updated_at"])
    enrollments.keep_back(journey=journey, code="paused", now=now)
    pauses.note(now=now)
    events.record("journey.paused", by=by, at=now, data={"journey": journey.pk})
    return journey


@transaction.atomic
def resume(*, journey: Journey, by: User | None, now: datetime | None = None) -> Journey:
    """Let the clocks run on: every due time is computed anew as if the pause had not been. No burst."""
    now = now or timezone.now()
    journey = _locked(journey, Journey.State.PAUSED, Journey.State.DRAINING, Journey.State.LIVE)
    if journey.state == Journey.State.PAUSED and journey.paused_at:
        _thaw(journey, journey.paused_at, now)
    journey.state, journey.paused_at = Journey.State.LIVE, None
    journey.save(update_fields=["state", "paused_at", "updated_at"])
    events.record("journey.resumed", by=by, at=now, data={"journey": journey.pk})
    return journey


@transaction.atomic
def drain(*, journey: Journey, by: User | None, now: datetime | None = None) -> Journey:
    """Let nobody in any more; people inside finish."""
    now = now or timezone.now()
    journey = _locked(journey, Journey.State.LIVE, Journey.State.PAUSED, Journey.State.DRAINING)
    if journey.state == Journey.State.PAUSED and journey.paused_at:
        _thaw(journey, journey.paused_at, now)
    journey.state, journey.paused_at = Journey.State.DRAINING, None
    journey.save(update_fields=["state", "paused_at", "updated_at"])
    events.record("journey.drained", by=by, at=now, data={"journey": journey.pk})
    return journey


@transaction.atomic
def delete(*, journey: Journey, by: User | None) -> None:
    """Delete a journey and its past. Refused while people are inside."""
    journey = Journey.objects.select_for_update().get(pk=journey.pk)
    if Enrollment.objects.filter(journey=journey, state=Enrollment.State.ACTIVE).exists():
        raise PeopleInside
    events.record("journey.deleted", by=by, data={"journey": journey.pk, "name": journey.name})
    Enrollment.objects.filter(journey=journey).delete()
    Journey.objects.filter(pk=journey.pk).update(version=None)
    journey.delete()


def stop_drained(*, now: datetime) -> int:
    """Journeys that were draining and are empty stop; returns how many."""
    inside = Enrollment.objects.filter(state=Enrollment.State.ACTIVE).values("journey_id")
    empty = Journey.objects.filter(state=Journey.State.DRAINING).exclude(pk__in=inside)
    return empty.update(state=Journey.State.STOPPED, updated_at=now)


def _refuse_faults(journey: JourneyFile, journey_id: int) -> None:
    if faults := validate(journey, surroundings(journey_id)):
        raise InvalidJourney(faults)


def _add_version(journey: Journey, by: User | None, now: datetime) -> JourneyVersion:
    last = JourneyVersion.objects.filter(journey=journey).aggregate(last=Max("number"))["last"] or 0
    return JourneyVersion.objects.create(
        journey=journey, number=last + 1, definition=journey.draft, published_by=by, published_at=now
    )


def _move(journey: Journey, version: JourneyVersion) -> int:
    inside = Enrollment.objects.filter(journey=journey, state=Enrollment.State.ACTIVE)
    others = list(inside.exclude(version=version).values_list("version_id", flat=True).distinct())
    new = plans.read_plan(version.definition).journey
    moved = 0
    for version_id, plan in plans.plans_of(others).items():
        same = unchanged(plan.journey, new)
        moved += inside.filter(version_id=version_id, step_id__in=same).update(version=version)
    return moved


def _end(journey: Journey, now: datetime, by: User | None) -> int:
    inside = Enrollment.objects.filter(journey=journey, state=Enrollment.State.ACTIVE)
    ids = list(inside.values_list("pk", flat=True))
    return enrollments.exit_people(enrollment_ids=ids, reason="ended", now=now, by=by)


def _enroll_members(journey: Journey, file: JourneyFile, by: User | None, now: datetime) -> int:
    if journey.state != Journey.State.LIVE or file.trigger.segment_id is None:
        return 0
    members = SegmentMember.objects.filter(segment_id=file.trigger.segment_id, left_at=None, is_reviewed=True)
    ids = list(members.order_by("candidate_id").values_list("candidate_id", flat=True))
    return enrollments.enroll(journey=journey, candidate_ids=ids, by=by, now=now).count


def _locked(journey: Journey, *allowed: str) -> Journey:
    journey = Journey.objects.select_for_update().get(pk=journey.pk)
    if journey.state not in allowed:
        raise WrongState(f"“{journey.name}” is {journey.get_state_display().lower()}.")
    return journey


def _thaw(journey: Journey, paused_at: datetime, now: datetime) -> None:
    """Shift everybody by the pause; where only a delay is waited for, compute its end anew."""
    pauses.lift(journey=journey, since=paused_at, now=now)
    waiting = Enrollment.objects.filter(journey=journey, state=Enrollment.State.ACTIVE, due_at__isnull=False)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    house = people.house()
    for start in range(0, len(ids), BATCH):
        rows = travelers(Enrollment.objects.filter(pk__in=ids[start : start + BATCH]))
        known = people.people({row.candidate_id for row in rows}, house, now=now)
        by_version = plans.plans_of({row.version_id for row in rows})
        moved = []
        for row in rows:
            stop = shifted(
                row, by_version[row.version_id], known[row.candidate_id], house, by=now - paused_at
            )
            moved.append({"id": row.id, "base_at": stop.base_at, "due_at": stop.due_at})
        rowsets.update(Enrollment, moved)
