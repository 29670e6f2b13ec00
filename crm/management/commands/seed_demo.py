import json
import time
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from crm.management.demo.chapters import PASSWORD, RIVAL_STAFF, SLUG, STAFF, tell
from crm.management.workspace_command import WholeCommand
from crm.models import Workspace


class Command(WholeCommand):
    help = "Fill a new database with a believable demo workspace and a second one beside it."

    def handle(self, *_: Any, **options: Any) -> None:
        if options["workspace"] not in (None, SLUG):
            raise CommandError(f"The demo's workspace is called “{SLUG}”.")
        if Workspace.objects.exists():
            raise CommandError("There are workspaces here already; the demo only goes into a new database.")
        started = time.monotonic()
        tell(timezone.now(), self.stderr.write)
        seconds = round(time.monotonic() - started)
        self.stderr.write(f"Demo ready after {seconds} s.")
        if options["json"]:
            logins = [{"email": email, "role": role.value} for email, _, _, role in (*STAFF, *RIVAL_STAFF)]
            told = {"workspace": SLUG, "seconds": seconds, "password": PASSWORD, "logins": logins}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"Demo logins, password “{PASSWORD}”:")
        for email, name, title, role in (*STAFF, *RIVAL_STAFF):
            self.stdout.write(f"  {email:28} {role.label:15} {name}, {title}")
