from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from analytics.models import Copy, FigureView, Mailing, Recipient
from analytics.policies.recurrence import next_after
from analytics.queries.views import recipients_of
from crm.actions import events
from crm.kernel.errors import DomainError
from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, User, Workspace
from crm.policies.roles import permissions_of

ABANDONED = timedelta(minutes=15)
"""A copy claimed longer ago than this was cut off; whether it left is unknown, so it is not sent again."""

_WANTED = Q(recipient__unsubscribed_at=None, recipient__mailing__view__removed_at=None)


class NotAMember(DomainError):
    """Figures are mailed to members of this workspace who may see them, and to nobody else."""

    code = "not_a_member"


@transaction.atomic
def create(*, view: FigureView, every: str, users: Sequence[int], by: User, now: datetime) -> Mailing:
    """Mail the view every Monday or first of the month. Refuses people outside the workspace."""
    members = {m.user_id for m in _members(users) if "analytics.view" in permissions_of(m.role)}
    if not users or set(users) - members:
        raise NotAMember(fields={"users": NotAMember.__doc__ or ""})
    zone = ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(pk=current_workspace_id()))
    mailing = Mailing.objects.create(
        view=view, every=every, next_at=next_after(now, every, zone), created_by=by
    )
    Recipient.objects.bulk_create(Recipient(mailing=mailing, user_id=pk) for pk in sorted(members))
    events.record("mailing.created", by=by, data={"mailing": mailing.pk, "view": view.pk})
    return mailing


@transaction.atomic
def remove(*, mailing: Mailing, by: User) -> None:
    """No more mails of this."""
    events.record("mailing.removed", by=by, data={"mailing": mailing.pk})
    mailing.delete()


@transaction.atomic
def unsubscribe(*, recipient: Recipient, now: datetime) -> None:
    """This person gets it no more; the others do. Twice is once."""
    Recipient.objects.filter(pk=recipient.pk, unsubscribed_at=None).update(unsubscribed_at=now)


@transaction.atomic
def queue_due(*, now: datetime) -> list[int]:
    """Write a copy per recipient of every mailing that is due; returns the copies that wait."""
    for mailing in Mailing.objects.select_for_update(skip_locked=True).filter(next_at__lte=now):
        zone = ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(pk=current_workspace_id()))
        wanted = [m.user_id for m in _members(recipients_of(mailing).values_list("user_id", flat=True))]
        Copy.objects.bulk_create(
            (
                Copy(recipient=recipient, due_at=mailing.next_at)
                for recipient in recipients_of(mailing).filter(user_id__in=wanted)
            ),
            ignore_conflicts=True,
        )
        mailing.next_at = next_after(now, mailing.every, zone)
        mailing.save(update_fields=["next_at"])
    Copy.objects.filter(state=Copy.State.SENDING, sent_at__lt=now - ABANDONED).update(
        state=Copy.State.FAILED, failure="Cut off while sending; it may have arrived."
    )
    waiting = Copy.objects.filter(state=Copy.State.QUEUED)
    waiting.exclude(_WANTED).update(state=Copy.State.FAILED, failure="Stopped before it was sent.")
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def claim(*, copy_id: int, now: datetime) -> Copy | None:
    """Take the copy to send it; None when somebody else did, or its recipient wants it no more."""
    mine = Copy.objects.filter(_WANTED, pk=copy_id, state=Copy.State.QUEUED)
    # The claim is committed before anything leaves: a copy is sent once or, after a crash, not at all.
    taken = Copy.objects.filter(pk__in=mine.values("pk"), state=Copy.State.QUEUED).update(
        state=Copy.State.SENDING, sent_at=now, attempts=F("attempts") + 1
    )
    found = Copy.objects.select_related("recipient__user", "recipient__mailing__view")
    return found.get(pk=copy_id) if taken else None


@transaction.atomic
def settle(*, copy_id: int, failure: str, now: datetime) -> None:
    """What became of a copy that was claimed."""
    state = Copy.State.FAILED if failure else Copy.State.SENT
    Copy.objects.filter(pk=copy_id).update(state=state, failure=failure[:300], sent_at=now)


def _members(users: Iterable[int]) -> list[Membership]:
    active = Membership.objects.filter(workspace_id=current_workspace_id(), deactivated_at=None)
    return list(active.filter(user_id__in=users))
