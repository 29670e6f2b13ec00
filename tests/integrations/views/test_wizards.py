"""Each account is connected through its page, checked live, and wrong credentials are told in words."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import User, Workspace
from integrations.actions import connections
from integrations.models import Connection
from integrations.providers import registry
from tests.integrations.conformance.accounts import VENDORS, started
from tests.simulators.hosted import Hosted

SECRETS = {"greenhouse": "client_secret", "successfactors": "client_id", "workday": "refresh_token"}


@pytest.fixture(params=VENDORS)
def account(request: pytest.FixtureRequest) -> Iterator[Hosted]:
    simulator = started(request.param, people=2)
    yield simulator
    simulator.stop()


def test_wizard_connects_and_names_what_is_wrong(
    client_as: Callable[[User], Client], grace: User, workspace: Workspace, account: Hosted
) -> None:
    client, vendor = client_as(grace), registry.vendor(account.kind)
    address = f"/w/acme/settings/connections/new/{account.kind}/"
    page = client.get(address).content.decode()
    assert all(name in page.replace("&amp;", "&") for name, _ in vendor.rights)
    secret = SECRETS.get(account.kind, "api_key")
    right = {"name": "Main"} | account.settings | account.credentials

    client.post(address, right | {secret: "wrong"})

    with workspace_scope(workspace.pk):
        made = Connection.objects.get()
    connections.check(workspace_id=workspace.pk, connection_id=made.pk)
    told = client.get(f"/w/acme/settings/connections/{made.pk}/").content.decode()
    assert "This connection needs attention" in told
    assert "accept" in told
    cache.clear()
    client.post(f"/w/acme/settings/connections/{made.pk}/edit/", right)
    connections.check(workspace_id=workspace.pk, connection_id=made.pk)
    told = client.get(f"/w/acme/settings/connections/{made.pk}/").content.decode()
    assert "every right we need is there" in told
    assert client.post(address, {"name": "Other"}).status_code == 422
