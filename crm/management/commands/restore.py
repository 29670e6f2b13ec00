"""A backup put back (docs/operations.md). Run `provision` first: it makes the roles."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from crm.management import archives


class Command(BaseCommand):
    help = "Put a backup into the database; then run migrate and check_isolation."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="delete what is in the database now")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = archives.read(options["file"], replace=options["replace"])
        said = json.dumps(done) if options["json"] else f"Restored what was backed up {done['taken_at']}."
        self.stdout.write(said)
