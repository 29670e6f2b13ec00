import time
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from crm.management import scale
from crm.management.workspace_command import WorkspaceCommand
from crm.models import Workspace


class Command(WorkspaceCommand):
    help = "Add many believable people with their history, from a fixed seed, by COPY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--candidates", type=int, required=True, metavar="N")

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        started = time.monotonic()
        events = scale.seed(candidates=options["candidates"], now=timezone.now(), say=self.stderr.write)
        seconds = time.monotonic() - started
        return {
            "candidates": options["candidates"],
            "events": events,
            "seconds": round(seconds, 1),
            "rows_per_second": round(options["candidates"] / seconds),
        }
