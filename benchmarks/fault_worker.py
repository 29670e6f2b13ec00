"""A sending worker that can be killed: `python -m benchmarks.fault_worker WORKSPACE SECONDS [--run]`.

The protocol is the product's own; only its leases are seconds instead of minutes, so that what a dead worker
left behind is taken over while somebody watches.
"""

import argparse
import os
import sys
import time
from datetime import timedelta

LEASE, STARTED = 8, 5


def shorten() -> None:
    """The leases of this process are seconds."""
    from crm.actions import claims  # noqa: PLC0415 - app ready

    claims.LEASE, claims.STARTED_LEASE = timedelta(seconds=LEASE), timedelta(seconds=STARTED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--run", action="store_true", help="journeys too, not only their mail")
    given = parser.parse_args()
    import django  # noqa: PLC0415 - app ready

    django.setup()
    shorten()
    print("ready", flush=True)
    go_on(given.workspace, seconds=given.seconds, is_running_journeys=given.run)


def go_on(workspace_id: int, *, seconds: float, is_running_journeys: bool) -> None:
    """Work until the time is over, or whoever started this process is gone."""
    ends, parent = time.monotonic() + seconds, os.getppid()
    while time.monotonic() < ends and os.getppid() == parent:
        try:
            _work(workspace_id, is_running_journeys=is_running_journeys)
        except Exception as failure:  # noqa: BLE001 - the database was restarted: the next round has a new line
            print(type(failure).__name__, file=sys.stderr, flush=True)
            _forget_connection()
            time.sleep(0.5)


def _work(workspace_id: int, *, is_running_journeys: bool) -> None:
    from django.utils import timezone  # noqa: PLC0415 - app ready

    from crm.actions import deliveries  # noqa: PLC0415 - app ready
    from journeys.actions import ticks  # noqa: PLC0415 - app ready

    if is_running_journeys:
        ticks.tick(workspace_id=workspace_id, now=timezone.now(), limit=100)
    done = deliveries.deliver_due(workspace_id=workspace_id, seconds=2)
    if not done.accepted:
        time.sleep(0.2)


def _forget_connection() -> None:
    from django.db import connections  # noqa: PLC0415 - app ready

    connections.close_all()


if __name__ == "__main__":
    main()
