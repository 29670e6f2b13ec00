"""“Not now, but in spring”: who named a day in a reply enters the journey they left once more on that day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from crm.models import Event, Message
from journeys.actions import enrollments
from journeys.models import Enrollment, Journey, StepRun
from journeys.policies.timing import at_wall
from journeys.queries import people

# Where the day begins first.
_EAST = timedelta(hours=14)


def follow(taken: Iterable[Event]) -> None:
    """Note the days that replies named, and forget them when a reply is put back on the list."""
    for event in taken:
        if event.kind == "message.settled" and event.data.get("outcome") == Message.Outcome.NOT_NOW:
            if day := event.data.get("not_before"):
                _plan(event, date.fromisoformat(day))
        elif event.kind == "message.unsettled":
            _plan(event, None)


def enroll_due(*, now: datetime) -> int:
    """Enroll whoever's day has begun where they live; a journey that is not live is waited for."""
    waiting = Enrollment.objects.filter(
        returns_on__lte=(now + _EAST).date(), journey__state=Journey.State.LIVE
    ).exclude(state=Enrollment.State.ACTIVE)
    by_journey: dict[int, list[Enrollment]] = defaultdict(list)
    for row in _begun(list(waiting.order_by("pk")), now):
        by_journey[row.journey_id].append(row)
    count = 0
    for journey in Journey.objects.filter(pk__in=by_journey).order_by("pk"):
        rows = by_journey[journey.pk]
        ids = [row.candidate_id for row in rows]
        count += enrollments.enroll(journey=journey, candidate_ids=ids, now=now, is_return=True).count
        Enrollment.objects.filter(pk__in=[row.pk for row in rows]).update(returns_on=None)
    return count


def next_moment(*, after: datetime) -> datetime | None:
    """When the next of these days begins; None when nobody is waited for."""
    rows = Enrollment.objects.filter(returns_on__isnull=False, journey__state=Journey.State.LIVE)
    moments = _moments(list(rows))
    return min((moment for moment in moments.values() if moment > after), default=None)


def _plan(event: Event, day: date | None) -> None:
    answered = Message.objects.filter(pk=event.data.get("message") or 0).values("in_reply_to")
    runs = StepRun.objects.filter(message_id__in=answered)
    left = Enrollment.objects.filter(candidate_id=event.candidate_id or 0).exclude(
        state=Enrollment.State.ACTIVE
    )
    # A reply that named no mail of ours answers the journey that was left for it last.
    replied = left.filter(exit_reason="replied").order_by("-ended_at", "-pk")
    latest = left.filter(pk__in=runs.values("enrollment_id")).first() or replied.first()
    if latest is not None:
        Enrollment.objects.filter(pk=latest.pk).update(returns_on=day)


def _begun(rows: Sequence[Enrollment], now: datetime) -> list[Enrollment]:
    moments = _moments(rows)
    return [row for row in rows if row.pk not in moments or moments[row.pk] <= now]


def _moments(rows: Sequence[Enrollment]) -> dict[int, datetime]:
    if not rows:
        return {}
    home = people.house()
    zones = {
        pk: person.zone
        for pk, person in people.people(
            {row.candidate_id for row in rows}, home, now=max(row.enrolled_at for row in rows)
        ).items()
    }
    return {
        row.pk: at_wall(row.returns_on, time(0), zones[row.candidate_id])
        for row in rows
        if row.returns_on and row.candidate_id in zones
    }
