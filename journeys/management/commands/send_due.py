"""Send the messages that wait in the queue."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.actions import deliveries
from crm.models import Workspace
from journeys.actions import ticks


class Command(BaseCommand):
    help = "Send the messages that wait in the queue, at most once each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        # A reply or an unsubscribe that is here already is followed before anything leaves.
        ticks.catch_up(workspace_id=workspace.pk, now=timezone.now())
        tally = deliveries.deliver_all(workspace_id=workspace.pk)
        ticks.sweep(workspace_id=workspace.pk, now=timezone.now())
        report = {"sent": tally.accepted, **asdict(tally)}
        words = ", ".join(f"{count} {name}" for name, count in asdict(tally).items() if count)
        self.stdout.write(json.dumps(report) if options["json"] else f"{words or 'Nothing waits'}.")
