"""The copy a rehearsal plays with: everybody inside running journeys, and who would enter this one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from crm.kernel.errors import DomainError
from crm.models import Message
from journeys.models import Enrollment, Journey, Rehearsal, StepRun
from journeys.policies.batches import Traveler, shifted
from journeys.policies.branching import Plan
from journeys.policies.parsing import parse
from journeys.policies.persons import House, Person
from journeys.policies.rehearsal import World
from journeys.policies.rehearsal_record import Record
from journeys.policies.validation import validate
from journeys.queries import entry, people, plans
from journeys.queries.entry import Refused
from journeys.queries.rehearsal_senses import Senses
from journeys.queries.surroundings import surroundings
from journeys.queries.travelers import journeys_of, travelers
from talentpools.models import SegmentMember

CHUNK = 5_000
MOST = 200_000
DRAFT = 0
_RUNNING = (Journey.State.LIVE, Journey.State.DRAINING)


class NotReadable(DomainError):
    """The draft has faults; mend them first."""

    code = "invalid_journey"
    status = 400


@dataclass(slots=True)
class Copy:
    """The world with what it is asked, who of the rehearsed journey was refused, and who had been inside."""

    world: World
    senses: Senses
    record: Record
    inside: int
    entered: int
    refused: list[Refused]


def readable_plan(journey: Journey) -> Plan:
    """The draft as a plan; refuses one that could not be published."""
    parsed = parse(journey.draft)
    faults = parsed.faults
    if parsed.journey is not None:
        faults = validate(parsed.journey, surroundings(journey.pk))
    if parsed.journey is None or faults:
        raise NotReadable(faults[0].sentence, fields={f.where or "journey": f.sentence for f in faults})
    return plans.read_plan(journey.draft)


def copy_for(rehearsal: Rehearsal) -> Copy:
    """Everything the rehearsal needs, read in a constant number of statements per few thousand people."""
    journey = Journey.objects.select_related("version").get(pk=rehearsal.journey_id)
    # As if automated mail went on at the start, should it be stopped now.
    now, at_home = rehearsal.starts_at, replace(people.house(), is_stopped=False)
    inside = _inside(journey)
    if len(inside) > MOST:
        raise DomainError(f"{len(inside)} people are inside journeys; a rehearsal copies {MOST}.")
    world = World(
        at_home, journeys_of({*(t.journey_id for t in inside), *_running_ids(), journey.pk}), {}, {}, {}
    )
    _read_plans(world, journey, inside)
    _read_people(world, {traveler.candidate_id for traveler in inside}, at_home, now)
    if journey.state == Journey.State.PAUSED and journey.paused_at:
        _thaw(world, [t for t in inside if t.journey_id == journey.pk], now - min(journey.paused_at, now))
    world.add(inside)
    world.on_their_way = _on_their_way(world)
    senses = Senses(rehearsal.workspace_id or 0, world)
    ours = [traveler for traveler in inside if traveler.journey_id == journey.pk]
    copy = Copy(world, senses, Record(journey.pk, at_home.zone), len(ours), 0, [])
    for traveler in ours:
        copy.record.follow(traveler.candidate_id)
    _let_in(copy, journey, _entering(rehearsal, journey, is_empty=not ours), now)
    return copy


def _running_ids() -> list[int]:
    return list(Journey.objects.filter(state__in=_RUNNING).values_list("pk", flat=True))


def _inside(journey: Journey) -> list[Traveler]:
    running = Q(journey__state__in=_RUNNING) | Q(journey=journey)
    return travelers(Enrollment.objects.filter(running, state=Enrollment.State.ACTIVE).order_by("pk"))


def _read_plans(world: World, journey: Journey, inside: Sequence[Traveler]) -> None:
    live = Journey.objects.filter(state__in=_RUNNING, version__isnull=False)
    versions = {traveler.version_id for traveler in inside} | set(live.values_list("version_id", flat=True))
    world.plans = plans.plans_of(versions)
    if journey.version is None or journey.version.definition != journey.draft:
        world.plans[DRAFT] = readable_plan(journey)
    else:
        world.plans[DRAFT] = plans.read_plan(journey.version.definition)


def _read_people(world: World, ids: set[int], at_home: House, now: datetime) -> None:
    wanted = sorted(ids - world.people.keys())
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        world.people.update(people.people(chunk, at_home, now=now))
        world.heard.update(people.heard_at(chunk, now=now))


def _thaw(world: World, ours: list[Traveler], by: timedelta) -> None:
    """A paused journey is rehearsed as if it went on at the start."""
    for traveler in ours:
        if traveler.due_at is not None:
            plan, person = world.plans[traveler.version_id], world.people[traveler.candidate_id]
            stop = shifted(traveler, plan, person, world.house, by=by)
            traveler.base_at, traveler.due_at = stop.base_at, stop.due_at


def _on_their_way(world: World) -> list[int]:
    """Whose message is queued already: it leaves first."""
    waiting = [t.id for t in world.travelers.values() if t.due_at is None and not t.waits_for]
    found: list[int] = []
    for start in range(0, len(waiting), CHUNK):
        sending = StepRun.objects.filter(
            enrollment_id__in=waiting[start : start + CHUNK],
            state=StepRun.State.SENDING,
            message__state__in=(Message.State.QUEUED, Message.State.SENDING, Message.State.SENT),
        )
        found += sending.order_by("pk").values_list("enrollment_id", flat=True)
    return found


def _entering(rehearsal: Rehearsal, journey: Journey, *, is_empty: bool) -> list[int]:
    chosen = rehearsal.assumptions.get("entering")
    if chosen is not None:
        return list(chosen)
    trigger = journey.draft.get("trigger", {})
    if not is_empty or trigger.get("on") != "segment.entered":
        return []
    members = SegmentMember.objects.filter(segment_id=trigger["segment"], left_at=None, is_reviewed=True)
    return list(members.order_by("candidate_id").values_list("candidate_id", flat=True)[:MOST])


def _let_in(copy: Copy, journey: Journey, ids: list[int], now: datetime) -> None:
    """Judge who would enter, as enrolling does, and stand them at the first step."""
    world, plan = copy.world, copy.world.plans[DRAFT]
    for start in range(0, len(ids), CHUNK):
        judged = entry.entry(journey, plan, ids[start : start + CHUNK], now=now)
        copy.refused += judged.refused
        entering: tuple[Person, ...] = judged.enters
        world.heard.update(people.heard_at([person.id for person in entering], now=now))
        stood = copy.senses.travelers(journey.pk, DRAFT, entering, now)
        world.add(stood)
        copy.entered += len(stood)
        for traveler in stood:
            copy.record.follow(traveler.candidate_id)
