"""Run all due journey work as of a clock."""

import json
from argparse import ArgumentParser
from collections import Counter
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.actions import deliveries
from crm.kernel.tenancy import workspace_scope
from crm.models import Message, Workspace
from journeys.actions import ticks
from journeys.management.clocks import read_clock
from journeys.models import StepRun

_PATIENCE = 30.0


class Command(BaseCommand):
    help = "Run all due journey work as of a clock; with --until, step the clock to each next due time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--at", metavar="ISO", help="the clock; now when left out")
        parser.add_argument("--until", metavar="ISO", help="step the clock to each next due time up to this")
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        at = read_clock(options["at"]) or timezone.now()
        until = read_clock(options["until"])
        if until and until < at:
            raise CommandError("--until lies before --at.")
        report = _Ticker(workspace.pk).run(at, until)
        self.stdout.write(json.dumps(report) if options["json"] else _in_words(report))


class _Ticker:
    """Steps a clock through the due times of one workspace; mails leave at each stop."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.counts: Counter[str] = Counter()
        self.steps = 0

    def run(self, at: datetime, until: datetime | None) -> dict[str, Any]:
        clock = at
        self._stop_at(clock)
        while until and (due := self._next(clock, until)) and due <= until:
            # What stayed due (somebody else holds it) is looked at again a little later.
            clock = max(due, clock + timedelta(seconds=1) if due <= clock else due)
            if clock > until:
                break
            self._stop_at(clock)
        # Those who came due in a paused journey meanwhile are told so; nothing else waits for this clock.
        ticks.sweep(workspace_id=self.workspace_id, now=until or clock)
        following = ticks.next_due(workspace_id=self.workspace_id)
        return {
            "at": at.isoformat(),
            "until": (until or at).isoformat(),
            "clock": clock.isoformat(),
            "steps": self.steps,
            **{kind: self.counts[kind] for kind in _KINDS},
            "next_due": following.isoformat() if following else None,
        }

    def _next(self, clock: datetime, until: datetime) -> datetime | None:
        due = ticks.next_due(workspace_id=self.workspace_id)
        entry = ticks.next_entry(workspace_id=self.workspace_id, after=clock, until=until)
        return min((moment for moment in (due, entry) if moment), default=None)

    def _stop_at(self, clock: datetime) -> None:
        """Everything due at this instant, with the mails it causes and what follows from them."""
        self.steps += 1
        self.counts["entered"] += ticks.let_in(workspace_id=self.workspace_id, now=clock)
        while True:
            done = ticks.tick(workspace_id=self.workspace_id, now=clock)
            self.counts.update(done)
            tally = deliveries.deliver_all(workspace_id=self.workspace_id, at=clock)
            self.counts.update(sent=tally.accepted, retried=tally.retried, unknown=tally.unknown)
            self._await_other_workers()
            ticks.sweep(workspace_id=self.workspace_id, now=clock)
            if not done.total() and not tally.accepted:
                return

    def _await_other_workers(self) -> None:
        """Messages a running worker took first are waited for, so that what follows is scheduled."""
        ends_at = monotonic() + _PATIENCE
        while monotonic() < ends_at:
            with workspace_scope(self.workspace_id):
                if not StepRun.objects.filter(
                    state=StepRun.State.SENDING, message__state=Message.State.SENDING
                ).exists():
                    return
            sleep(0.2)


_KINDS = (
    "entered", "sending", "sent", "done", "waiting", "held", "refused", "completed", "exited",
    "retried", "unknown",
)  # fmt: skip


def _in_words(report: dict[str, Any]) -> str:
    counts = ", ".join(f"{report[kind]} {kind}" for kind in _KINDS if report[kind])
    return f"{report['steps']} stops up to {report['clock']}: {counts or 'nothing was due'}."
