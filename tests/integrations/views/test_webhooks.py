from collections.abc import Callable

import pytest
from django.test import Client

from crm.models import User, Workspace
from integrations.models import Webhook

As = Callable[[User], Client]
LIST = "/w/acme/settings/webhooks/"
BODY = {"url": "https://hooks.example/in", "description": "Slack", "events": ["message.replied"]}


@pytest.fixture
def webhook(client_as: As, grace: User, scope: Workspace) -> Webhook:
    assert client_as(grace).post(f"{LIST}new/", BODY).status_code == 302
    return Webhook.objects.get()


def test_a_webhook_through_its_life(client_as: As, grace: User, webhook: Webhook) -> None:
    client, page = client_as(grace), f"{LIST}{webhook.pk}/"
    assert "Slack" in client.get(LIST).content.decode()
    assert webhook.secret in client.get(page).content.decode()
    client.post(f"{page}edit/", BODY | {"events": ["stage.changed"]})
    client.post(f"{page}pause/")
    client.post(f"{page}secret/")
    changed = Webhook.objects.get()
    assert changed.events == ["stage.changed"]
    assert changed.disabled_at is not None
    assert changed.secret != webhook.secret
    client.post(f"{page}removal/")
    assert not Webhook.objects.exists()


def test_a_bad_form_is_422(client_as: As, grace: User, scope: Workspace) -> None:
    answer = client_as(grace).post(f"{LIST}new/", BODY | {"url": "ftp://x"})
    assert answer.status_code == 422
    assert "https address" in answer.content.decode()


def test_a_recruiter_may_not(client_as: As, ada: User, scope: Workspace) -> None:
    assert client_as(ada).get(LIST).status_code == 403
