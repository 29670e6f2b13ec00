import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.management.demo.chapters import PASSWORD, RIVAL_STAFF, STAFF, tell
from crm.models import Workspace


class Command(BaseCommand):
    help = "Fill a new database with a believable demo workspace and a second one beside it."

    def handle(self, *_: Any, **__: Any) -> None:
        if Workspace.objects.exists():
            raise CommandError("There are workspaces here already; the demo only goes into a new database.")
        started = time.monotonic()
        tell(timezone.now(), self.stderr.write)
        self.stderr.write(f"Demo ready after {time.monotonic() - started:.0f} s.")
        self.stdout.write(f"Demo logins, password “{PASSWORD}”:")
        for email, name, title, role in (*STAFF, *RIVAL_STAFF):
            self.stdout.write(f"  {email:28} {role.label:15} {name}, {title}")
