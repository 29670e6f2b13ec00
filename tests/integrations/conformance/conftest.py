"""A story per vendor: one account is read once, through every fault, and each test begins where that ended.

The database goes back by a savepoint, the simulator to a copy of itself.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoDbBlocker

from crm.kernel.tenancy import workspace_scope
from crm.models import Workspace
from integrations.models import SyncRun
from integrations.providers import sending
from tests.factories import WorkspaceFactory
from tests.integrations.conformance.accounts import PEOPLE, VENDORS, Account, connected, started
from tests.simulators.hosted import Hosted

# One worker tells the whole story of a vendor.
KINDS = [pytest.param(kind, marks=pytest.mark.xdist_group(f"ats-{kind}")) for kind in VENDORS]


class Kept:
    """A simulator and what it was like: all that requests and tests change, as a copy."""

    def __init__(self, simulator: Hosted) -> None:
        self.simulator = simulator
        own = ("lock", "server", "clock")
        self.state: dict[str, Any] = deepcopy({k: v for k, v in vars(simulator).items() if k not in own})

    def restore(self) -> Hosted:
        vars(self.simulator).update(deepcopy(self.state))
        return self.simulator


@dataclass
class Story:
    account: Account
    run: SyncRun
    kept: Kept


@pytest.fixture(scope="package", params=KINDS)
def _fresh(request: pytest.FixtureRequest) -> Iterator[Kept]:
    simulator = started(request.param, people=PEOPLE)
    yield Kept(simulator)
    simulator.stop()


@pytest.fixture(scope="package")
def _story(_fresh: Kept, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    """Read in full, with the usual trouble on the way."""
    simulator = _fresh.restore()
    with django_db_blocker.unblock(), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(settings, "ALLOW_PRIVATE_HOSTS", True)
            patch.setattr(sending, "_backoff", lambda state: 0.01)
            patch.setattr(sending.AtsClient, "cool_down", 0.05)
            cache.clear()
            account = connected(WorkspaceFactory.create(name="Story", slug="story"), simulator)
            faults = simulator.faults
            faults.throttle, faults.fail, faults.drop, faults.expire_after = 2, 2, 2, 11
            run = account.pull()
        yield Story(account, run, Kept(simulator))
        transaction.set_rollback(True)


@pytest.fixture
def account(_story: Story, db: None) -> Account:
    """The account, read in full."""
    _story.kept.restore()
    account = _story.account
    with workspace_scope(account.workspace.pk):
        account.connection.refresh_from_db()
    return account


@pytest.fixture
def backfill(_story: Story) -> SyncRun:
    """The run that read it."""
    return _story.run


@pytest.fixture
def unread(_fresh: Kept, workspace: Workspace) -> Account:
    """The account before anybody read it."""
    return connected(workspace, _fresh.restore())
