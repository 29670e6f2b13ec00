"""Mailbox pace: daily limit and minimum spacing per sender; slides, never drops (timing rule 6).

Who cannot leave now is promised a slot on the first day that has room, inside their own window. A promise
holds room on its day, so a queue of thousands is looked at once per message and not once per minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from journeys.policies.timing import NeverOpen, at_wall

_HORIZON_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Limits:
    """A mailbox's limits; a warm-up plan lists what its first days may send."""

    daily: int = 200
    spacing: timedelta = timedelta(seconds=60)
    warm_up: tuple[int, ...] = ()

    def on_day(self, age_days: int) -> int:
        """The limit on the mailbox's n-th day, counted from 0."""
        if 0 <= age_days < len(self.warm_up):
            return min(self.daily, self.warm_up[age_days])
        return self.daily


@dataclass(slots=True)
class Mailbox:
    """What one sender has sent and promised so far; `take` moves it on."""

    limits: Limits
    zone: ZoneInfo
    free_at: datetime | None = None
    sent: dict[date, int] = field(default_factory=dict)
    promised: dict[date, int] = field(default_factory=dict)
    opened_at: datetime | None = None

    def take(
        self,
        now: datetime,
        opens: Callable[[datetime], datetime] = lambda moment: moment,
        *,
        is_promised: bool = False,
    ) -> datetime:
        """`now` when a message may leave now, else the slot it is promised.

        `opens` rolls a moment into the person's window. Whoever holds the promise of an earlier look may use
        room that is kept for promises.
        """
        today = self.day_of(now)
        is_free = self.free_at is None or self.free_at <= now
        if is_free and self._taken(today, with_promises=not is_promised) < self.limit_on(today):
            self.sent[today] = self.sent.get(today, 0) + 1
            self.free_at = now + self.limits.spacing
            self.opened_at = self.opened_at or now
            return now
        return self._promise(now, opens)

    def limit_on(self, day: date) -> int:
        """How many may leave on that day."""
        age = (day - self.day_of(self.opened_at)).days if self.opened_at else -1
        return max(self.limits.on_day(age), 1)

    def day_of(self, moment: datetime) -> date:
        """The mailbox's own day, in the workspace's zone."""
        return moment.astimezone(self.zone).date()

    def _taken(self, day: date, *, with_promises: bool = True) -> int:
        return self.sent.get(day, 0) + (self.promised.get(day, 0) if with_promises else 0)

    def _promise(self, now: datetime, opens: Callable[[datetime], datetime]) -> datetime:
        moment = now
        for _ in range(_HORIZON_DAYS):
            day = self.day_of(moment)
            if self._taken(day) < self.limit_on(day):
                moment = opens(moment)
                day = self.day_of(moment)
            if self._taken(day) < self.limit_on(day):
                start = max(moment, self.free_at) if self.free_at else moment
                slot = opens(start + self.limits.spacing * self.promised.get(day, 0))
                if slot > now and self.day_of(slot) == day:
                    self.promised[day] = self.promised.get(day, 0) + 1
                    return slot
            moment = at_wall(day + timedelta(days=1), time(0), self.zone)
        raise NeverOpen(f"No mailbox slot within {_HORIZON_DAYS} days of {now:%Y-%m-%d}.")
