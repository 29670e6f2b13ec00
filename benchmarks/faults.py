"""Workers killed, frozen, cut off and raced while they send. Loopback only; every scenario ends by itself.

`python -m benchmarks faults [--mails N] [--kills N] [--rounds N] [--only NAME]`: a fake provider keeps the
true history, and `fault_history`, which knows nothing of the engine, compares it with what the product says.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from django.db import OperationalError, connection, connections

from benchmarks import fault_history, fault_worker
from benchmarks.fault_history import Verdict
from benchmarks.touch import reachable_people
from bin.local.servers import free_port
from crm.actions import claims, delivery_events, messages
from crm.actions.delivery_events import Report
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message

LONGEST = 600.0
_BODY = "Hello,\n\nthe report is out: https://example.com/report\n\nAll the best"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of it."""

    mails: int = 20_000
    kills: int = 50
    rounds: int = 50
    people: int = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One result in words, and whether it is what was promised."""

    words: str
    is_sound: bool


def told(words: str, verdict: Verdict) -> Line:
    """A verdict of the history as a line."""
    return Line(f"{words}: {verdict}", verdict.is_sound)


@dataclass(slots=True)
class Stage:
    """One scenario's workspace, provider and workers."""

    workspace_id: int
    since_id: int
    history: Path
    port: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(4))

    def hire(self, count: int, *more: str) -> None:
        """So many workers, each a process of its own."""
        for _ in range(count):
            self.workers.append(self._worker(*more))

    def _worker(self, *more: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "benchmarks.fault_worker",
            str(self.workspace_id),
            str(3 * LONGEST),  # fifty rounds take longer than one wait may
            *more,
        ]
        settings = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{self.port}"}
        return subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill_one(self) -> None:
        """One worker dies on the spot and another takes its place."""
        index = self.chance.randrange(len(self.workers))
        self.workers[index].kill()
        self.workers[index].wait()
        self.workers[index] = self._worker()

    def taken(self) -> int:
        """How many the provider has taken."""
        return sum(fault_history.taken_by(self.history).values())

    def sweep(self) -> None:
        """What beat does every ten seconds."""
        try:
            with workspace_scope(self.workspace_id):
                claims.sweep()
        except OperationalError:
            connections.close_all()

    def drain(self) -> Verdict:
        """Let the workers finish; what stays in doubt becomes unknown."""
        ends = time.monotonic() + LONGEST
        while time.monotonic() < ends:
            self.sweep()
            verdict = fault_history.judge(self.workspace_id, self.since_id, self.history)
            if not verdict.waiting:
                return verdict
            time.sleep(1)
        return fault_history.judge(self.workspace_id, self.since_id, self.history)

    def settle(self) -> Verdict:
        """The provider's events arrive: each mail it took, three times, in any order."""
        unknown = [key for key, state in fault_history.states(self.workspace_id, self.since_id).items()
                   if state == "unknown"]  # fmt: skip
        taken = fault_history.taken_by(self.history)
        told = [key for key in unknown if taken[key]] * 3
        self.chance.shuffle(told)
        delivery_events.apply_many([Report(f"{key}.{self.workspace_id}", "delivered") for key in told])
        return fault_history.judge(self.workspace_id, self.since_id, self.history)


@contextmanager
def stage(mails: int, *, people: int = 1_000, drop: int = 0) -> Iterator[Stage]:
    """A queue of so many mails, a provider, and nobody who sends yet. Everything ends with the block."""
    workspace_id, ids = reachable_people(max(mails, people))
    since = _queue(workspace_id, ids[:mails])
    history, port = Path(mkdtemp(prefix="faults-")) / "history", free_port()
    command = [sys.executable, "-m", "benchmarks.provider", str(port), str(history), "--drop", str(drop)]
    provider = subprocess.Popen(command)
    found = Stage(workspace_id, since, history, port)
    time.sleep(1)
    try:
        yield found
    finally:
        for process in [*found.workers, provider]:
            process.kill()
            process.wait()


def _queue(workspace_id: int, ids: list[int]) -> int:
    with workspace_scope(workspace_id):
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        people = Candidate.objects.filter(pk__in=ids).values_list("pk", "email")
        drafts = [
            NewMessage(pk, email, "The report is out", body_text=_BODY, topic="career")
            for pk, email in people
        ]
        for start in range(0, len(drafts), 2_000):
            messages.queue_rows(drafts[start : start + 2_000])
    return last


def killed(sizes: Sizes) -> Iterator[Line]:
    """kill -9 again and again while they send."""
    with stage(sizes.mails) as found:
        found.hire(3)
        for number in range(1, sizes.kills + 1):
            _until(lambda n=number: found.taken() >= n * sizes.mails // (sizes.kills + 2), found)  # type: ignore[misc]
            found.kill_one()
        yield told(f"{sizes.kills} × kill -9", found.drain())
        yield told("  after the provider's events", found.settle())


def frozen(sizes: Sizes) -> Iterator[Line]:
    """SIGSTOP for longer than the lease, then on as if nothing had been."""
    count = max(sizes.mails // 5, 200)
    with stage(count) as found:
        found.hire(3)
        for number in range(1, 7):
            _until(lambda n=number: found.taken() >= n * count // 8, found)  # type: ignore[misc]
            worker = found.chance.choice(found.workers)
            worker.send_signal(signal.SIGSTOP)
            ends = time.monotonic() + fault_worker.LEASE + 3
            while time.monotonic() < ends:
                found.sweep()
                time.sleep(1)
            worker.send_signal(signal.SIGCONT)
        yield told("6 × SIGSTOP past the lease", found.drain())
        yield told("  after the provider's events", found.settle())


def dropping(sizes: Sizes) -> Iterator[Line]:
    """A server that takes a mail and hangs up without a word, five times in a hundred."""
    with stage(max(sizes.mails // 10, 200), drop=5) as found:
        found.hire(2)
        yield told("taken and dropped, 5 %", found.drain())
        yield told("  after the provider's events", found.settle())


def restarted(sizes: Sizes) -> Iterator[Line]:
    """PostgreSQL crashes three times mid-run: every backend gone at once, recovery from its log."""
    count = max(sizes.mails // 5, 200)
    with stage(count) as found:
        found.hire(3)
        for number in range(1, 4):
            _until(lambda n=number: found.taken() >= n * count // 5, found)  # type: ignore[misc]
            _crash_postgres()
        yield told("3 × PostgreSQL crash and recovery", found.drain())
        yield told("  after the provider's events", found.settle())


def _crash_postgres() -> None:
    """A backend that dies by SIGKILL makes PostgreSQL end all others and recover, as after a power cut."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    os.kill(pid, signal.SIGKILL)
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        connections.close_all()
        time.sleep(0.5)
        try:
            connection.ensure_connection()
        except OperationalError:
            continue
        return


def _until(holds: Callable[[], bool], found: Stage) -> None:
    ends = time.monotonic() + LONGEST
    while not holds() and time.monotonic() < ends:
        time.sleep(0.1)
        if time.monotonic() % 2 < 0.1:
            found.sweep()


def run(sizes: Sizes, only: Sequence[str] = ()) -> int:
    """Every scenario in turn, or those named; returns 1 when one of them was lost."""
    from benchmarks import fault_races  # noqa: PLC0415 - it builds on this module

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    every = (killed, frozen, dropping, restarted, fault_races.raced, fault_races.doubled)
    is_sound = True
    for scenario in [each for each in every if not only or each.__name__ in only]:
        started = time.monotonic()
        for line in scenario(sizes):
            print(f"{line.words} ({time.monotonic() - started:.0f} s)", flush=True)
            is_sound = is_sound and line.is_sound
    return 0 if is_sound else 1
