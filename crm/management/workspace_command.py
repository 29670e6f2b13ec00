"""What the product's commands share: `--workspace SLUG`, `--json`, and a refusal in one sentence."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.kernel.errors import DomainError
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace


class WholeCommand(BaseCommand):
    """What is about the whole database; it takes `--workspace` like every command, and its help says so."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        about = "taken as everywhere; this command is about all workspaces at once"
        parser.add_argument("--workspace", metavar="SLUG", help=about)
        parser.add_argument("--json", action="store_true", help="print one JSON line")


class WorkspaceCommand(BaseCommand):
    """Runs `work` inside the workspace's scope and prints what it returns, for people or as one JSON line.

    With `scoped = False` the work opens scopes itself, batch by batch; it gets `options["workspace"]`.
    """

    scoped = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["workspace"]
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{slug}”.")
        options["workspace"] = workspace
        try:
            report = self._run(workspace, options)
        except DomainError as refusal:
            faults = [f"{name}: {sentence}" for name, sentence in refusal.fields.items() if name]
            raise CommandError("\n".join([refusal.sentence, *faults])) from refusal
        self.report(report, as_json=options["json"])

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def report(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, default=str))
            return
        for name, value in report.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {value}")

    def _run(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        if not self.scoped:
            return self.work(workspace, options)
        with workspace_scope(workspace.pk):
            return self.work(workspace, options)
