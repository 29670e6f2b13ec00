"""What a recruiter should look at first: replies, tasks, signals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from crm.models import Event, Message, Promise, Task
from crm.policies.engagement import ONLY_WHEN_HUMAN, WEIGHTS

_SHOWN = 12
# A promise shows up some days before it is due.
_SOON = timedelta(days=3)
# Opens tell too little to interrupt somebody's morning.
_SIGNALS = [kind for kind in WEIGHTS if kind not in ("message.opened", "message.replied")]


@dataclass(frozen=True, slots=True)
class Today:
    """Replies nobody settled yet, tasks due by today, and what people did in the last two weeks."""

    replies: list[Message]
    tasks: list[Task]
    signals: list[Event]
    promises: list[Promise]

    @property
    def is_empty(self) -> bool:
        return not (self.replies or self.tasks or self.signals or self.promises)


def today(*, user_id: int, on: date, now: datetime) -> Today:
    """The Today page of one recruiter. Four statements."""
    replies = Message.objects.filter(
        direction=Message.Direction.IN, settled_at=None, is_automatic=False, candidate__isnull=False
    )
    tasks = Task.objects.filter(assignee_id=user_id, done_at=None)
    signals = Event.objects.filter(
        kind__in=_SIGNALS, occurred_at__gte=now - timedelta(days=14), candidate__isnull=False
    ).filter(~Q(kind__in=ONLY_WHEN_HUMAN) | Q(data__actor="human") | Q(data__human__in=[True, "human"]))
    promises = Promise.objects.filter(made_by_id=user_id, outcome="open", due_on__lte=on + _SOON)
    return Today(
        replies=list(replies.select_related("candidate").order_by("-created_at")[:_SHOWN]),
        tasks=list(tasks.select_related("candidate").order_by("due_on", "due_at", "pk")[:_SHOWN]),
        signals=list(signals.select_related("candidate").order_by("-occurred_at")[:_SHOWN]),
        promises=list(promises.select_related("candidate").order_by("due_on", "pk")[:_SHOWN]),
    )
