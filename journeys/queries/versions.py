"""The versions of a journey, each with what it changed, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from journeys.models import Enrollment, Journey, JourneyVersion
from journeys.policies.branching import unchanged
from journeys.policies.parsing import parse
from journeys.queries import plans
from journeys.queries.journey_files import Comparison


@dataclass(frozen=True, slots=True)
class Told:
    """One version, or the draft, against what was before it."""

    name: str
    by: str
    at: datetime | None
    inside: int
    is_running: bool
    changes: tuple[str, ...]
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What publishing would change, in words, and how many of those inside stand before it."""

    changes: tuple[str, ...] = ()
    before_it: int = 0


def unpublished(journey: Journey) -> Unpublished:
    """The draft against what runs; nothing when they do the same, or nothing runs yet."""
    running, new = journey.version, parse(journey.draft).journey
    if running is None or new is None:
        return Unpublished()
    inside = Enrollment.objects.filter(journey=journey, state=Enrollment.State.ACTIVE)
    standing = list(inside.values("version_id", "step_id").annotate(people=Count("pk")).order_by())
    before = plans.plans_of({row["version_id"] for row in standing})
    same = {pk: unchanged(plan.journey, new) for pk, plan in before.items()}
    movable = sum(row["people"] for row in standing if row["step_id"] in same[row["version_id"]])
    return Unpublished(tuple(Comparison().differences(running.definition, journey.draft)), movable)


def told(journey: Journey) -> list[Told]:
    """The draft, when it differs from what runs, then every version, the newest first."""
    rows = list(
        JourneyVersion.objects.filter(journey=journey)
        .select_related("published_by")
        .annotate(inside=Count("enrollments", filter=Q(enrollments__state=Enrollment.State.ACTIVE)))
        .order_by("number")
    )
    found, between = [], Comparison()
    before: dict[str, object] | None = None
    for row in rows:
        changes = tuple(between.differences(before, row.definition)) if before else ()
        by = str(row.published_by or "")
        is_running = row.pk == journey.version_id
        name = f"Version {row.number}"
        found.append(Told(name, by, row.published_at, row.inside, is_running, changes, before is None))
        before = row.definition
    running = journey.version.definition if journey.version else None
    if running is not None and (changes := tuple(between.differences(running, journey.draft))):
        found.append(Told("Draft", "", None, 0, False, changes))
    return found[::-1]
