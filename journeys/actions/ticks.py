"""Does everything journeys have to do at an instant, transaction by transaction."""

from collections import Counter
from datetime import datetime

from django.db.models import Min

from crm.actions import inbound, provider_events
from crm.kernel.tenancy import workspace_scope
from journeys.actions import (
    campaigns,
    date_triggers,
    journeys,
    outcomes,
    pauses,
    reactions,
    rehearsals,
    returns,
    runs,
)
from journeys.models import Enrollment, Journey

# More rounds than any journey has steps that need no time: a stop for what nobody thought of.
MAX_ROUNDS = 20_000


def tick(*, workspace_id: int, now: datetime, limit: int = runs.BATCH) -> Counter[str]:
    """Follow what happened, then run what is due, until nothing is left. Call it outside any scope."""
    total: Counter[str] = Counter()
    for _ in range(MAX_ROUNDS):
        followed = catch_up(workspace_id=workspace_id, now=now)
        with workspace_scope(workspace_id):
            ran = runs.run_due(now=now, limit=limit)
        total.update(ran.counts)
        if not followed and not ran.seen:
            break
    return total


def catch_up(*, workspace_id: int, now: datetime) -> int:
    """Exits come before anything is sent: what came by mail and from providers is read, and all that
    happened is followed. Returns how many events there were. Call it outside any scope.
    """
    inbound.read_waiting(workspace_id=workspace_id)
    provider_events.apply_waiting(workspace_id=workspace_id)
    total = 0
    while True:
        with workspace_scope(workspace_id):
            followed = reactions.follow(now=now)
        total += followed
        if not followed:
            return total


def sweep(*, workspace_id: int, now: datetime) -> int:
    """Find what a lost hint left behind: outcomes, finished tasks, drained journeys; and tell those who are
    due in a paused journey. Twice is once.
    """
    with workspace_scope(workspace_id):
        rehearsals.wake_waiting()
        pauses.note(now=now)
        found = outcomes.settle(now=now) + reactions.finish_tasks(now=now)
        return found + journeys.stop_drained(now=now)


def let_in(*, workspace_id: int, now: datetime) -> int:
    """Enroll whoever’s time has come: a date of theirs, a day named in a reply, a campaign. Twice is once."""
    with workspace_scope(workspace_id):
        entered = date_triggers.enroll_due(now=now) + returns.enroll_due(now=now)
        return entered + campaigns.start_due(now=now)


def next_entry(*, workspace_id: int, after: datetime, until: datetime) -> datetime | None:
    """When the next person enters by a date, looking no further than `until`."""
    with workspace_scope(workspace_id):
        found = (
            date_triggers.next_moment(after=after, until=until),
            returns.next_moment(after=after),
            campaigns.next_moment(after=after),
        )
        return min((moment for moment in found if moment), default=None)


def next_due(*, workspace_id: int) -> datetime | None:
    """When the next enrollment is due; None when nobody waits for a time."""
    with workspace_scope(workspace_id):
        waiting = Enrollment.objects.filter(
            state=Enrollment.State.ACTIVE, journey__state__in=(Journey.State.LIVE, Journey.State.DRAINING)
        )
        found: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
        return found
