"""Who may enter a journey, and why the others may not: the same answer for the preview and the enrolment."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from journeys.models import Enrollment, Journey
from journeys.policies import refusals
from journeys.policies.branching import Plan, is_held_out
from journeys.policies.persons import House, Person
from journeys.policies.refusals import Refusal
from journeys.queries import people

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

    @property
    def cautions(self) -> list[tuple[int, str]]:
        """What to read about people who enter: (id, sentence). It stops nobody."""
        return [(person.id, sentence) for person in self.enters for sentence in person.warnings]

    def codes(self) -> Counter[str]:
        """How many are refused by which code."""
        return Counter(refused.code for refused in self.refused)


def entry(journey: Journey, plan: Plan, ids: Sequence[int], *, now: datetime) -> Entry:
    """Judge these people at `now`; each once, in the order given."""
    at_home = people.house()
    wanted = list(dict.fromkeys(ids))
    by_id = people.people(wanted, at_home, now=now)
    inside, lately = _known(journey, plan, wanted, now)
    sends = any(step.is_sending for step in plan.steps.values())
    enters: list[Person] = []
    held_out: list[Person] = []
    refused: list[Refused] = []
    for pk in wanted:
        person = by_id.get(pk)
        block = person.block_at(now) if person and sends else ""
        refusal = _refusal(person, plan, inside=pk in inside, lately=pk in lately, block=block)
        if refusal or person is None:
            found = refusal or refusals.refusal("not_found")
            refused.append(Refused(pk, found.code, found.sentence))
        elif is_held_out(plan.journey.settings.holdout_percent, person=pk, journey=journey.pk):
            held_out.append(person)
            found = refusals.refusal("holdout")
            refused.append(Refused(pk, found.code, found.sentence))
        else:
            enters.append(person)
    return Entry(tuple(enters), tuple(held_out), tuple(refused), at_home)


def _known(journey: Journey, plan: Plan, ids: Collection[int], now: datetime) -> tuple[set[int], set[int]]:
    """Who is inside now, and who was too recently to enter again (never again without re-entry)."""
    earlier = Enrollment.objects.filter(journey=journey, candidate_id__in=ids)
    inside = set(earlier.filter(state__in=_INSIDE).values_list("candidate_id", flat=True))
    days = plan.journey.settings.reentry_days
    before = earlier.exclude(state__in=_INSIDE)
    if days is not None:
        before = before.filter(ended_at__gt=now - timedelta(days=days))
    return inside, set(before.values_list("candidate_id", flat=True))


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
