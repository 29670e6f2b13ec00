import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from django.core import mail

from crm.actions import event_sets, events
from crm.models import EventSubscription, User, Workspace
from integrations.actions import webhook_deliveries, webhooks
from integrations.models import Webhook, WebhookDelivery
from tests.factories import CandidateFactory

OnCommit = Callable[[], AbstractContextManager[None]]


class Receiver(HTTPServer):
    """Somebody else's program: keeps what it is told and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.heard: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Any = self.server
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.ALLOW_PRIVATE_HOSTS = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def webhook(scope: Workspace, grace: User, receiver: Receiver) -> Webhook:
    return webhooks.create(url=receiver.url, kinds=["candidate.created", "segment.entered"], by=grace)


def _happen(on_commit: OnCommit, kind: str = "candidate.created") -> None:
    person = CandidateFactory.create()
    with on_commit():
        events.record(kind, candidate=person, data={"origin": "api"})


def test_an_event_arrives_signed(on_commit: OnCommit, webhook: Webhook, receiver: Receiver) -> None:
    _happen(on_commit)

    ((headers, body),) = receiver.heard
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempt) == ("delivered", 204, 1)
    assert headers["webhook-id"] == f"evt_{delivery.event_id}"
    told = json.loads(body)
    assert (told["type"], told["data"]["origin"]) == ("candidate.created", "api")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(webhook.secret.split("_", 1)[1])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_the_same_fact_about_many_people_arrives_too(
    on_commit: OnCommit, webhook: Webhook, receiver: Receiver
) -> None:
    people = CandidateFactory.create_batch(3)
    with on_commit():
        event_sets.record_for([one.pk for one in people], "segment.entered", at=webhook.created_at)
    heard = {json.loads(body)["data"]["candidate"] for _, body in receiver.heard}
    assert heard == {one.pk for one in people}


def test_other_kinds_stay_inside(on_commit: OnCommit, webhook: Webhook, receiver: Receiver) -> None:
    _happen(on_commit, "note.added")
    assert not receiver.heard
    assert not WebhookDelivery.objects.exists()


def test_a_failed_delivery_is_tried_again_with_the_same_id(
    on_commit: OnCommit, webhook: Webhook, receiver: Receiver, scope: Workspace
) -> None:
    receiver.answers = [500]
    _happen(on_commit)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.failure) == (
        "waiting",
        500,
        "Answered 500 Internal Server Error",
    )
    assert webhook_deliveries.deliver_due(workspace_id=scope.pk) == 0
    with time_machine.travel(delivery.due_at):
        assert webhook_deliveries.deliver_due(workspace_id=scope.pk) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1


def test_a_webhook_that_never_answers_is_switched_off_and_its_maker_told(
    on_commit: OnCommit, webhook: Webhook, receiver: Receiver, scope: Workspace
) -> None:
    receiver.answers = [503] * 20
    _happen(on_commit)
    for _ in range(7):
        with time_machine.travel(WebhookDelivery.objects.get().due_at), on_commit():
            webhook_deliveries.deliver_due(workspace_id=scope.pk)
    webhook.refresh_from_db()
    assert len(receiver.heard) == 8
    assert WebhookDelivery.objects.get().state == "failed"
    assert "503" in webhook.disabled_reason
    assert [sent.to for sent in mail.outbox] == [["grace@acme.example"]]
    assert not EventSubscription.objects.exists()


def test_gone_switches_off_at_once(on_commit: OnCommit, webhook: Webhook, receiver: Receiver) -> None:
    receiver.answers = [410]
    _happen(on_commit)
    webhook.refresh_from_db()
    assert webhook.disabled_at is not None


def test_a_private_address_is_refused(
    on_commit: OnCommit, webhook: Webhook, receiver: Receiver, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    _happen(on_commit)
    assert not receiver.heard
    assert "not a public address" in WebhookDelivery.objects.get().failure


@pytest.mark.parametrize(
    ("url", "kinds", "field"),
    [
        ("http://hooks.example/a", ["candidate.created"], "url"),
        ("https://me:secret@hooks.example/a", ["candidate.created"], "url"),
        ("https://hooks.example/a", ["candidate.sneezed"], "events"),
        ("https://hooks.example/a", [], "events"),
    ],
)
def test_a_bad_webhook_names_the_field(
    scope: Workspace, grace: User, settings: Any, url: str, kinds: list[str], field: str
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    with pytest.raises((webhooks.BadAddress, webhooks.UnknownKind)) as refused:
        webhooks.create(url=url, kinds=kinds, by=grace)
    assert list(refused.value.fields) == [field]
    assert not Webhook.objects.exists()
