"""The senders' mailboxes: how many messages each may still send now, and what it sent today."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from crm.models import User
from journeys.models import Mailbox
from journeys.policies import pace
from journeys.queries import mailbox_days


class Boxes:
    """The mailboxes a batch touches, locked while it runs."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now, self.zone = now, zone
        self.rows: dict[int | None, Mailbox] = {}
        self.boxes: dict[int | None, pace.Mailbox] = {}

    def lock(self, senders: Collection[int | None]) -> None:
        """Take the locks in one order, so that two batches never wait for each other."""
        if not senders:
            return
        promised = mailbox_days.promised(senders, self.zone, now=self.now)
        for sender_id in sorted(senders, key=lambda pk: pk or 0):
            row = self.rows[sender_id] = _locked(sender_id)
            self.boxes[sender_id] = mailbox_days.read(row, self.zone, promised[sender_id])

    def of(self, sender_id: int | None) -> pace.Mailbox:
        """The pure mailbox of a sender."""
        return self.boxes[sender_id]

    def save(self) -> None:
        """Keep what was sent; what was promised stands on the enrollments."""
        today = self.now.astimezone(self.zone).date()
        for sender_id, row in self.rows.items():
            box = self.boxes[sender_id]
            sent = box.sent.get(today, 0)
            if sent > (row.counted if row.counted_on == today else 0):
                row.counted, row.counted_on = sent, today
                row.free_at, row.opened_at = box.free_at, box.opened_at
                row.save(update_fields=["counted", "counted_on", "free_at", "opened_at"])


@transaction.atomic
def set_pace(
    *,
    sender: User | None,
    daily_limit: int,
    spacing_seconds: int,
    warm_up: Sequence[int] | None = None,
    restarts: bool = False,
) -> Mailbox:
    """How much a mailbox may send a day and how far apart. Messages beyond it slide, none is dropped.

    `warm_up` lists the limits of its first days, None leaves them as they are; with `restarts` the first day
    is that of its next message.
    """
    row = _locked(sender.pk if sender else None)
    row.daily_limit, row.spacing_seconds = daily_limit, spacing_seconds
    row.warm_up = row.warm_up if warm_up is None else list(warm_up)
    row.opened_at = None if restarts and row.warm_up else row.opened_at
    row.save(update_fields=["daily_limit", "spacing_seconds", "warm_up", "opened_at"])
    return row


def _locked(sender_id: int | None) -> Mailbox:
    found = Mailbox.objects.select_for_update().filter(sender_id=sender_id).first()
    if found is None:
        Mailbox.objects.bulk_create([Mailbox(sender_id=sender_id)], ignore_conflicts=True)
        found = Mailbox.objects.select_for_update().get(sender_id=sender_id)
    return found
