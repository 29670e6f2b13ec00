from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from crm.actions import (
    contact_points,
    events,
    held_files,
    idempotency,
    meeting_mails,
    referrals,
    submissions,
    talent_events,
)
from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from crm.queries import due
from crm.queries.health import CANARY


@shared_task(name="crm.canary")
def canary(**_: object) -> None:
    """Proof that beat, broker and a worker are alive; /healthz reads it."""
    cache.set(CANARY, timezone.now().timestamp(), timeout=3_600)


@shared_task(name="crm.sweep_handoffs")
def sweep_handoffs(**_: object) -> None:
    """Wake subscribers whose hint was lost with the broker."""
    for workspace_id in due.workspaces("crm_due_handoffs"):
        with workspace_scope(workspace_id):
            events.hint_waiting()


@shared_task(name="crm.forget_old_answers")
def forget_old_answers(**_: object) -> None:
    """Answers kept for an Idempotency-Key, and what was taken off a profile, when their time is over."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            idempotency.forget_old()
            contact_points.forget_removed()


@shared_task(name="crm.forget_unconfirmed")
def forget_unconfirmed(**_: object) -> None:
    """Who never confirmed their address on a form is forgotten, and so are files nobody sent."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            submissions.forget_unconfirmed(now=timezone.now())
            held_files.sweep(now=timezone.now())
            referrals.forget_unanswered(now=timezone.now())
            meeting_mails.forget_unconfirmed(now=timezone.now())


@shared_task(name="crm.mind_events")
def mind_events(**_: object) -> None:
    """Remind people of events that begin tomorrow; close the attendance of those that are over."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            talent_events.mind(now=timezone.now())
