import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from crm.actions import claims, deliveries
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace


class Command(BaseCommand):
    help = "Send every queued message of a workspace now, through the mail server of EMAIL_URL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--at", metavar="ISO", help="what the messages will say they were sent at")
        parser.add_argument("--json", action="store_true", help="print one JSON line")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['workspace']}”.")
        at = parse_datetime(options["at"]) if options["at"] else None
        if options["at"] and (at is None or not is_aware(at)):
            raise CommandError("--at is an ISO 8601 time with a zone.")
        with workspace_scope(workspace.pk):
            claims.sweep()
        tally = deliveries.deliver_all(workspace_id=workspace.pk, at=at)
        # `accepted` by the mail server is what `sent` means everywhere else.
        result = {"sent": tally.accepted, **asdict(tally)}
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(", ".join(f"{count} {name}" for name, count in asdict(tally).items()))
