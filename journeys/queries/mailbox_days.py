"""What a mailbox sent today and promised for the days to come."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from journeys.models import Enrollment, Journey, Mailbox
from journeys.policies import pace
from journeys.policies.pace import Limits

Days = dict[date, int]


def promised(senders: Collection[int | None], zone: ZoneInfo, *, now: datetime) -> dict[int | None, Days]:
    """How many messages wait for each of these mailboxes, by the day of their slot."""
    named = [pk for pk in senders if pk is not None]
    who = Q(paced_by__in=named) | Q(paced_by=None) if None in senders else Q(paced_by__in=named)
    waiting = Enrollment.objects.filter(
        who,
        state=Enrollment.State.ACTIVE,
        waits_for="pace",
        due_at__gt=now,
        journey__state__in=(Journey.State.LIVE, Journey.State.DRAINING),
    )
    rows = waiting.annotate(day=TruncDate("due_at", tzinfo=zone)).values("paced_by_id", "day")
    found: dict[int | None, Days] = defaultdict(dict)
    for row in rows.annotate(people=Count("pk")).order_by():
        found[row["paced_by_id"]][row["day"]] = row["people"]
    return found


def read(row: Mailbox, zone: ZoneInfo, waiting: Mapping[date, int]) -> pace.Mailbox:
    """The mailbox as the scheduler asks it."""
    limits = Limits(row.daily_limit, timedelta(seconds=row.spacing_seconds), tuple(row.warm_up))
    sent = {row.counted_on: row.counted} if row.counted_on else {}
    return pace.Mailbox(limits, zone, row.free_at, sent, dict(waiting), row.opened_at)
