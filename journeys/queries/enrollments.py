"""People inside journeys: where each stands, since when, why they wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from journeys.models import Enrollment, Journey, JourneyVersion, StepRun
from journeys.policies import editing, exits, refusals, wording
from journeys.queries import templates
from journeys.queries.journeys import REPLIED


@dataclass(frozen=True, slots=True)
class Standing:
    """One enrollment in words."""

    enrollment: Enrollment
    steps: tuple[StepRun, ...]
    sentence: str


def enrollments(
    *, journey_id: int | None = None, candidate_id: int | None = None, state: str = "", step_id: str = ""
) -> QuerySet[Enrollment]:
    """Enrollments with their person and journey, narrowed by what is given."""
    given = {"journey_id": journey_id, "candidate_id": candidate_id, "state": state, "step_id": step_id}
    rows = Enrollment.objects.filter(**{name: value for name, value in given.items() if value})
    return rows.select_related("candidate", "journey").defer("candidate__search_text")


def standing(enrollment: Enrollment) -> Standing:
    """The enrollment with its steps so far, and one sentence about it."""
    steps = StepRun.objects.filter(enrollment=enrollment).order_by("started_at", "pk")
    return Standing(enrollment, tuple(steps), sentence_for(enrollment))


def told(rows: Sequence[Enrollment]) -> list[tuple[Enrollment, str, str]]:
    """Each enrollment with its sentence and what its step is headed with; empty once it is over."""
    versions = JourneyVersion.objects.filter(pk__in={row.version_id for row in rows})
    names = dict(templates.living().values_list("key", "name"))
    titles = {
        (pk, str(spot.step.get("id"))): wording.title(spot.step, names)
        for pk, definition in versions.values_list("pk", "definition")
        for spot in editing.spots(definition)
    }
    inside = Enrollment.State.ACTIVE
    return [
        (row, sentence_for(row), titles.get((row.version_id, row.step_id), "") if row.state == inside else "")
        for row in rows
    ]


def code_of(enrollment: Enrollment) -> str:
    """What keeps the person where they stand, as a code; empty when nothing does."""
    if enrollment.state == Enrollment.State.HOLDOUT:
        return "holdout"
    if enrollment.state != Enrollment.State.ACTIVE:
        return ""
    return "paused" if enrollment.journey.state == Journey.State.PAUSED else enrollment.waits_for


def sentence_for(enrollment: Enrollment) -> str:
    """Why the person stands where they stand."""
    if enrollment.state == Enrollment.State.EXITED:
        back = f" Enters again on {enrollment.returns_on:%-d %b %Y}." if enrollment.returns_on else ""
        return exits.sentence_for(enrollment.exit_reason) + back
    if enrollment.state == Enrollment.State.HOLDOUT:
        return "Left out on purpose, so that the effect of the journey can be measured."
    if enrollment.state == Enrollment.State.COMPLETED:
        return "Has been through the whole journey."
    if code_of(enrollment) == "paused":
        return f"{refusals.refusal('paused').sentence} {enrollment.waits_why}".strip()
    return enrollment.waits_why or ("" if enrollment.due_at else "Waits for what becomes of the message.")


def at_step(*, journey_id: int, step_id: str, kind: str) -> QuerySet[Enrollment]:
    """The people a count on a step card stands for: waiting, sent, replied, held or refused there."""
    rows = enrollments(journey_id=journey_id)
    if kind == "waiting":
        return rows.filter(state=Enrollment.State.ACTIVE, step_id=step_id)
    runs = StepRun.objects.filter(journey_id=journey_id, step_id=step_id).filter(**_KINDS[kind])
    return rows.filter(pk__in=runs.values("enrollment_id"))


_KINDS: dict[str, dict[str, Any]] = {
    "sent": {"message__sent_at__isnull": False},
    "replied": REPLIED,
    "held": {"state__in": [StepRun.State.HELD, StepRun.State.FAILED]},
    "refused": {"state": StepRun.State.REFUSED},
    "done": {"state": StepRun.State.DONE},
}
KINDS = ("waiting", *_KINDS)


def held(now: datetime, code: str = "") -> QuerySet[Enrollment]:
    """Everybody whose next step waits for a colleague's decision, by code where one is named."""
    waiting = enrollments(state=Enrollment.State.ACTIVE).filter(due_at=None, enrolled_at__lte=now)
    waiting = waiting.exclude(waits_for__in=("", "task"))
    return waiting.filter(waits_for=code) if code else waiting


def held_codes(now: datetime) -> list[tuple[str, int]]:
    """How many are held by which code, most first."""
    rows = held(now).order_by().values("waits_for").annotate(people=Count("pk"))
    return [(row["waits_for"], row["people"]) for row in rows.order_by("-people", "waits_for")]
