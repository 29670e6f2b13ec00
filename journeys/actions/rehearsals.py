"""Rehearsing a journey: asked for, played through in the background, stopped. Writes its own rows only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import rowsets
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import User
from journeys.actions import runs
from journeys.models import Journey, Rehearsal, RehearsedPerson
from journeys.policies.rehearsal import Canceled, Chances, Simulation
from journeys.queries import rehearsal_copy, rehearsal_report
from journeys.queries.rehearsal_copy import Copy

LONGEST = 400
RATES = {"open_rate": "opened", "click_rate": "clicked", "reply_rate": "replied"}
BATCH = 2_000
_BEAT = 0.7
# A worker that gave no sign for so long is gone.
_SILENT = timedelta(minutes=2)
_OPEN = (Rehearsal.State.WAITING, Rehearsal.State.RUNNING)


class BadAssumptions(DomainError):
    """A rehearsal runs for 1 to 400 days; rates lie between 0 and 1."""

    code = "invalid"
    status = 400


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be rehearsed. `entering`: people who would enter at the start; None is the default:
    the members of the trigger's segment, unless people are inside already."""

    starts_at: datetime
    days: int
    assumptions: Mapping[str, Any]
    entering: tuple[int, ...] | None = None


@transaction.atomic
def start(*, journey: Journey, wish: Wish, by: User | None, in_background: bool = True) -> Rehearsal:
    """Ask for a rehearsal; a worker plays it through. Refuses a draft that could not be published."""
    rehearsal_copy.readable_plan(journey)
    assumptions: dict[str, Any] = {name: _rate(wish.assumptions, name) for name in RATES}
    if not 1 <= wish.days <= LONGEST:
        raise BadAssumptions(fields={"days": f"From 1 to {LONGEST} days."})
    assumptions["seed"] = _seed(wish.assumptions)
    assumptions["entering"] = list(wish.entering) if wish.entering is not None else None
    rehearsal = Rehearsal.objects.create(
        journey=journey, starts_at=wish.starts_at, days=wish.days, assumptions=assumptions, requested_by=by
    )
    if in_background:
        enqueue("journeys.rehearse", rehearsal_id=rehearsal.pk)
    return rehearsal


@transaction.atomic
def cancel(*, rehearsal: Rehearsal) -> None:
    """Stop a rehearsal; the worker sees it within a second. Twice is once."""
    stopped = Rehearsal.objects.filter(pk=rehearsal.pk, state__in=_OPEN)
    stopped.update(state=Rehearsal.State.CANCELED, finished_at=timezone.now())


def wake_waiting() -> int:
    """Start rehearsals whose hint was lost or whose worker is gone; returns how many."""
    found = list(Rehearsal.objects.filter(state__in=_OPEN).order_by("pk"))
    now = timezone.now()
    silent = [one for one in found if now - (one.beat_at or one.created_at) > _SILENT]
    for one in silent:
        enqueue("journeys.rehearse", rehearsal_id=one.pk)
    return len(silent)


def play(*, workspace_id: int, rehearsal_id: int) -> None:
    """Play it through and keep what came of it. Call it outside any transaction."""
    with workspace_scope(workspace_id):
        rehearsal = _claimed(rehearsal_id)
        if rehearsal is None:
            return
        try:
            copy = rehearsal_copy.copy_for(rehearsal)
        except DomainError as refusal:
            _fail(rehearsal_id, str(refusal))
            return
    given = rehearsal.assumptions
    chances = Chances({kind: given[name] for name, kind in RATES.items()}, given["seed"])
    simulation = Simulation(copy.world, copy.senses, copy.record, chances, limit=runs.BATCH)
    since, until = rehearsal.starts_at, rehearsal.starts_at + timedelta(days=rehearsal.days)
    try:
        simulation.run(since, until, _Beat(workspace_id, rehearsal_id, since, until))
    except Canceled:
        return
    except Exception:
        with workspace_scope(workspace_id):
            _fail(rehearsal_id, "Something went wrong while rehearsing; it is in the log.")
        raise
    with workspace_scope(workspace_id):
        _keep(rehearsal, copy)


class _Beat:
    """Tells how far the clock is, and notices that somebody stopped it."""

    def __init__(self, workspace_id: int, rehearsal_id: int, since: datetime, until: datetime) -> None:
        self.workspace_id, self.rehearsal_id = workspace_id, rehearsal_id
        self.since, self.until = since, until
        self.next_at = monotonic() + _BEAT

    def __call__(self, clock: datetime) -> None:
        if monotonic() < self.next_at:
            return
        self.next_at = monotonic() + _BEAT
        percent = int(99 * ((clock - self.since) / (self.until - self.since)))
        with workspace_scope(self.workspace_id):
            running = Rehearsal.objects.filter(pk=self.rehearsal_id, state=Rehearsal.State.RUNNING)
            if not running.update(progress=percent, beat_at=timezone.now()):
                raise Canceled


def _claimed(rehearsal_id: int) -> Rehearsal | None:
    found = Rehearsal.objects.select_for_update(skip_locked=True).filter(pk=rehearsal_id).first()
    now = timezone.now()
    is_lost = found and found.state == Rehearsal.State.RUNNING and now - (found.beat_at or now) > _SILENT
    if found is None or not (found.state == Rehearsal.State.WAITING or is_lost):
        return None
    found.state, found.started_at, found.beat_at = Rehearsal.State.RUNNING, now, now
    found.save(update_fields=["state", "started_at", "beat_at"])
    return found


def _fail(rehearsal_id: int, why: str) -> None:
    Rehearsal.objects.filter(pk=rehearsal_id).update(
        state=Rehearsal.State.FAILED, failure=why[:300], finished_at=timezone.now()
    )


def _keep(rehearsal: Rehearsal, copy: Copy) -> None:
    running = Rehearsal.objects.select_for_update().filter(pk=rehearsal.pk, state=Rehearsal.State.RUNNING)
    if not running.exists():
        return
    RehearsedPerson.objects.filter(rehearsal=rehearsal).delete()
    rows = rehearsal_report.people_rows(rehearsal.pk, copy)
    for start_at in range(0, len(rows), BATCH):
        rowsets.insert(RehearsedPerson, rows[start_at : start_at + BATCH])
    Rehearsal.objects.filter(pk=rehearsal.pk).update(
        state=Rehearsal.State.FINISHED,
        progress=100,
        result=rehearsal_report.summary(rehearsal, copy),
        finished_at=timezone.now(),
    )


def _rate(given: Mapping[str, Any], name: str) -> float:
    value = given.get(name) or 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadAssumptions(fields={f"assumptions.{name}": "A number from 0 to 1."})
    return float(value)


def _seed(given: Mapping[str, Any]) -> int:
    value = given.get("seed") or 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BadAssumptions(fields={"assumptions.seed": "A whole number from 0 on."})
    return value
