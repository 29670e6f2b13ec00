import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from crm.actions import imports
from crm.kernel.tenancy import workspace_scope
from crm.management.workspace_command import WorkspaceCommand
from crm.models import ImportRun, Workspace

COUNTS = ("created", "updated", "unchanged", "refused")


class Command(WorkspaceCommand):
    help = "Import candidates from a CSV file, as the page does."
    scoped = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--map", metavar="FILE", help="JSON: column header → field, custom.<key>, new or ''"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        content, mapping = _read(options["file"]), _mapping(options["map"])
        with workspace_scope(workspace.pk):
            run = imports.upload(file_name=Path(options["file"]).name, content=content)
            if mapping is None:
                mapping = run.mapping
            imports.start(run=run, mapping=mapping, is_dry_run=options["dry_run"], in_background=False)
        while not imports.carry_on(workspace_id=workspace.pk, run_id=run.pk, without_limit=True):
            # A background worker found the import too; whoever gets the next batch writes it.
            if _is_over(workspace.pk, run.pk):
                break
            time.sleep(0.2)
        with workspace_scope(workspace.pk):
            return _report(ImportRun.objects.defer("content").get(pk=run.pk))


def _is_over(workspace_id: int, run_id: int) -> bool:
    with workspace_scope(workspace_id):
        return not ImportRun.objects.filter(pk=run_id, state__in=("waiting", "running")).exists()


def _report(run: ImportRun) -> dict[str, Any]:
    refused = run.rows.filter(outcome="refused").order_by("line")
    return {
        "run": run.pk,
        "state": run.state,
        "dry_run": run.is_dry_run,
        "encoding": run.encoding,
        "delimiter": run.delimiter,
        "mapping": run.mapping,
        "rows": run.rows_total,
        **{name: getattr(run, f"rows_{name}") for name in COUNTS},
        "refusals": [{"line": row.line, "reason": row.reason} for row in refused[:1_000]],
    }


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as wrong:
        raise CommandError(f"{name} cannot be read: {wrong.strerror}.") from wrong


def _mapping(name: str | None) -> dict[str, str] | None:
    if name is None:
        return None
    try:
        found = json.loads(_read(name))
    except ValueError as wrong:
        raise CommandError(f"{name} is not JSON: {wrong}.") from wrong
    if not isinstance(found, dict) or not all(isinstance(field, str) for field in found.values()):
        raise CommandError(f"{name} must be an object: column header → field.")
    return found
