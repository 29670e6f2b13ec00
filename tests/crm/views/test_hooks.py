import hashlib
import hmac
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from crm.kernel.tenancy import workspace_scope
from crm.models import Candidate, Event, InboundMail, Message, Suppression, Workspace
from crm.policies.tokens import Purpose, seal
from tests.factories import CandidateFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = {"X-Inbound-Secret": settings.INBOUND_SECRET}
RAW = b"From: bo@people.example\nSubject: Hi\n\nHello"


@pytest.fixture
def sent(workspace: Workspace) -> Message:
    with workspace_scope(workspace.pk):
        bo = CandidateFactory.create(email="bo@people.example", email_state="ok")
        return MessageFactory.create(candidate=bo)


def post_mail(client: Client, headers: dict[str, str], recipient: str) -> Any:
    headers = headers | {"X-Envelope-To": recipient}
    return client.post("/hooks/mail/inbound", RAW, content_type="message/rfc822", headers=headers)


def post_events(client: Client, body: Any, headers: dict[str, str] = SECRET) -> Any:
    return client.post("/hooks/mail/events", body, content_type="application/json", headers=headers)


def test_inbound_stores_the_raw_mail(client: Client, workspace: Workspace, sent: Message) -> None:
    recipient = f"r+{seal(Purpose.REPLY, workspace.pk, sent.pk)}@{settings.INBOUND_DOMAIN}"
    assert post_mail(client, SECRET, recipient).status_code == 200
    with workspace_scope(workspace.pk):
        assert bytes(InboundMail.objects.get().raw) == RAW


@pytest.mark.parametrize(
    "headers", [{}, {"X-Inbound-Secret": ""}, {"X-Inbound-Secret": "é"}, {"Authorization": "Bearer x"}]
)
def test_hooks_refuse_a_wrong_secret(
    client: Client, workspace: Workspace, sent: Message, headers: dict[str, str]
) -> None:
    assert post_mail(client, headers, f"acme@{settings.INBOUND_DOMAIN}").status_code == 403
    assert post_events(client, "{}", headers).status_code == 403
    with workspace_scope(workspace.pk):
        assert not InboundMail.objects.exists()


def test_a_mail_for_nobody_is_404(client: Client, workspace: Workspace) -> None:
    assert post_mail(client, SECRET, "r+forged@in.example").status_code == 404
    assert client.get("/hooks/mail/inbound").status_code == 405


@pytest.mark.parametrize("state", ["sending", "sent", "unknown", "failed"])
def test_delivered_settles_the_outcome_once(
    client: Client, workspace: Workspace, sent: Message, state: str
) -> None:
    with workspace_scope(workspace.pk):
        Message.objects.update(state=state, sent_at=sent.sent_at if state == "sent" else None)
    body = json.dumps(
        {"key": f"<{sent.key.hex}.{workspace.pk}@x>", "event": "delivered", "at": "2026-05-01T10:00:00Z"}
    )
    for _ in range(3):
        assert post_events(client, body).json() == {"applied": 1}
    with workspace_scope(workspace.pk):
        message = Message.objects.get()
        assert (message.state, message.delivered_at is not None) == ("delivered", True)
        kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == (["message.delivered"] if state == "sent" else ["message.sent", "message.delivered"])


@pytest.mark.parametrize(
    ("reason", "is_hard"),
    [
        ("550 5.1.1 user unknown", True),
        ("", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 policy", False),
        ("soft", False),
    ],
)
def test_bounced(client: Client, workspace: Workspace, sent: Message, reason: str, is_hard: bool) -> None:
    body = json.dumps([{"key": f"{sent.key.hex}.{workspace.pk}", "event": "bounced", "reason": reason}] * 2)
    assert post_events(client, body).json() == {"applied": 2}
    with workspace_scope(workspace.pk):
        assert Message.objects.get().state == "bounced"
        assert Event.objects.get(kind="message.bounced").data["hard"] is is_hard
        assert Suppression.objects.exists() is is_hard


def test_a_delivery_after_a_bounce_changes_nothing(
    client: Client, workspace: Workspace, sent: Message
) -> None:
    key = f"{sent.key.hex}.{workspace.pk}"
    post_events(client, json.dumps([{"key": key, "event": "bounced"}, {"key": key, "event": "delivered"}]))
    with workspace_scope(workspace.pk):
        assert Message.objects.get().state == "bounced"


def test_complained_stops_everything(client: Client, workspace: Workspace, sent: Message) -> None:
    body = json.dumps([{"key": f"{sent.key.hex}.{workspace.pk}", "event": "complained"}] * 2)
    post_events(client, body)
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().unsubscribed_at is not None
        assert Suppression.objects.get().reason == "complained"
        assert Event.objects.filter(kind="message.complained").count() == 1


def test_events_may_be_signed_instead(client: Client, workspace: Workspace, sent: Message) -> None:
    body = json.dumps({"key": f"{sent.key.hex}.{workspace.pk}", "event": "deferred"})
    digest = hmac.new(settings.INBOUND_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    assert post_events(client, body, {"X-Signature": f"sha256={digest}"}).json() == {"applied": 1}
    assert post_events(client, body + " ", {"X-Signature": f"sha256={digest}"}).status_code == 403


@pytest.mark.parametrize(
    "body", ["", "nonsense", "[1]", '{"event":"opened"}', '{"event":"delivered","at":"soon"}', "[" * 5000]
)
def test_events_refuse_what_they_cannot_read(client: Client, workspace: Workspace, body: str) -> None:
    assert post_events(client, body).status_code == 400


@pytest.mark.parametrize("key", ["", "x", "<nobody@else>", "0" * 32 + ".999999", "0" * 32 + "." + "9" * 18])
def test_events_for_unknown_messages_change_nothing(
    client: Client, workspace: Workspace, sent: Message, key: str
) -> None:
    assert post_events(client, json.dumps({"key": key, "event": "bounced"})).json() == {"applied": 0}
