"""Every vendor's webhooks: only signed ones count, and each counts once."""

import pytest
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import Event
from integrations.actions import inbound
from integrations.models import InboundWebhook
from integrations.providers import registry
from tests.integrations.conformance.accounts import Account

SECRET = "conformance-secret"


def test_replayed_webhook_has_one_effect(account: Account, client: Client) -> None:
    world = account.simulator.world
    active = next(held for held in world.applications.values() if held.outcome == "active")
    world.reject(active, 1, account.simulator.now())
    assert active.ended
    body, headers = account.simulator.webhook(active, SECRET)

    answers = [_post(account, client, body, headers) for _ in range(3)]
    for _ in range(3):
        inbound.apply_waiting(workspace_id=account.workspace.pk, connection_id=account.connection.pk)

    assert answers == [registry.vendor(account.connection.kind).hook_status] * 3
    assert account.difference() == []
    with workspace_scope(account.workspace.pk):
        assert InboundWebhook.objects.count() == 1
        told = Event.objects.filter(kind="application.rejected", occurred_at=active.ended)
        assert told.count() == 1


@pytest.mark.parametrize("secret", ["", "somebody-else"])
def test_wrong_signature_is_refused(account: Account, client: Client, secret: str) -> None:
    held = next(iter(account.simulator.world.applications.values()))
    body, headers = account.simulator.webhook(held, secret)

    assert _post(account, client, body, headers) == 401
    with workspace_scope(account.workspace.pk):
        assert InboundWebhook.objects.count() == 0


def test_webhook_without_a_secret_of_ours_is_asked_for_again(account: Account, client: Client) -> None:
    with workspace_scope(account.workspace.pk):
        account.connection.credentials = account.simulator.credentials
        account.connection.save()
    held = next(iter(account.simulator.world.applications.values()))

    assert _post(account, client, *account.simulator.webhook(held, SECRET)) == 503


def _post(account: Account, client: Client, body: bytes, headers: dict[str, str]) -> int:
    url = f"/hooks/ats/{account.workspace.pk}/{account.connection.webhook_key}/"
    return client.post(url, body, "application/json", headers=headers).status_code
