"""Who may enter a journey, and why the others may not: the same answer for the preview and the enrolment."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crm.policies.ownership import Ownership, sentence
from crm.queries import ownership
from crm.queries.arrays import among
from journeys.models import Enrollment, Journey
from journeys.policies import refusals
from journeys.policies.branching import Plan, is_held_out
from journeys.policies.persons import House, Person
from journeys.policies.refusals import Refusal
from journeys.queries import people, plans
from talentpools.models import Segment, SegmentMember

_INSIDE = (Enrollment.State.ACTIVE, Enrollment.State.HOLDOUT)


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody who does not enter."""

    candidate_id: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Who enters, who is left out as a control group, and who is refused."""

    enters: tuple[Person, ...]
    held_out: tuple[Person, ...]
    refused: tuple[Refused, ...]
    house: House
    owned: Mapping[int, str] = field(default_factory=dict)

    @property
    def cautions(self) -> list[tuple[int, str]]:
        """What to read about people who enter: (id, sentence). It stops nobody."""
        marked = [(person.id, sentence) for person in self.enters for sentence in person.warnings]
        return [*self.owned.items(), *marked]

    def codes(self) -> Counter[str]:
        """How many are refused by which code."""
        return Counter(refused.code for refused in self.refused)


def entry(
    journey: Journey,
    plan: Plan,
    ids: Sequence[int],
    *,
    now: datetime,
    asked_by: int | None = None,
    is_return: bool = False,
) -> Entry:
    """Judge these people at `now`; each once, in the order given.

    `asked_by` is the colleague who enrolls them: whoever somebody else is in touch with is refused where the
    workspace is strict, and else enters with a caution. With `is_return`, having been inside lately is no
    reason against it.
    """
    at_home = people.house()
    wanted = list(dict.fromkeys(ids))
    by_id = people.people(wanted, at_home, now=now)
    inside, lately = _known(journey, plan, wanted, None if is_return else now)
    sends = any(step.is_sending for step in plan.steps.values())
    held = ownership.held_by_others(wanted, by_id=asked_by, now=now)
    refused_owned = held if held and ownership.is_strict() else {}
    enters: list[Person] = []
    held_out: list[Person] = []
    refused: list[Refused] = []
    for pk in wanted:
        person = by_id.get(pk)
        block = person.block_at(now) if person and sends else ""
        refusal = _refusal(person, plan, inside=pk in inside, lately=pk in lately, block=block)
        if pk in refused_owned:
            refusal = refusal or refusals.refusal("owned", sentence(held[pk]))
        if refusal or person is None:
            found = refusal or refusals.refusal("not_found")
            refused.append(Refused(pk, found.code, found.sentence))
        elif is_held_out(plan.journey.settings.holdout_percent, person=pk, journey=journey.pk):
            held_out.append(person)
            found = refusals.refusal("holdout")
            refused.append(Refused(pk, found.code, found.sentence))
        else:
            enters.append(person)
    return Entry(tuple(enters), tuple(held_out), tuple(refused), at_home, _told(enters, held))


def judge_one(candidate_id: int, plans: Mapping[int, Plan], *, now: datetime) -> dict[int, Refusal | None]:
    """What each of these journeys, by id, says about one person now; None: they may enter. As `entry` does,
    but who owns the relation, which depends on who asks.
    """
    person = people.people([candidate_id], people.house(), now=now).get(candidate_id)
    earlier = defaultdict(list)
    rows = Enrollment.objects.filter(candidate_id=candidate_id, journey_id__in=plans)
    for journey_id, *row in rows.values_list("journey_id", "candidate_id", "state", "ended_at"):
        earlier[journey_id].append(tuple(row))
    found: dict[int, Refusal | None] = {}
    for journey_id, plan in plans.items():
        inside, lately = _split(earlier[journey_id], plan, now)
        sends = any(step.is_sending for step in plan.steps.values())
        block = person.block_at(now) if person and sends else ""
        refusal = _refusal(person, plan, inside=bool(inside), lately=bool(lately), block=block)
        if refusal is None and is_held_out(
            plan.journey.settings.holdout_percent, person=candidate_id, journey=journey_id
        ):
            refusal = refusals.refusal("holdout")
        found[journey_id] = refusal
    return found


def members(journey: Journey, segment: Segment, *, now: datetime, asked_by: int | None) -> Entry:
    """The same for everybody in a segment now, by the draft of the journey."""
    inside = SegmentMember.objects.filter(segment=segment, left_at=None, is_reviewed=True)
    ids = list(inside.order_by("candidate_id").values_list("candidate_id", flat=True))
    return entry(journey, plans.read_plan(journey.draft), ids, now=now, asked_by=asked_by)


def _told(enters: Sequence[Person], held: Mapping[int, Ownership]) -> dict[int, str]:
    return {person.id: sentence(held[person.id]) for person in enters if person.id in held}


def _known(
    journey: Journey, plan: Plan, ids: Collection[int], now: datetime | None
) -> tuple[set[int], set[int]]:
    """Who is inside now, and who was too recently to enter again (never again without re-entry)."""
    earlier = Enrollment.objects.filter(among("candidate_id", ids), journey=journey)
    return _split(list(earlier.values_list("candidate_id", "state", "ended_at")), plan, now)


def _split(rows: Sequence[tuple[Any, ...]], plan: Plan, now: datetime | None) -> tuple[set[int], set[int]]:
    inside = {pk for pk, state, _ in rows if state in _INSIDE}
    if now is None:
        return inside, set()
    days = plan.journey.settings.reentry_days
    since = None if days is None else now - timedelta(days=days)
    lately = {pk for pk, state, ended_at in rows if state not in _INSIDE and _is_after(ended_at, since)}
    return inside, lately


def _is_after(ended_at: datetime | None, since: datetime | None) -> bool:
    return since is None or (ended_at is not None and ended_at > since)


def _refusal(person: Person | None, plan: Plan, *, inside: bool, lately: bool, block: str) -> Refusal | None:
    if person is None:
        return refusals.refusal("not_found")
    for code, holds in (
        ("archived", person.is_gone),
        ("already_inside", inside),
        ("too_soon", lately),
        (block, bool(block)),
        ("in_process", person.in_process and "in_process" in plan.journey.settings.exit_on),
    ):
        if holds:
            return refusals.refusal(code)
    return None
