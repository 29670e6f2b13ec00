"""The senders' mailboxes: how many messages each may still send now, and what it sent today."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from crm.models import User
from journeys.models import Mailbox
from journeys.policies import pace
from journeys.policies.pace import Limits


class Boxes:
    """The mailboxes a batch touches, locked while it runs."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now, self.zone = now, zone
        self.rows: dict[int | None, Mailbox] = {}
        self.boxes: dict[int | None, pace.Mailbox] = {}
        self.sent: dict[int | None, int] = {}

    def lock(self, senders: Collection[int | None]) -> None:
        """Take the locks in one order, so that two batches never wait for each other."""
        for sender_id in sorted(senders, key=lambda pk: pk or 0):
            self.of(sender_id)

    def of(self, sender_id: int | None) -> pace.Mailbox:
        """The pure mailbox of a sender; slots promised to the rest of the batch move it on."""
        if sender_id not in self.boxes:
            row = _locked(sender_id)
            self.rows[sender_id] = row
            self.boxes[sender_id] = self._read(row)
        return self.boxes[sender_id]

    def count(self, sender_id: int | None) -> None:
        """A message leaves from this mailbox now."""
        self.sent[sender_id] = self.sent.get(sender_id, 0) + 1

    def save(self) -> None:
        """Keep what was really sent; promised slots are asked for again when their time comes."""
        today = self.now.astimezone(self.zone).date()
        for sender_id, count in self.sent.items():
            row = self.rows[sender_id]
            row.counted = count + (row.counted if row.counted_on == today else 0)
            row.counted_on = today
            row.free_at = self.now + timedelta(seconds=row.spacing_seconds)
            row.opened_at = row.opened_at or self.now
            row.save(update_fields=["counted", "counted_on", "free_at", "opened_at"])

    def _read(self, row: Mailbox) -> pace.Mailbox:
        limits = Limits(row.daily_limit, timedelta(seconds=row.spacing_seconds), tuple(row.warm_up))
        counts = {row.counted_on.isoformat(): row.counted} if row.counted_on else {}
        return pace.Mailbox(limits, self.zone, row.free_at, counts, row.opened_at)


@transaction.atomic
def set_pace(*, sender: User | None, daily_limit: int, spacing_seconds: int) -> Mailbox:
    """How much a mailbox may send a day and how far apart. Messages beyond it slide, none is dropped."""
    row = _locked(sender.pk if sender else None)
    row.daily_limit, row.spacing_seconds = daily_limit, spacing_seconds
    row.save(update_fields=["daily_limit", "spacing_seconds"])
    return row


def _locked(sender_id: int | None) -> Mailbox:
    found = Mailbox.objects.select_for_update().filter(sender_id=sender_id).first()
    if found is None:
        Mailbox.objects.bulk_create([Mailbox(sender_id=sender_id)], ignore_conflicts=True)
        found = Mailbox.objects.select_for_update().get(sender_id=sender_id)
    return found
