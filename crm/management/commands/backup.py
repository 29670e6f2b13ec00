"""Everything in the database and every uploaded file, in one file (docs/operations.md)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from crm.management import archives
from crm.management.workspace_command import WholeCommand


class Command(WholeCommand):
    help = "Back up the database and the uploaded files into one file. Keep FIELD_KEYS apart from it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", nargs="?", type=Path, help="where to; a name with the date when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        target = options["file"] or Path(f"rekindle-{timezone.now():%Y%m%d-%H%M%S}.backup")
        done = archives.write(target)
        said = json.dumps(done) if options["json"] else f"{done['file']}: {done['bytes']:,} bytes."
        self.stdout.write(said)
