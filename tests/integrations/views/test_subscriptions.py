from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import User, Workspace
from integrations.actions import connections, subscriptions
from integrations.models import Connection
from integrations.providers import registry
from tests.simulators.lever import Simulator

AS = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _private(settings: Any) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True


def test_webhooks_are_set_up_from_the_page(client_as: AS, grace: User, workspace: Workspace) -> None:
    simulator = Simulator(people=4).start()
    connection = _connect(workspace, simulator)
    page = f"/w/acme/settings/connections/{connection.pk}/"

    assert client_as(grace).post(f"{page}webhooks/").status_code == 302
    subscriptions.subscribe(workspace_id=workspace.pk, connection_id=connection.pk)
    shown = client_as(grace).get(page).content.decode()
    simulator.faults.denied = {"webhooks"}
    subscriptions.subscribe(workspace_id=workspace.pk, connection_id=connection.pk)
    simulator.stop()

    assert "changes arrive within seconds" in shown
    with workspace_scope(workspace.pk):
        connection.refresh_from_db()
        assert len((connection.credentials or {})["webhook_secret"].split()) == len(simulator.hooks)
    assert "webhooks:read" in connection.verdict["webhooks"]["sentence"]


def test_every_vendor_names_the_rights_it_needs(client_as: AS, grace: User, workspace: Workspace) -> None:
    listed = client_as(grace).get("/w/acme/settings/connections/").content.decode()
    for vendor in registry.VENDORS.values():
        assert f"Connect {vendor.name}" in listed
        page = client_as(grace).get(f"/w/acme/settings/connections/new/{vendor.kind}/").content.decode()
        assert vendor.rights
        assert all(name in page for name, _ in vendor.rights)


def _connect(workspace: Workspace, simulator: Simulator) -> Connection:
    with workspace_scope(workspace.pk):
        return connections.create(
            kind="lever",
            name="Lever",
            settings=simulator.settings,
            credentials=simulator.credentials,
            by=None,
        )


def test_vendor_without_webhooks_says_so(client_as: AS, grace: User, workspace: Workspace) -> None:
    with workspace_scope(workspace.pk):
        given = {"base_url": "https://wd3-services1.myworkday.com", "tenant": "acme"}
        signed = {"username": "ISU_Rekindle", "password": "p"}
        made = connections.create(kind="workday", name="WD", settings=given, credentials=signed, by=None)

    shown = client_as(grace).get(f"/w/acme/settings/connections/{made.pk}/").content.decode()

    assert "Workday sends no webhooks" in shown
    assert "Set up webhooks" not in shown
