from collections.abc import Iterator

import pytest

from crm.models import Workspace
from tests.integrations.conformance.accounts import VENDORS, Account, connected, started


@pytest.fixture(params=VENDORS)
def account(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[Account]:
    simulator = started(request.param, people=24)
    yield connected(workspace, simulator)
    simulator.stop()
