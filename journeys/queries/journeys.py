"""Journeys as lists and pages show them: state, people inside, sent, answered, what comes next."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from crm.models import Message
from journeys.models import Enrollment, Journey, StepRun

# A later message of the same thread refers to the one before too; only what came in is a reply.
REPLIED: dict[str, Any] = {
    "message__replies__direction": Message.Direction.IN,
    "message__replies__is_automatic": False,
}
_ACTIVE = Q(state=Enrollment.State.ACTIVE)


@dataclass(frozen=True, slots=True)
class Row:
    """A journey with its figures."""

    journey: Journey
    inside: int
    entered: int
    completed: int
    exited: int
    held: int
    sent: int
    replied: int
    next_due: datetime | None


def journeys() -> QuerySet[Journey]:
    """Every journey, newest first; campaigns are journeys too."""
    return Journey.objects.select_related("version", "owner").order_by("-updated_at", "-pk")


def listed() -> QuerySet[Journey]:
    """Those that lists and choices show: not the one step under a campaign."""
    return journeys().filter(is_campaign=False)


def with_figures(found: Sequence[Journey]) -> list[Row]:
    """These journeys with their figures, in two queries however many there are."""
    ids = [journey.pk for journey in found]
    people: dict[int, dict[str, Any]] = {
        row["journey_id"]: dict(row)
        for row in Enrollment.objects.filter(journey_id__in=ids)
        .values("journey_id")
        .annotate(
            inside=Count("pk", filter=_ACTIVE),
            entered=Count("pk", filter=~Q(state=Enrollment.State.HOLDOUT)),
            completed=Count("pk", filter=Q(state=Enrollment.State.COMPLETED)),
            exited=Count("pk", filter=Q(state=Enrollment.State.EXITED)),
            held=Count("pk", filter=_ACTIVE & Q(due_at=None) & ~Q(waits_for__in=("", "task"))),
            next_due=Min("due_at", filter=_ACTIVE),
        )
    }
    mail = _mail(ids)
    return [_row(journey, people.get(journey.pk, {}), mail[journey.pk]) for journey in found]


def step_counts(journey_id: int) -> dict[str, Counter[str]]:
    """Per step: how many wait there, and what became of those who passed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    standing = Enrollment.objects.filter(_ACTIVE, journey_id=journey_id).values("step_id")
    for row in standing.annotate(people=Count("pk")):
        counts[row["step_id"]]["waiting"] = row["people"]
    runs = (
        StepRun.objects.filter(journey_id=journey_id)
        .values("step_id")
        .annotate(
            sent=Count("pk", filter=Q(message__sent_at__isnull=False)),
            done=Count("pk", filter=Q(state=StepRun.State.DONE)),
            held=Count("pk", filter=Q(state__in=(StepRun.State.HELD, StepRun.State.FAILED))),
            refused=Count("pk", filter=Q(state=StepRun.State.REFUSED)),
        )
    )
    for run in runs:
        counts[run["step_id"]].update({name: run[name] for name in ("sent", "done", "held", "refused")})
    for step_id, people in _replies([journey_id], "step_id"):
        counts[step_id]["replied"] = people
    return counts


@dataclass(slots=True)
class _Mail:
    sent: int = 0
    replied: int = 0


def _mail(ids: Sequence[int]) -> dict[int, _Mail]:
    found: dict[int, _Mail] = defaultdict(_Mail)
    sent = StepRun.objects.filter(journey_id__in=ids, message__sent_at__isnull=False)
    for row in sent.values("journey_id").annotate(messages=Count("pk")):
        found[row["journey_id"]].sent = row["messages"]
    for journey_id, people in _replies(ids, "journey_id"):
        found[journey_id].replied = people
    return found


def _replies(ids: Sequence[int], by: str) -> list[tuple[Any, int]]:
    answered = StepRun.objects.filter(journey_id__in=ids, **REPLIED)
    rows = answered.values(by).annotate(people=Count("enrollment_id", distinct=True))
    return [(row[by], row["people"]) for row in rows]


def _row(journey: Journey, people: dict[str, Any], mail: _Mail) -> Row:
    is_running = journey.state in (Journey.State.LIVE, Journey.State.DRAINING)
    return Row(
        journey,
        inside=people.get("inside", 0),
        entered=people.get("entered", 0),
        completed=people.get("completed", 0),
        exited=people.get("exited", 0),
        held=people.get("held", 0),
        sent=mail.sent,
        replied=mail.replied,
        next_due=people.get("next_due") if is_running else None,
    )
