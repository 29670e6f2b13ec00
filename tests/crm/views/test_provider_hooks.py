"""Each provider's own payloads, posted over HTTP to a running server."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from crm.actions import inbound, provider_events
from crm.kernel.tenancy import workspace_scope
from crm.models import (
    Candidate,
    Event,
    InboundMail,
    MailAccount,
    Message,
    ProviderEvent,
    Suppression,
    User,
    Workspace,
)
from crm.policies.provider_words import Meaning, meaning_of
from crm.policies.tokens import Purpose, seal
from crm.providers import sns_signatures
from tests.crm.actions.test_mail_accounts import account
from tests.factories import CandidateFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture(autouse=True)
def _amazon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon's certificate as its server would hand it out, of a key of our own."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    valid = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, KEY.public_key(), 1, valid, valid + dt.timedelta(days=9_999))
    certificate = made.sign(KEY, hashes.SHA256())
    known = {CERTIFICATE: certificate}
    monkeypatch.setattr(sns_signatures, "certificate_at", lambda address: known[address])


WHEN = 1_700_000_000
RESEND_SAYS = "The recipient's email provider sent a hard bounce message, but gave no reason for it."
ISO = "2023-11-14T22:13:20Z"


def payload(kind: str, event: str, key: str) -> tuple[Any, dict[str, str]]:
    """The body and headers this provider sends for this event about the message with that key."""
    return _SHAPES[kind](event, key)


def _postmark(event: str, key: str) -> tuple[Any, dict[str, str]]:
    base: dict[str, Any] = {
        "MessageID": "pm-1",
        "Metadata": {"key": key},
        "Recipient": "bo@people.example",
        "Tag": "",
    }
    shapes: dict[str, dict[str, Any]] = {
        "delivered": {"RecordType": "Delivery", "DeliveredAt": ISO, "Details": "250 2.0.0 OK"},
        "bounced": {
            "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "TypeCode": 1, "BouncedAt": ISO,
            "Email": "bo@people.example", "Description": "The server was unable to deliver your message",
            "Details": "smtp;550 5.1.1 unknown user",
        },
        "complained": {
            "RecordType": "SpamComplaint", "ID": 43, "Type": "SpamComplaint", "TypeCode": 512,
            "BouncedAt": ISO, "Email": "bo@people.example",
        },
    }  # fmt: skip
    return base | shapes[event], {}


def _mailgun(event: str, key: str) -> tuple[Any, dict[str, str]]:
    token, stamp = "ce89027cc12efae4", str(WHEN)
    signature = hmac.new(b"s3cr3t-wh", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data: dict[str, Any] = {
        "event": {"delivered": "delivered", "bounced": "failed", "complained": "complained"}[event],
        "id": f"ev-{event}-{key[:8]}",
        "timestamp": WHEN + 0.25,
        "recipient": "bo@people.example",
        "user-variables": {"key": key},
        "message": {"headers": {"message-id": "mg-1@mg.acme.example"}},
    }
    if event == "bounced":
        data |= {
            "severity": "permanent",
            "reason": "bounce",
            "delivery-status": {"code": 550, "message": "No"},
        }
    return {"signature": {"token": token, "timestamp": stamp, "signature": signature}, "event-data": data}, {}


def _sendgrid(event: str, key: str) -> tuple[Any, dict[str, str]]:
    word = {"delivered": "delivered", "bounced": "bounce", "complained": "spamreport"}[event]
    row = {
        "email": "bo@people.example", "timestamp": WHEN, "event": word, "key": key,
        "sg_event_id": f"sg-{word}",
        "sg_message_id": "14c5d75ce93.dfd.64b469", "anymail_id": "any-1",
    }  # fmt: skip
    if event == "bounced":
        row |= {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"}
    return [row], {}


def _resend(event: str, key: str) -> tuple[Any, dict[str, str]]:
    body = {
        "type": f"email.{event}",
        "created_at": ISO,
        "data": {
            "created_at": ISO,
            "email_id": "re-1",
            "from": "Acme <talent@acme.example>",
            "to": ["bo@people.example"],
            "subject": "A word",
            "headers": [{"name": "X-Metadata", "value": json.dumps({"key": key})}],
            "bounce": {"type": "Permanent", "subType": "General", "message": RESEND_SAYS},
        },
    }
    stamp = str(int(time.time()))
    signed = f"msg_1.{stamp}.{json.dumps(body)}".encode()
    digest = base64.b64encode(hmac.new(b"secret", signed, hashlib.sha256).digest()).decode()
    return body, {"svix-id": "msg_1", "svix-timestamp": stamp, "svix-signature": f"v1,{digest}"}


def _amazon_ses(event: str, key: str) -> tuple[Any, dict[str, str]]:
    word = {"delivered": "Delivery", "bounced": "Bounce", "complained": "Complaint"}[event]
    recipient = {"emailAddress": "bo@people.example"}
    inner: dict[str, Any] = {
        "eventType": word,
        "mail": {
            "timestamp": "2023-11-14T22:13:20.000Z",
            "messageId": "ses-1",
            "destination": ["bo@people.example"],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"key": key})}],
        },
        "delivery": {"timestamp": "2023-11-14T22:13:20.000Z", "recipients": ["bo@people.example"]},
        "bounce": {
            "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [recipient],
            "timestamp": "2023-11-14T22:13:20.000Z",
        },
        "complaint": {"complainedRecipients": [recipient], "timestamp": "2023-11-14T22:13:20.000Z"},
    }  # fmt: skip
    body = {
        "Type": "Notification",
        "MessageId": f"sns-{event}",
        "TopicArn": "arn:aws:sns:eu-west-1:1234:events",
        "Message": json.dumps(inner),
        "Timestamp": "2023-11-14T22:13:20.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
    }
    body["Signature"] = base64.b64encode(
        KEY.sign(sns_signatures.signed_words(body), padding.PKCS1v15(), hashes.SHA256())
    ).decode()
    return body, {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": f"sns-{event}"}


def _brevo(event: str, key: str) -> tuple[Any, dict[str, str]]:
    word = {"delivered": "delivered", "bounced": "hard_bounce", "complained": "spam"}[event]
    return {
        "event": word, "email": "bo@people.example", "id": 1, "ts_event": WHEN, "ts_epoch": WHEN * 1000,
        "message-id": "<br-1@smtp-relay.mailin.fr>", "reason": "No such user",
        "X-Mailin-custom": json.dumps({"key": key}),
    }, {}  # fmt: skip


_SHAPES = {
    "amazon_ses": _amazon_ses,
    "brevo": _brevo,
    "mailgun": _mailgun,
    "postmark": _postmark,
    "resend": _resend,
    "sendgrid": _sendgrid,
}


def post(live_server: Any, made: MailAccount, body: Any, headers: dict[str, str], way: str = "events") -> int:
    url = f"{live_server.url}/hooks/mail/{made.workspace_id}/{made.hook_key}/{way}"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    content = {"Content-Type": "application/json"} if not isinstance(body, bytes) else {}
    return httpx.post(url, content=raw, headers=content | headers).status_code


def unsure(workspace: Workspace) -> Message:
    with workspace_scope(workspace.pk):
        bo = CandidateFactory.create(email="bo@people.example")
        return MessageFactory.create(candidate=bo, state="unknown", sent_at=None, kind="journey")


def test_events_of_each_provider_settle_the_message_once(
    workspace: Workspace, grace: User, live_server: Any
) -> None:
    for kind in _SHAPES:
        made = account(workspace, grace, kind)
        message = unsure(workspace)
        key = f"{message.key.hex}.{workspace.pk}"
        body, headers = payload(kind, "delivered", key)
        assert [post(live_server, made, body, headers) for _ in range(3)] == [200, 200, 200], kind
        provider_events.apply_waiting(workspace_id=workspace.pk)
        assert _state(workspace, message) == "delivered", kind
        body, headers = payload(kind, "bounced", key)
        assert post(live_server, made, body, headers) == 200, kind
        provider_events.apply_waiting(workspace_id=workspace.pk)
        assert _state(workspace, message) == "bounced", kind
        with workspace_scope(workspace.pk):
            kinds = list(Event.objects.filter(candidate=message.candidate).values_list("kind", flat=True))
            assert sorted(k for k in kinds if k.startswith("message.")) == [
                "message.bounced",
                "message.delivered",
                "message.sent",
            ], kind
            assert Candidate.objects.get(pk=message.candidate_id or 0).email_state == "bounced", kind
            assert ProviderEvent.objects.count() == 2, kind
            _clear()


def test_a_complaint_stops_everything_and_a_blocked_mail_nobody(
    workspace: Workspace, grace: User, live_server: Any
) -> None:
    made, message = account(workspace, grace, "postmark"), unsure(workspace)
    body, headers = payload("postmark", "complained", f"{message.key.hex}.{workspace.pk}")
    post(live_server, made, body, headers)
    provider_events.apply_waiting(workspace_id=workspace.pk)
    with workspace_scope(workspace.pk):
        assert Candidate.objects.get().unsubscribed_at is not None
    assert meaning_of("bounced", "blocked") == Meaning(report="bounced", is_hard=False)
    assert meaning_of("rejected", "unsubscribed").stops
    assert meaning_of("subscribed", "") == Meaning()


def test_notices_that_are_not_genuine_change_nothing(
    workspace: Workspace, rival: Workspace, grace: User, live_server: Any
) -> None:
    made, message = account(workspace, grace, "mailgun"), unsure(workspace)
    body, headers = payload("mailgun", "delivered", f"{message.key.hex}.{workspace.pk}")
    body["signature"]["signature"] = "0" * 64
    assert post(live_server, made, body, headers) == 403
    assert post(live_server, made, b"\xff{", {}) == 403
    for workspace_id, key in ((workspace.pk, "wrong"), (rival.pk, made.hook_key), (2**70, made.hook_key)):
        made.workspace_id, made.hook_key = workspace_id, key
        assert post(live_server, made, body, headers) == 404
    with workspace_scope(workspace.pk):
        assert not ProviderEvent.objects.exists()
    made = account(workspace, grace, "amazon_ses")
    body, headers = payload("amazon_ses", "delivered", f"{message.key.hex}.{workspace.pk}")
    for change in (
        {"Message": body["Message"] + " "},
        {"Signature": "AAAA"},
        {"SignatureVersion": "3"},
        {
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem"
        },
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem"},
    ):
        assert post(live_server, made, body | change, headers) == 403
    question = body | {
        "Type": "SubscriptionConfirmation",
        "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/",
    }
    asked = headers | {"x-amz-sns-message-type": "SubscriptionConfirmation"}
    assert post(live_server, made, question, asked) == 403
    assert post(live_server, made, json.loads(body["Message"]), headers) == 403
    made = account(workspace, grace, "resend")
    body, headers = payload("resend", "delivered", f"{message.key.hex}.{workspace.pk}")
    assert post(live_server, made, body, headers | {"svix-signature": "v1,AAAA"}) == 403
    assert post(live_server, made, body, headers | {"svix-timestamp": "1"}) == 403


def test_a_reply_comes_in_through_the_provider(workspace: Workspace, grace: User, live_server: Any) -> None:
    made, message = account(workspace, grace, "postmark"), unsure(workspace)
    recipient = f"r+{seal(Purpose.REPLY, workspace.pk, message.pk)}@reply.acme.example"
    body = {
        "FromFull": {"Email": "bo@people.example", "Name": "Bo", "MailboxHash": ""},
        "ToFull": [{"Email": recipient, "Name": "", "MailboxHash": ""}],
        "CcFull": [], "BccFull": [], "OriginalRecipient": recipient, "Subject": "Re: Hello",
        "MessageID": "in-1", "Date": "Tue, 14 Nov 2023 22:13:20 +0000", "TextBody": "Yes, gladly.",
        "HtmlBody": "", "StrippedTextReply": "", "Tag": "", "Attachments": [],
        "Headers": [{"Name": "Message-ID", "Value": "<bo-1@people.example>"}],
    }  # fmt: skip
    assert [post(live_server, made, body, {}, "mail") for _ in range(2)] == [200, 200]
    inbound.read_waiting(workspace_id=workspace.pk)
    with workspace_scope(workspace.pk):
        reply = Message.objects.get(direction="in")
        assert (reply.in_reply_to_id, reply.match) == (message.pk, "token")
        assert "Yes, gladly." in reply.body_text
        assert Event.objects.filter(kind="message.replied").count() == 1


def test_a_notice_that_overtakes_its_own_sending_waits(workspace: Workspace, grace: User) -> None:
    account(workspace, grace, "mailersend", api_token="t")
    message = unsure(workspace)
    with workspace_scope(workspace.pk):
        ProviderEvent.objects.create(digest="1" * 64, kind="delivered", provider_id="ms-1")
    provider_events.apply_waiting(workspace_id=workspace.pk)
    with workspace_scope(workspace.pk):
        Message.objects.filter(pk=message.pk).update(provider_id="ms-1")
    provider_events.apply_waiting(workspace_id=workspace.pk)
    assert _state(workspace, message) == "delivered"


def _state(workspace: Workspace, message: Message) -> str:
    with workspace_scope(workspace.pk):
        return Message.objects.get(pk=message.pk).state


def _clear() -> None:
    ProviderEvent.objects.all().delete()
    InboundMail.objects.all().delete()
    Suppression.objects.all().delete()
    Candidate.objects.all().update(email="", email_state="none")
