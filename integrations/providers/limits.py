"""One request budget per connection, shared by all workers, learned from the vendor's own headers."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache

from integrations.providers.base import Retryable

# A sync leaves this share of every window to pushes, which a person is waiting for.
PUSH_RESERVE = 0.2


@dataclass(frozen=True, slots=True)
class Budget:
    """What the vendor said last about its window."""

    limit: int
    reset: float


@dataclass(frozen=True, slots=True)
class SharedWindow:
    """A fixed window counted in the cache, so that every worker takes from the same budget."""

    key: str
    lane: str
    patience: float
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def take(self) -> None:
        """Wait for a free place in the window. Raises Retryable when that takes longer than `patience`."""
        waited = 0.0
        while (wait := self._wait()) > 0:
            if waited + wait > self.patience:
                raise Retryable("The ATS allows no more requests right now.", retry_after=wait)
            self.sleep(wait)
            waited += wait

    def learn(self, *, limit: int, remaining: int, reset: float) -> None:
        """Keep the vendor's figures; requests of others count too."""
        now = self.clock()
        if limit < 1 or reset <= now:
            return
        cache.set(f"{self.key}:budget", (limit, reset), timeout=max(1, int(reset - now) + 1))
        counter = f"{self.key}:{int(reset)}"
        used = limit - remaining
        cache.add(counter, used, timeout=120)
        behind = used - int(cache.get(counter, used))
        if behind > 0:
            cache.incr(counter, behind)

    def block(self, seconds: float) -> None:
        """Nobody asks again before `seconds` have passed (after a 429)."""
        cache.set(f"{self.key}:budget", (0, self.clock() + seconds), timeout=max(1, int(seconds) + 1))

    def _wait(self) -> float:
        known = cache.get(f"{self.key}:budget")
        now = self.clock()
        if known is None or known[1] <= now:
            return 0.0
        budget = Budget(*known)
        if budget.limit == 0:
            return budget.reset - now
        counter = f"{self.key}:{int(budget.reset)}"
        cache.add(counter, 0, timeout=120)
        allowed = budget.limit if self.lane == "push" else int(budget.limit * (1 - PUSH_RESERVE))
        if int(cache.incr(counter)) <= max(1, allowed):
            return 0.0
        cache.decr(counter)
        return max(0.05, budget.reset - now)
