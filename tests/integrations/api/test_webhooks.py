import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.actions import api_keys
from crm.models import Role, User, Workspace
from integrations.models import Webhook, WebhookDelivery

Call = Callable[..., Any]
BODY = {"url": "https://hooks.example/rekindle", "events": ["message.replied"]}


@pytest.fixture
def call(client: Client, grace: User, scope: Workspace) -> Call:
    text = api_keys.create(name="Tests", role=Role.ADMIN, by=grace).text

    def call(method: str, path: str, data: Any = None) -> Any:
        return client.generic(
            method,
            f"/api/v1/{path}",
            json.dumps(data),
            content_type="application/json",
            headers={"Authorization": f"Bearer {text}"},
        )

    return call


def test_a_webhook_is_made_changed_and_removed(call: Call) -> None:
    made = call("POST", "webhooks", BODY)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    pk = made.json()["id"]
    read = call("GET", f"webhooks/{pk}").json()
    assert "secret" not in read
    assert read["is_active"] is True
    changed = call("PATCH", f"webhooks/{pk}", {"is_active": False, "events": ["stage.changed"]})
    assert (changed.json()["is_active"], changed.json()["events"]) == (False, ["stage.changed"])
    assert [row["id"] for row in call("GET", "webhooks").json()["results"]] == [pk]
    assert call("DELETE", f"webhooks/{pk}").status_code == 204
    assert call("GET", f"webhooks/{pk}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (BODY | {"url": "http://hooks.example"}, 400, "url"),
        (BODY | {"events": ["no.such"]}, 400, "events"),
        (BODY | {"colour": "red"}, 400, "colour"),
        ({"events": ["stage.changed"]}, 400, "url"),
    ],
)
def test_a_bad_body_is_refused_by_field(
    call: Call, settings: Any, body: dict[str, Any], status: int, field: str
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    answer = call("POST", "webhooks", body)
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    assert not Webhook.objects.exists()


def test_one_address_is_one_webhook(call: Call) -> None:
    call("POST", "webhooks", BODY)
    assert call("POST", "webhooks", BODY).status_code == 409


def test_deliveries_are_listed_and_sent_again(call: Call) -> None:
    webhook = Webhook.objects.get(pk=call("POST", "webhooks", BODY).json()["id"])
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, event_id=5, kind="message.replied", payload={}, state="failed", attempt=8,
        due_at=timezone.now(),
    )  # fmt: skip
    listed = call("GET", f"webhooks/{webhook.pk}/deliveries").json()["results"]
    assert [(row["id"], row["state"], row["webhook_id"]) for row in listed] == [
        (delivery.pk, "failed", "evt_5")
    ]
    again = call("POST", f"deliveries/{delivery.pk}/retry")
    assert (again.status_code, again.json()["state"], again.json()["attempt"]) == (202, "waiting", 0)
