"""One request budget per connection, shared by all workers, learned from the vendor's own headers."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.cache import cache

from integrations.providers.base import Retryable

# A sync leaves this share of every window to pushes, which a person is waiting for.
PUSH_RESERVE = 0.2
# A worker takes this part of a window at once, so that others find places too.
AT_ONCE, MOST_AT_ONCE = 50, 50


@dataclass(frozen=True, slots=True)
class Budget:
    """What the vendor said last about its window."""

    limit: int
    reset: float


@dataclass(slots=True)
class Places:
    """Places taken from the window and not used yet; they end with it."""

    left: int = 0
    until: float = 0.0
    # Several requests of one client may ask at the same time.
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class SharedWindow:
    """A fixed window counted in the cache, so that every worker takes from the same budget.

    `pace` is the requests a second we allow ourselves while the vendor has told no window of its own. Of a
    wide window several places are taken at once, so that not every request asks the cache.
    """

    key: str
    lane: str
    patience: float
    pace: int = 0
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    places: Places = field(default_factory=Places)

    def take(self) -> None:
        """Wait for a free place in the window. Raises Retryable when that takes longer than `patience`."""
        waited = 0.0
        while (wait := self._wait_in_turn()) > 0:
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
        self.places.left = 0
        cache.set(f"{self.key}:budget", (0, self.clock() + seconds), timeout=max(1, int(seconds) + 1))

    def _wait_in_turn(self) -> float:
        with self.places.lock:
            return self._wait()

    def _wait(self) -> float:
        now = self.clock()
        if self.places.left and now < self.places.until:
            self.places.left -= 1
            return 0.0
        known = cache.get(f"{self.key}:budget")
        if known is None or known[1] <= now:
            return self._counted(Budget(self.pace, float(int(now) + 1)), now) if self.pace else 0.0
        budget = Budget(*known)
        return self._counted(budget, now) if budget.limit else budget.reset - now

    def _counted(self, budget: Budget, now: float) -> float:
        """Take places in the window; 0 when there was one, else how long until the next window."""
        counter = f"{self.key}:{int(budget.reset)}"
        cache.add(counter, 0, timeout=120)
        share = 1.0 if self.lane == "push" else 1 - PUSH_RESERVE
        allowed = max(1, int(budget.limit * share))
        wanted = max(1, min(MOST_AT_ONCE, allowed // AT_ONCE))
        beyond = max(0, int(cache.incr(counter, wanted)) - allowed)
        if beyond:
            cache.decr(counter, min(beyond, wanted))
        if beyond >= wanted:
            return max(0.05, budget.reset - now)
        self.places.left, self.places.until = wanted - beyond - 1, budget.reset
        return 0.0


@contextmanager
def one_at_a_time(key: str, *, patience: float, longest: int = 60) -> Iterator[None]:
    """Only one worker is inside at a time; the others wait for it, and for nobody longer than `longest`."""
    mine, until = secrets.token_hex(8), time.monotonic() + patience
    while not cache.add(key, mine, timeout=longest):
        if time.monotonic() >= until:
            raise Retryable("Another worker is asking the ATS the same thing.", retry_after=1.0)
        time.sleep(0.02)
    try:
        yield
    finally:
        if cache.get(key) == mine:
            cache.delete(key)
