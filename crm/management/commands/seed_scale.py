import time
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.management import scale
from crm.management.workspace_command import WorkspaceCommand
from crm.models import Workspace


class Command(WorkspaceCommand):
    help = "Add many believable people with their history, from a fixed seed, by COPY."
    scoped = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--candidates", type=int, required=True, metavar="N")

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        started = time.monotonic()
        seeded = self._seed(workspace, options["candidates"])
        seconds = time.monotonic() - started
        scale.settle()
        return {
            "candidates": seeded.candidates,
            "events": seeded.events,
            "seconds": round(seconds, 1),
            "rows_per_second": round(seeded.candidates / seconds),
            "settled_seconds": round(time.monotonic() - started - seconds, 1),
        }

    def _seed(self, workspace: Workspace, candidates: int) -> scale.Seeded:
        now = timezone.now()
        if scale.is_superuser():
            return scale.seed_directly(
                workspace_id=workspace.pk, candidates=candidates, now=now, say=self.stderr.write
            )
        with workspace_scope(workspace.pk):
            return scale.seed(candidates=candidates, now=now)
