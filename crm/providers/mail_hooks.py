"""What providers post to us, read by django-anymail's own parsers without its signals."""

import hashlib
import hmac
import json
import re
import warnings
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import time
from typing import Any, Literal

from anymail.exceptions import (
    AnymailError,
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from django.http import HttpRequest
from django.utils.module_loading import import_string

from crm.kernel import outbound
from crm.policies.mail_services import Service
from crm.providers import sns_signatures

Way = Literal["events", "inbound"]
_AMAZON = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")
_STALE = 300  # seconds a signed notice is good for, as Standard Webhooks advises


class NotGenuine(Exception):
    """The signature or the form of a notice is wrong."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a provider says about one mail. `digest` is the same when it says it again."""

    digest: str
    kind: str
    key: str = ""
    provider_id: str = ""
    reject_reason: str = ""
    reason: str = ""
    link: str = ""
    agent: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail a provider received for us."""

    raw: bytes
    recipient: str


def notices(service: Service, values: Mapping[str, str], request: HttpRequest) -> list[Notice]:
    """The delivery notices in this request. Raises NotGenuine."""
    return [_notice(event) for event in _parsed(service, "events", values, request)]


def arrivals(service: Service, values: Mapping[str, str], request: HttpRequest) -> list[Arrived]:
    """The received mails in this request. Raises NotGenuine."""
    found = []
    for event in _parsed(service, "inbound", values, request):
        message = event.message
        found.append(Arrived(message.as_bytes(), str(message.envelope_recipient or "")))
    return found


def confirm(service: Service, request: HttpRequest) -> bool:
    """Amazon SNS asks once whether we want its notices: say yes at the address it names, if it is Amazon's.

    True when this request was that question. Calls the network.
    """
    if (
        request.headers.get("x-amz-sns-message-type") != "SubscriptionConfirmation"
        or service.kind != "amazon_ses"
    ):
        return False
    _demand_sns(request)
    try:
        address = str(json.loads(request.body)["SubscribeURL"])
    except (ValueError, KeyError, TypeError) as broken:
        raise NotGenuine("There is no address to confirm at.") from broken
    if not _AMAZON.match(address):
        raise NotGenuine("The address is not Amazon's.")
    with outbound.client(timeout=10.0) as client:
        client.get(address)
    return True


def _parsed(service: Service, way: Way, values: Mapping[str, str], request: HttpRequest) -> list[Any]:
    name = service.tracking if way == "events" else service.inbound
    if not name:
        raise NotGenuine(f"{service.name} has no such webhook.")
    if service.kind == "amazon_ses":
        _demand_sns(request)
    if service.kind == "resend":
        _demand_svix(request, values.get("signing_secret", ""))
    view = _view(service, name, way, values)
    try:
        view.run_validators(request)
        return list(view.parse_events(request))
    except (
        AnymailWebhookValidationFailure,
        AnymailError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
    ) as broken:
        raise NotGenuine(type(broken).__name__) from broken


def _view(service: Service, name: str, way: Way, values: Mapping[str, str]) -> Any:
    arguments: dict[str, Any] = {}
    if service.kind == "amazon_ses":
        arguments = service.arguments(values) | {"auto_confirm_sns_subscriptions": False}
        arguments.pop("configuration_set_name", None)
    elif service.kind == "mailersend":
        arguments = {"signing_secret" if way == "events" else "inbound_secret": values["signing_secret"]}
    elif service.kind == "mailgun":
        arguments = {"webhook_signing_key": values["webhook_signing_key"]}
    elif service.kind == "sendgrid" and way == "events" and values.get("verification_key"):
        arguments = {"tracking_webhook_verification_key": values["verification_key"]}
    elif way == "inbound" and service.kind in ("brevo", "resend"):
        arguments = {"api_key": values["api_key"]}
    view_class = import_string(f"anymail.webhooks.{service.module}.{name}")
    with warnings.catch_warnings():
        # The unguessable part of our address does what anymail asks basic auth to do.
        warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)
        return view_class(**arguments)


def _notice(event: Any) -> Notice:
    told = json.dumps(event.esp_event, sort_keys=True, default=_plain)
    reason = event.description or event.mta_response or ""
    metadata = event.metadata or {}
    return Notice(
        digest=hashlib.sha256(f"{event.event_type}\0{event.event_id or ''}\0{told}".encode()).hexdigest(),
        kind=event.event_type,
        key=_clean(metadata.get("key"), 120),
        provider_id=_clean(event.message_id, 200),
        reject_reason="other" if _is_transient(event) else _clean(event.reject_reason, 20),
        reason=_clean(reason, 300),
        link=_clean(event.click_url, 2_000),
        agent=_clean(event.user_agent, 500),
        at=event.timestamp,
    )


def _is_transient(event: Any) -> bool:
    """Resend's own word that a bounce is for now only, which anymail does not read (a full mailbox)."""
    data = event.esp_event.get("data") if isinstance(event.esp_event, dict) else None
    bounce = data.get("bounce") if isinstance(data, dict) else None
    return isinstance(bounce, dict) and bounce.get("type") == "Transient"


def _clean(value: Any, longest: int) -> str:
    return str(value or "").replace("\x00", "")[:longest]


def _plain(value: Any) -> Any:
    return dict(value.lists()) if hasattr(value, "lists") else str(value)


def _demand_sns(request: HttpRequest) -> None:
    """Amazon SNS signs each notice, unless the subscription asks for raw messages."""
    try:
        notice = json.loads(request.body)
    except ValueError as broken:
        raise NotGenuine("The notice is not JSON.") from broken
    if not sns_signatures.is_signed(notice):
        raise NotGenuine("The notice is not signed by Amazon SNS; raw message delivery has to be off.")


def _demand_svix(request: HttpRequest, secret: str) -> None:
    """Resend signs as Standard Webhooks does, under headers of its own name."""
    stamp = request.headers.get("svix-timestamp", "")
    if not stamp.isdigit() or abs(time() - int(stamp)) > _STALE:
        raise NotGenuine("The notice is too old.")
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError as broken:
        raise NotGenuine("The signing secret is not one of Resend's.") from broken
    signed = f"{request.headers.get('svix-id', '')}.{stamp}.".encode() + request.body
    wanted = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = request.headers.get("svix-signature", "").split()
    if not any(hmac.compare_digest(one.removeprefix("v1,").encode(), wanted.encode()) for one in given):
        raise NotGenuine("The signature is wrong.")
