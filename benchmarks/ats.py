"""A back-fill of each ATS from its local simulator with faults, the same again, and a push of 200 twice.

Fails when the workspace differs from the account, the second run changes anything, or a push doubles.
The floor is the same walk over HTTP with nothing written.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from django.conf import settings
from django.core.cache import cache
from django.db import connection as db

from benchmarks import seeding
from benchmarks.report import Bench, Figure, Memory, once
from crm.actions import workspaces
from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Requisition
from integrations.actions import connections, deliveries, pushes
from integrations.models import PushItem, SyncRun
from integrations.providers import registry
from talentpools.models import ShortlistEntry
from tests.integrations.conformance.accounts import VENDORS, Account, connected, counted, started

PEOPLE, PUSHED = 5_000, 200


def run(bench: Bench) -> Iterator[Figure]:
    """Every vendor that runs on the invented company; each figure is told at once, for it takes minutes."""
    settings.ALLOW_PRIVATE_HOSTS = True  # the simulators listen on loopback
    people = min(PEOPLE, bench.people)
    for kind in bench.vendors or VENDORS:
        for figure in _vendor(kind, people):
            print(
                f"  {figure.case}: {figure.ours:,.0f} {figure.unit}, {figure.peak_mb:,.0f} MB",
                file=sys.stderr,
            )
            yield figure


def _vendor(kind: str, people: int) -> Iterator[Figure]:
    print(f"{kind}: {people:,} people, {2 * people:,} applications", file=sys.stderr)
    cache.clear()
    simulator = started(kind, people=people, applications=2 * people)
    account = connected(workspaces.create(name=f"bench-{kind}", owner=seeding.owner()), simulator)
    floor = once(lambda: _walk(account))
    seeding.settle()
    faults = simulator.faults
    faults.throttle, faults.fail, faults.drop, faults.expire_after = 5, 5, 5, 500
    memory, runs = Memory(), list[SyncRun]()
    ours = once(lambda: runs.append(account.pull()))
    peak = memory.grown_mb
    _demand(runs[0].state == "finished", f"{kind}: {runs[0].failure}")
    _demand(not account.difference(), f"{kind} differs: {account.difference()[:3]}")
    read = counted(runs[0], "read")
    yield Figure(
        f"{kind}: back-fill with faults, {read:,} records",
        read / ours * 1_000,
        read / floor * 1_000,
        "≥ 500 records/s, < 250 MB",
        unit="records/s",
        peak_mb=peak,
    )
    again = once(lambda: runs.append(account.pull()))
    changed = counted(runs[1], "created") + counted(runs[1], "changed")
    _demand(not changed, f"{kind}: the second run changed {changed}")
    yield Figure(f"{kind}: the same again", read / again * 1_000, 0, "changes nothing", unit="records/s")
    yield from _pushes(account, kind)
    simulator.stop()


def _walk(account: Account) -> None:
    with workspace_scope(account.workspace.pk):
        access = connections.access_of(account.connection)
    with closing(registry.connector(account.connection.kind, access)) as connector:
        for _ in connector.pages(since=None, marks={}, position={}):
            pass


def _pushes(account: Account, kind: str) -> Iterator[Figure]:
    with workspace_scope(account.workspace.pk):
        requisition = Requisition.objects.filter(status="open").order_by("pk")[0]
        people = Candidate.objects.exclude(applications__requisition=requisition)
        for person in people.order_by("pk")[:PUSHED]:
            ShortlistEntry.objects.create(requisition=requisition, candidate=person)
    world = account.simulator.world
    sizes = len(world.people), len(world.applications)
    taken = once(lambda: _push(account, requisition))
    _demand((len(world.people), len(world.applications)) == (sizes[0], sizes[1] + PUSHED), f"{kind}: pushed")
    _push(account, requisition)
    _demand(len(world.applications) == sizes[1] + PUSHED, f"{kind}: pushed twice")
    yield Figure(
        f"{kind}: push of {PUSHED}, then again", PUSHED / taken * 1_000, 0, "each once", unit="people/s"
    )


def _push(account: Account, requisition: Requisition) -> None:
    with workspace_scope(account.workspace.pk):
        push = pushes.send(requisition=requisition, by=None)
    lanes = registry.vendor(account.connection.kind).push_lanes
    with ThreadPoolExecutor(lanes) as workers:
        for done in [workers.submit(_deliver, account.workspace.pk, push.pk) for _ in range(lanes)]:
            done.result()


def _deliver(workspace_id: int, push_id: int) -> None:
    """What one worker does, again and again until nobody of the push waits."""
    try:
        is_open = True
        while is_open:
            deliveries.deliver(workspace_id=workspace_id, push_id=push_id)
            with workspace_scope(workspace_id):
                is_open = PushItem.objects.filter(push=push_id, state__in=["waiting", "sending"]).exists()
    finally:
        db.close()


def _demand(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise SystemExit(otherwise)
