"""One person's budget of contact: what they heard, what waits, and how soon the next mail may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import Candidate
from crm.policies.topics import TOPICS
from journeys.models import Enrollment, Journey
from journeys.policies.persons import Person
from journeys.policies.pressure import Budget, Override, Slide, Touch, slide_for
from journeys.queries import people, plans

_RUNNING = (Journey.State.LIVE, Journey.State.DRAINING)


@dataclass(frozen=True, slots=True)
class Pressure:
    """What counts for one person, and what it leads to now. `chosen` is their own word."""

    person: Person
    workspace: Budget
    budget: Budget
    chosen: int | None
    overrides: dict[str, Override]
    heard: Sequence[Touch]
    coming: Sequence[Enrollment]
    slide: Slide | None


def pressure_of(candidate: Candidate, *, now: datetime) -> Pressure | None:
    """Everything about one person's budget; None for whoever is gone. A handful of statements."""
    at_home = people.house()
    person = people.people([candidate.pk], at_home, now=now).get(candidate.pk)
    if person is None or person.is_gone:
        return None
    touches = sorted(people.heard_at([person.id], now=now).get(person.id, ()), reverse=True)
    budget = person.budget(at_home)
    return Pressure(
        person,
        at_home.budget,
        budget,
        person.preferred_gap_days,
        dict(person.overrides),
        touches[:20],
        coming(person.id),
        slide_for(now, touches, budget),
    )


def coming(candidate_id: int) -> list[Enrollment]:
    """Automated mail that stands in line for this person, the next first."""
    waiting = Enrollment.objects.filter(
        candidate_id=candidate_id,
        state=Enrollment.State.ACTIVE,
        due_at__isnull=False,
        journey__state__in=_RUNNING,
    )
    rows = list(waiting.select_related("journey").order_by("due_at", "pk")[:20])
    by_version = plans.plans_of({row.version_id for row in rows})
    steps = [by_version[row.version_id].step(row.step_id) for row in rows]
    return [row for row, step in zip(rows, steps, strict=True) if step and step.is_sending]


def cautions(candidate: Candidate, *, now: datetime) -> list[str]:
    """What to read before writing to this person by hand: it warns and stops nobody."""
    found = pressure_of(candidate, now=now)
    if found is None:
        return []
    said = []
    earliest = found.person.earliest()
    if earliest and earliest > now:
        said.append(f"Asked not to hear from us before {earliest:%-d %b %Y}.")
    if found.slide:
        said.append(found.slide.sentence)
    free = now + found.budget.gap
    for row in found.coming:
        if row.due_at and row.due_at < free:
            said.append(
                f"“{row.journey.name}” writes on {row.due_at:%-d %b}; if you write now, it waits until"
                f" {free:%-d %b}."
            )
    return said


def topic_rows() -> list[tuple[str, Any, Override]]:
    """Every topic with its name and the numbers set for it."""
    held = people.overrides_of(None).get(None, {})
    return [(topic, name, held.get(topic, Override())) for topic, name in TOPICS.items()]
