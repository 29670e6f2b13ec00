"""Mailbox pace: daily limit and minimum spacing per sender; slides, never drops (timing rule 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from journeys.policies.timing import at_wall


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
    day_counts: dict[str, int] = field(default_factory=dict)
    opened_at: datetime | None = None

    def take(self, now: datetime) -> datetime:
        """Reserve the next slot from `now` on; `now` itself when the mailbox is free."""
        slot = now if self.free_at is None else max(now, self.free_at)
        while self._is_full(slot):
            day = slot.astimezone(self.zone).date() + timedelta(days=1)
            slot = at_wall(day, time(0), self.zone)
        key = slot.astimezone(self.zone).date().isoformat()
        self.day_counts[key] = self.day_counts.get(key, 0) + 1
        self.free_at = slot + self.limits.spacing
        return slot

    def is_free(self, now: datetime) -> bool:
        """True when a message may leave right now."""
        return (self.free_at is None or self.free_at <= now) and not self._is_full(now)

    def _is_full(self, moment: datetime) -> bool:
        day = moment.astimezone(self.zone).date()
        age = (day - self.opened_at.astimezone(self.zone).date()).days if self.opened_at else -1
        return self.day_counts.get(day.isoformat(), 0) >= max(self.limits.on_day(age), 1)
