"""Connections to a workspace's own mail account: guarded hosts, one recipient, honest answers."""

import email
import smtplib
import socket
import warnings
from collections.abc import Mapping
from typing import Any

import requests
from anymail.exceptions import AnymailError, AnymailNotSupportedWarning, AnymailRecipientsRefused
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError as NotConnected
from urllib3.exceptions import NewConnectionError

from crm.kernel.outbound import public_address
from crm.policies.mail_services import Service
from crm.policies.sending import Answer, Verdict
from crm.providers.courier import Refusal
from crm.providers.smtp import ComposedBackend

TIMEOUT = 20
# Names of the header or field by which a service recognizes a send it has had before.
_IDEMPOTENCY_HEADER = {"resend": "Idempotency-Key"}
_IDEMPOTENCY_FIELD = {"brevo": "idempotencyKey"}


def connect(service: Service, values: Mapping[str, str]) -> Any:
    """A mail backend for this account, as crm.providers.courier takes it; nothing is opened yet."""
    if service.is_smtp:
        return _GuardedSmtp(
            host=values["host"],
            port=int(values["port"]),
            username=values.get("username", ""),
            password=values.get("password", ""),
            use_tls=values.get("security") == "starttls",
            use_ssl=values.get("security") == "tls",
            timeout=TIMEOUT,
        )
    return _ServiceConnection(service, values)


class _ServiceConnection:
    """A provider's API behind the interface of Django's mail backends."""

    def __init__(self, service: Service, values: Mapping[str, str]) -> None:
        backend = import_string(f"anymail.backends.{service.module}.EmailBackend")
        self.service = service
        # What a service cannot say (metadata, no tracking) it leaves out; the mail itself is always whole.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AnymailNotSupportedWarning)  # SendGrid: unmaintained, yet in use
            self.backend = backend(ignore_unsupported_features=True, **service.arguments(values))
        self.backend.timeout = (5, TIMEOUT)

    def open(self) -> bool:
        opened = bool(self.backend.open())
        session = getattr(self.backend, "session", None)
        if opened and isinstance(session, requests.Session):
            session.mount("https://", _GuardedAdapter())
            session.mount("http://", _GuardedAdapter())
        return opened

    def close(self) -> None:
        self.backend.close()

    def send_messages(self, mails: list[EmailMessage]) -> int:
        """Send one mail. Raises Refusal with what is certain about it."""
        (mail,) = mails
        self._adapt(mail)
        try:
            return int(self.backend.send_messages([mail]))
        except AnymailError as failure:
            raise Refusal(_answer(failure)) from failure

    def _adapt(self, mail: Any) -> None:
        """From as the visible sender, none of the service's own links and pixels, its idempotency key."""
        headers = mail.extra_headers
        mail.from_email = headers.pop("From", mail.from_email)
        if not self.service.takes_message_id:
            headers.pop("Message-ID", None)
        mail.track_opens = mail.track_clicks = False
        key = str(getattr(mail, "metadata", {}).get("key", ""))
        if self.service.kind == "amazon_ses":  # anymail adds a header to the raw mail, so it has to be parsed
            raw = mail.message().as_bytes()
            mail.message = lambda *_, **__: email.message_from_bytes(raw)
        if name := _IDEMPOTENCY_FIELD.get(self.service.kind):
            headers[name] = key
        if name := _IDEMPOTENCY_HEADER.get(self.service.kind):
            self.backend.session.headers[name] = key


def _answer(failure: AnymailError) -> Answer:
    """What is certain after this failure. Doubt is `unknown`: a mail is never sent twice."""
    if isinstance(failure, AnymailRecipientsRefused):
        return Answer(Verdict.REJECTED, 0, "The service refused the recipient.")
    code = failure.status_code or _status_of(failure.__cause__)
    if code:
        is_certain = 400 <= code < 500
        return Answer(Verdict.RETRY if is_certain else Verdict.UNKNOWN, code, _words(failure))
    if isinstance(failure, OSError) or failure.__cause__ is not None:
        never_left = _never_left(failure.__cause__)
        return Answer(Verdict.RETRY if never_left else Verdict.UNKNOWN, 0, _words(failure))
    # What remains was found out before anything was sent: an address or a value the service cannot take.
    return Answer(Verdict.REJECTED, 0, _words(failure))


def _status_of(cause: BaseException | None) -> int:
    """The HTTP status inside Amazon's own exceptions."""
    response = getattr(cause, "response", None)
    if not isinstance(response, dict):
        return 0
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _never_left(cause: BaseException | None) -> bool:
    """Whether the connection was never made, so that the service cannot have the mail."""
    if isinstance(cause, ConnectTimeoutError | EndpointConnectionError | requests.exceptions.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    reason = getattr(inner, "reason", inner)
    return isinstance(reason, NewConnectionError | NotConnected)


def _words(failure: AnymailError) -> str:
    """The service's own words, never what we sent it: that holds the person's mail and our key."""
    text = ""
    response = failure.response
    if response is not None and not isinstance(response, dict):
        text = str(getattr(response, "text", ""))
    elif failure.__cause__ is not None:
        text = type(failure.__cause__).__name__
    return " ".join((text or type(failure).__name__).split())[:300]


class _GuardedSmtp(ComposedBackend):
    """Django's SMTP backend, connecting only where it may."""

    @property
    def connection_class(self) -> Any:
        return _PublicSmtpSsl if self.use_ssl else _PublicSmtp


class _PublicSmtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((public_address(host, port), port), timeout)


class _PublicSmtpSsl(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = socket.create_connection((public_address(host, port), port), timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


class _Public:
    """Resolve once, refuse what is not public, connect to that address; the name stays for TLS and Host."""

    def _new_conn(self) -> socket.socket:
        me: Any = self
        try:
            address = public_address(me._dns_host, me.port)
        except OSError as refusal:
            raise NewConnectionError(me, str(refusal)) from refusal
        name, me._dns_host = me._dns_host, address
        try:
            return super()._new_conn()  # type: ignore[misc, no-any-return]
        finally:
            me._dns_host = name


class _PublicHttp(_Public, HTTPConnection):
    pass


class _PublicHttps(_Public, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _PublicHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHttps


class _GuardedAdapter(HTTPAdapter):
    """No retries (the default), no redirects to follow elsewhere, public hosts only."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        response = super().send(request, *arguments, **options)
        if response.is_redirect:
            raise requests.exceptions.TooManyRedirects("Redirects are not followed.", response=response)
        return response
