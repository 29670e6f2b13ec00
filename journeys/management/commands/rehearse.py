"""Rehearse a journey: who gets what when, and who is held back. Sends nothing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from journeys.actions import rehearsals
from journeys.actions.rehearsals import RATES, Wish
from journeys.management.clocks import read_clock
from journeys.models import Journey, Rehearsal
from journeys.queries import rehearsals as found


class Command(BaseCommand):
    help = "Rehearse a journey: who gets what when, and who is held back. Sends nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("journey", metavar="JOURNEY", help="its id or its name")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--days", type=int, default=84, metavar="N")
        parser.add_argument(
            "--from", dest="since", metavar="ISO", help="the clock's start; now when left out"
        )
        parser.add_argument("--seed", type=int, default=0)
        for name in RATES:
            parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=0.0, metavar="0..1")
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        assumptions = {name: options[name] for name in RATES} | {"seed": options["seed"]}
        wish = Wish(read_clock(options["since"]) or timezone.now(), options["days"], assumptions)
        try:
            with workspace_scope(workspace.pk):
                journey = _journey(options["journey"])
                made = rehearsals.start(journey=journey, wish=wish, by=None, in_background=False)
        except DomainError as refusal:
            raise CommandError(f"{refusal} {' '.join(refusal.fields.values())}".strip()) from refusal
        rehearsals.play(workspace_id=workspace.pk, rehearsal_id=made.pk)
        with workspace_scope(workspace.pk):
            self.stdout.write(_report(made.pk, is_json=options["json"]))


def _journey(named: str) -> Journey:
    rows = Journey.objects.order_by("pk")
    journey = (
        rows.filter(pk=int(named[:18])).first() if named.isdecimal() else rows.filter(name=named).first()
    )
    if journey is None:
        raise CommandError(f"There is no journey {named}.")
    return journey


def _report(rehearsal_id: int, *, is_json: bool) -> str:
    rehearsal = Rehearsal.objects.get(pk=rehearsal_id)
    if rehearsal.state == Rehearsal.State.FAILED:
        raise CommandError(rehearsal.failure)
    if is_json:
        everybody = [
            found.told(row) for row in found.people(rehearsal).order_by("pk").iterator(chunk_size=500)
        ]
        return json.dumps(found.figures(rehearsal) | found.lists(rehearsal) | {"paths": everybody})
    result = rehearsal.result
    days = "\n".join(f"  {day['day']}  {day['sent']:>6}" for day in result["calendar"] if day["sent"])
    held = ", ".join(f"{count} {code}" for code, count in result["held"].items()) or "nobody"
    return (
        f"{result['people']} people, {result['sent']} messages in {rehearsal.days} days.\n{days}\n"
        f"Held back: {held}. Collisions: {result['collisions']['people']} people."
    )
