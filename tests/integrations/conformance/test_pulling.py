"""Every vendor brings the whole account, once, whatever goes wrong on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from crm.kernel.tenancy import workspace_scope
from crm.models import Event
from integrations.actions import pulls, syncs
from integrations.models import SyncRun
from tests.integrations.conformance.accounts import Account, counted


def test_account_arrives_in_full_through_every_fault(account: Account, backfill: SyncRun) -> None:
    faults = account.simulator.faults
    assert (faults.throttle, faults.fail, faults.drop, faults.expire_after) == (0, 0, 0, None)
    assert backfill.state == "finished"
    assert account.difference() == []
    with workspace_scope(account.workspace.pk):
        world = account.simulator.world
        meetings = [one for held in world.applications.values() for one in held.meetings]
        told = Event.objects.filter(kind="interview.scheduled").count()
        assert told == (len(meetings) if account.simulator.tells_interviews else 0)
        assert Event.objects.filter(kind="scorecard.submitted").count() == len(meetings)
        ended = [one for one in world.applications.values() if one.outcome in ("rejected", "withdrawn")]
        kinds = ("application.rejected", "application.withdrawn")
        assert Event.objects.filter(kind__in=kinds).count() == len(ended)


def test_second_run_changes_nothing(account: Account) -> None:
    with workspace_scope(account.workspace.pk):
        events = Event.objects.exclude(kind__startswith="sync.").count()
    account.simulator.faults.shuffle = True

    again = account.pull()

    assert (counted(again, "created"), counted(again, "changed"), counted(again, "removed")) == (0, 0, 0)
    with workspace_scope(account.workspace.pk):
        assert Event.objects.exclude(kind__startswith="sync.").count() == events


def test_killed_run_goes_on_however_short_its_turns(unread: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, committed = pulls.Pull._commit, list[object]()

    def dies(self: pulls.Pull, page: Any, *, moves: bool) -> bool:
        if len(committed) == 5:
            raise KeyboardInterrupt
        committed.append(page)
        return commit(self, page, moves=moves)

    with workspace_scope(unread.workspace.pk):
        run = syncs.start(connection=unread.connection, mode="full")
    monkeypatch.setattr(pulls.Pull, "_commit", dies)
    with pytest.raises(KeyboardInterrupt):
        unread.pull(run=run)
    monkeypatch.setattr(pulls.Pull, "_commit", commit)
    with workspace_scope(unread.workspace.pk):
        SyncRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    assert unread.pull(run=run, seconds=0).state == "finished"
    assert unread.difference() == []


def test_what_changed_arrives_by_the_next_small_run(account: Account) -> None:
    world, at = account.simulator.world, account.simulator.now()
    active = [held for held in world.applications.values() if held.outcome == "active"]
    ended = next(held for held in world.applications.values() if held.outcome == "rejected")
    world.rename(next(iter(world.people.values())), "Chief of Staff", at)
    world.reject(active[0], 1, at)
    world.advance(active[1], at)
    world.unreject(ended, at)

    run = account.pull("incremental")

    assert run.state == "finished"
    assert account.difference() == []
    assert counted(run, "read") < 200


def test_bad_record_is_a_warning_and_stops_nobody(unread: Account) -> None:
    number = next(iter(unread.simulator.world.applications))
    spoiled = {"updatedAt": "yesterday", "createdAt": ["what"], "stageChanges": "none", "status": 7}
    unread.simulator.faults.bad_rows = {"applications": {number: spoiled}}

    run = unread.pull()

    assert run.state == "finished"
    held = unread.simulator.world.applications[number]
    named = {unread.simulator.told_id(held), f"{held.person.id}:{held.job.id}"}
    assert any(name in warning["id"] for warning in run.warnings for name in named)
    assert [line.rpartition(" is ")[2] for line in unread.difference()] == ["missing"]


def test_unconfirmed_shapes_are_read_too(unread: Account) -> None:
    unread.simulator.faults.odd_shapes = True

    unread.pull()

    assert unread.difference() == []


def test_revoked_credentials_need_attention(account: Account) -> None:
    account.simulator.revoke()
    cache.clear()

    run = account.pull("incremental")

    assert run.state == "failed"
    with workspace_scope(account.workspace.pk):
        account.connection.refresh_from_db()
        assert account.connection.state == "needs_attention"
