"""Webhooks of an ATS into one gunicorn process: new ones, the same again, and wrongly signed ones.

The floor is the smallest answer of the same address, which refuses a GET, over the same connections.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from queue import Empty, SimpleQueue

from benchmarks import seeding
from benchmarks.report import Bench, Figure
from benchmarks.web import gunicorn
from crm.kernel.tenancy import workspace_scope
from integrations.actions import connections
from integrations.models import Connection, InboundWebhook
from tests.simulators.greenhouse_hooks import encode, signature

SENT, AT_ONCE, SECRET = 4_000, 8, "bench-webhooks"
Asked = tuple[str, bytes, dict[str, str]]


def run(bench: Bench) -> Iterator[Figure]:
    """Requests a second, and how long the slowest twentieth took."""
    path = _address()
    with gunicorn(WEB_WORKERS="1") as (address, _):
        port = int(address.rpartition(":")[2])
        new = [_webhook(path, number, SECRET) for number in range(SENT)]
        floor = _send(port, [(path, b"", {})] * SENT, 405)
        first = _send(port, new, 200)
        again = _send(port, new, 200)
        forged = _send(port, [_webhook(path, number, "no") for number in range(SENT)], 401)
    for name, (rate, slow) in (("new", first), ("replayed", again), ("wrongly signed", forged)):
        yield Figure(f"webhooks in, {name}", rate, floor[0], "≥ 500/s", unit="/s")
        yield Figure(f"webhooks in, {name}, p95", slow, floor[1], "< 50 ms")


def _address() -> str:
    workspace = seeding.workspace_of(1_000, purpose="webhooks")
    with workspace_scope(workspace.pk):
        InboundWebhook.objects.all().delete()
        for old in Connection.objects.filter(name="Webhooks"):
            old.delete()
        made = connections.create(
            kind="greenhouse",
            name="Webhooks",
            settings={},
            credentials={"client_id": "x", "client_secret": "y", "webhook_secret": SECRET},
            by=None,
        )
        return f"/hooks/ats/{workspace.pk}/{made.webhook_key}/"


def _webhook(path: str, number: int, secret: str) -> Asked:
    body = encode("application_updated", {"application": {"id": number, "candidate": {"id": number}}})
    headers = {"Signature": signature(body, secret), "Greenhouse-Event-ID": f"bench-{number}"}
    return path, body, headers | {"Content-Type": "application/json"}


def _send(port: int, asked: list[Asked], wanted: int) -> tuple[float, float]:
    """All of them over a few connections; (a second, the 95th percentile in ms)."""
    queue: SimpleQueue[Asked] = SimpleQueue()
    for one in asked:
        queue.put(one)
    taken: list[float] = []
    faults: list[str] = []
    senders = [
        threading.Thread(target=_worker, args=(port, queue, taken, faults, wanted)) for _ in range(AT_ONCE)
    ]
    began = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - began
    if faults:
        raise SystemExit(faults[0])
    return len(taken) / seconds, statistics.quantiles(taken, n=20, method="inclusive")[-1]


def _worker(
    port: int, queue: "SimpleQueue[Asked]", taken: list[float], faults: list[str], wanted: int
) -> None:
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    take: Callable[[], Asked] = queue.get_nowait
    while not faults:
        try:
            path, body, headers = take()
        except Empty:
            return
        began = time.perf_counter()
        line.request("POST" if body else "GET", path, body or None, headers)
        answer = line.getresponse()
        answer.read()
        taken.append((time.perf_counter() - began) * 1_000)
        if answer.status != wanted:
            faults.append(f"{path} answered {answer.status} instead of {wanted}")
