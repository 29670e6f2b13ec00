"""What a mailbox sent today and promised for the days to come."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from journeys.models import Enrollment, Journey, Mailbox
from journeys.policies import pace
from journeys.policies.pace import Limits
from journeys.queries import choices, people

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


@dataclass(frozen=True, slots=True)
class Overview:
    """One mailbox as its page shows it; user 0 is nobody in particular."""

    user_id: int
    name: str
    daily_limit: int
    limit_today: int
    spacing_seconds: int
    warm_up_day: int
    warm_up_days: int
    sent_today: int
    waiting: int


def overview(*, now: datetime) -> list[Overview]:
    """Every sender's mailbox, whether it was ever used or not."""
    zone = people.house().zone
    rows = {row.sender_id: row for row in Mailbox.objects.all()}
    named: list[tuple[int | None, str]] = [(user.pk, str(user)) for user in choices.members()]
    named.append((None, "The team's mailbox"))
    waiting = promised([pk for pk, _ in named], zone, now=now)
    return [
        _overview(rows.get(pk) or Mailbox(sender_id=pk), name, zone, waiting[pk], now) for pk, name in named
    ]


def _overview(row: Mailbox, name: str, zone: ZoneInfo, waiting: Days, now: datetime) -> Overview:
    box, today = read(row, zone, waiting), now.astimezone(zone).date()
    day = (today - box.day_of(row.opened_at)).days + 1 if row.opened_at and row.warm_up else 0
    return Overview(
        user_id=row.sender_id or 0,
        name=name,
        daily_limit=row.daily_limit,
        limit_today=box.limit_on(today)
        if row.opened_at
        else Limits(row.daily_limit, warm_up=tuple(row.warm_up)).on_day(0),
        spacing_seconds=row.spacing_seconds,
        warm_up_day=day if day <= len(row.warm_up) else 0,
        warm_up_days=len(row.warm_up) if day <= len(row.warm_up) else 0,
        sent_today=box.sent.get(today, 0),
        waiting=sum(waiting.values()),
    )
