"""A backup put back (docs/operations.md). Run `provision` first: it makes the roles."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from crm.management import archives
from crm.management.workspace_command import WholeCommand


class Command(WholeCommand):
    help = "Put a backup into the database; then run migrate and check_isolation."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="delete what is in the database now")

    def handle(self, *args: Any, **options: Any) -> None:
        done = archives.read(options["file"], replace=options["replace"])
        said = json.dumps(done) if options["json"] else f"Restored what was backed up {done['taken_at']}."
        self.stdout.write(said)
