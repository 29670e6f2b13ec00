from argparse import ArgumentParser
from typing import Any

from crm.actions import api_keys
from crm.management.workspace_command import WorkspaceCommand
from crm.models import Role, Workspace


class Command(WorkspaceCommand):
    help = "Make an API key of the workspace and print it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="Made on the command line")
        parser.add_argument(
            "--scope", action="append", default=[], help="narrow the role; may be given often"
        )

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        made = api_keys.create(name=options["name"], role=options["role"], scopes=options["scope"])
        return {"key": made.text, "id": made.key.pk, "role": made.key.role, "workspace": workspace.slug}
