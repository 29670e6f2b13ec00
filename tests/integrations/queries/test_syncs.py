"""How far a run is, and how long it will take, while it is the first of its connection."""

from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.models import SyncRun
from integrations.queries.syncs import progress

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def running(read: dict[str, int], expected: dict[str, int], **more: Any) -> SyncRun:
    counts = {kind: {"read": count} for kind, count in read.items()}
    started = {"started_at": NOW - timedelta(seconds=60), "state": "running", "mode": "full"}
    return SyncRun(workspace_id=1, counts=counts, expected=expected, **(started | more))


def test_first_run_is_judged_by_what_the_ats_counts() -> None:
    run = running(
        {"candidate": 500, "application": 0, "stage": 900}, {"candidate": 500, "application": 1_500}
    )

    told = progress(run, now=NOW)

    assert (told.done, told.expected, told.percent, told.eta_seconds) == (500, 2_000, 25, 180)
    assert (told.totals["read"], told.per_second) == (1_400, 23.3)


def test_more_than_was_told_is_never_beyond_the_end() -> None:
    told = progress(running({"candidate": 510}, {"candidate": 500}), now=NOW)

    assert (told.done, told.expected, told.percent, told.eta_seconds) == (510, 510, 99, 0)


def test_nobody_tells_how_much_but_which_list_it_is_at() -> None:
    run = running({"candidate": 600}, {}, mode="incremental", cursor={"position": {"step": 2, "steps": 11}})

    told = progress(run, now=NOW)

    assert (told.is_foreseen, told.eta_seconds, told.percent) == (False, None, None)
    assert (told.per_second, told.step, told.steps) == (10.0, 3, 11)


def test_nothing_read_yet_has_no_time_to_tell() -> None:
    told = progress(running({}, {"candidate": 500}), now=NOW)

    assert (told.done, told.expected, told.percent, told.eta_seconds) == (0, 500, 0, None)


def test_finished_run_has_none_left() -> None:
    told = progress(running({"candidate": 500}, {"candidate": 500}, state="finished", finished_at=NOW))

    assert (told.percent, told.eta_seconds) == (100, None)
