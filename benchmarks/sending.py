"""Sending a queue to a mail server on loopback by the whole protocol, beside handing over ready bytes."""

import os
import resource
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.db import connections

from benchmarks.fault_history import judge
from benchmarks.report import Bench, Figure, Memory
from benchmarks.touch import reachable_people
from bin.local.servers import free_port
from crm.actions import deliveries, messages
from crm.actions.messages import NewMessage
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Message

MAILS = 20_000
WORKERS = 2
_BODY = """Dear {name},

we met when you applied. The team has doubled since, and the report is out: https://example.com/report
Two more things may be of use: https://example.com/pay and https://example.com/interviews

All the best"""


@dataclass(frozen=True, slots=True)
class Work:
    """What one worker did: mails, its own seconds of CPU, and what it grew by after its first thousand."""

    mails: int
    cpu: float
    grown_mb: float


def run(bench: Bench) -> Iterator[Figure]:
    """Tracking links, unsubscribe headers, at most once; the provider's history says that each left once."""
    count = min(MAILS, bench.people)
    history, port = Path(mkdtemp(prefix="sending-")) / "history", free_port()
    provider = subprocess.Popen([sys.executable, "-m", "benchmarks.provider", str(port), str(history)])
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    try:
        time.sleep(1)
        floor, _ = _measured(lambda: _by_hand(count // WORKERS))
        os.truncate(history, 0)  # what was handed over by hand is no mail of the product
        workspace_id, since = _queue(count)
        ours, works = _measured(lambda: _deliver(workspace_id, count))
        verdict = judge(workspace_id, since, history)
        assert verdict.is_sound, verdict
        assert verdict.mails == count
    finally:
        provider.kill()
        provider.wait()
    cpu = sum(work.cpu for work in works) / count * 1_000
    grown = max(work.grown_mb for work in works)
    said = f"send {count:,}, {WORKERS} workers, {cpu:.2f} ms of CPU a mail"
    yield Figure(said, count / ours, count / floor, "≥ 1,000/s", unit="mails/s", peak_mb=grown)


def _measured(work: Callable[[], Work]) -> tuple[float, list[Work]]:
    """Seconds for the workers together, processes of their own as in production."""
    connections.close_all()
    started = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        done = [each.result() for each in [pool.submit(_worker, number) for number in _hand_over(work)]]
    return time.perf_counter() - started, done


_WORK: list[Callable[[], Work]] = []


def _hand_over(work: Callable[[], Work]) -> range:
    # A forked worker finds it here; a closure cannot be sent to it.
    _WORK[:] = [work]
    return range(WORKERS)


def _worker(_: int) -> Work:
    return _WORK[0]()


def _deliver(workspace_id: int, count: int) -> Work:
    """Until nothing waits. What a worker grows by is looked at from its second round on."""
    before = _cpu()
    mails = deliveries.deliver_due(workspace_id=workspace_id, seconds=1.0).accepted
    memory = Memory()
    while done := deliveries.deliver_due(workspace_id=workspace_id, seconds=5.0).accepted:
        mails += done
    return Work(mails, _cpu() - before, memory.grown_mb)


def _by_hand(count: int) -> Work:
    """Ready bytes of the same size, over one line."""
    before, body = _cpu(), b"Subject: Hello\r\nMessage-ID: <by-hand@x>\r\n\r\n" + b"x" * 70 + b"\r\n" * 2
    body += b"\r\n".join([b"y" * 76] * 80)
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT) as line:
        for number in range(count):
            line.sendmail("us@example.com", [f"p{number}@example.com"], body)
    return Work(count, _cpu() - before, 0)


def _queue(count: int) -> tuple[int, int]:
    workspace_id, ids = reachable_people(count)
    with workspace_scope(workspace_id):
        since = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        people = list(Candidate.objects.filter(pk__in=ids).values_list("pk", "email", "first_name"))
        for start in range(0, count, 2_000):
            drafts = [
                NewMessage(pk, email, f"Hello {name}", body_text=_BODY.format(name=name), topic="career")
                for pk, email, name in people[start : start + 2_000]
            ]
            messages.queue_rows(drafts)
    return workspace_id, since


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
