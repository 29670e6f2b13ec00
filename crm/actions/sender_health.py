"""Stops automated mail when too many mails bounce or are reported as spam; an admin lets it go on."""

from datetime import datetime
from typing import Any

from django.db import transaction

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import User, Workspace
from crm.queries import mail_standing


class NotStopped(DomainError):
    """Automated mail is not stopped."""

    code = "not_stopped"


def look(*, now: datetime) -> bool:
    """Stop automated mail if the last seven days are worse than this workspace tolerates; True when it is
    stopped by this look. What colleagues write by hand goes on. Call it after a bounce or a complaint.
    """
    health = mail_standing.health(now=now)
    if health.standing != "bad":
        return False
    here = Workspace.objects.filter(pk=current_workspace_id(), sending_stopped_at=None)
    if not here.update(sending_stopped_at=now, sending_stopped_why=health.sentence[:300]):
        return False
    data = {"sent": health.sent, "bounced": health.bounced, "complained": health.complained}
    events.record("sending.stopped", at=now, data=data)
    return True


@transaction.atomic
def resume(*, by: User, now: datetime) -> None:
    """Let automated mail go on; bounces and complaints are counted anew from here. Refuses when nothing is
    stopped. Nothing bursts: pace, gap and hours hold for what waited.
    """
    stopped = Workspace.objects.filter(pk=current_workspace_id(), sending_stopped_at__isnull=False)
    changes: dict[str, Any] = {"sending_stopped_at": None, "sending_stopped_why": ""}
    if not stopped.update(sending_resumed_at=now, **changes):
        raise NotStopped
    events.record("sending.resumed", by=by, at=now)
