"""Say whether the database in use isolates the workspaces; exit with 1 when it does not."""

import json
import sys
from dataclasses import asdict
from typing import Any

from crm.management.workspace_command import WholeCommand
from crm.queries import isolation


class Command(WholeCommand):
    requires_system_checks = []
    help = "Check keys, policies, references, views, privileges and what is visible outside every scope."

    def handle(self, *args: Any, **options: Any) -> None:
        gaps = isolation.gaps()
        tables = len(isolation.tenant_tables())
        if options["json"]:
            verdict = {"isolated": not gaps, "tables": tables, "gaps": [asdict(gap) for gap in gaps]}
            self.stdout.write(json.dumps(verdict))
        else:
            for gap in gaps:
                self.stdout.write(f"{gap.subject}: {gap.fault}")
            verdict_line = f"{len(gaps)} gaps." if gaps else f"Isolated: {tables} tables, no gap."
            self.stdout.write(verdict_line)
        if gaps:
            sys.exit(1)
