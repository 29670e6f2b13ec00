"""Harvest v3 over HTTP: sign-in, pages, limits, retries. Knows nothing of candidates."""

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from django.core.cache import cache
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from crm.kernel import outbound
from integrations.providers.base import (
    Access,
    Forbidden,
    Gone,
    Payload,
    Rejected,
    Retryable,
    Revoked,
    Terminal,
)
from integrations.providers.limits import SharedWindow

logger = logging.getLogger(__name__)

BASE_URL = "https://harvest.greenhouse.io"
AUTH_URL = "https://auth.greenhouse.io/token"
ATTEMPTS = 8
TOKEN_MARGIN = 300
_backoff = wait_random_exponential(multiplier=0.3, max=20)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page as it came: its rows, the cursor of the next one, and the server's clock."""

    rows: list[Payload]
    cursor: str
    date: str


class Client:
    """One Greenhouse account. Close it after use."""

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        self.access = access
        base_url = (access.settings.get("base_url") or BASE_URL).rstrip("/").removesuffix("/v3")
        self.auth_url = access.settings.get("auth_url") or _auth_url(base_url)
        self.patience = patience
        self.http = outbound.client(base_url)
        self.window = SharedWindow(f"ats:{access.workspace_id}:{access.connection_id}:rate", lane, patience)
        identity = (
            f"{access.credentials.get('client_id')}:{access.settings.get('user_id', '')}:{self.auth_url}"
        )
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        self.token_key = f"ats:{access.workspace_id}:{access.connection_id}:token:{digest}"

    def close(self) -> None:
        self.http.close()

    def list(self, resource: str, params: Mapping[str, Any] | None = None, *, cursor: str = "") -> Listing:
        """One page. A cursor carries its own filters and must travel alone."""
        query = {"cursor": cursor} if cursor else dict(params or {})
        response = self._send("GET", f"/v3/{resource}", params=query)
        rows = _json(response)
        if not isinstance(rows, list):
            raise Retryable("Greenhouse answered with something other than a list.")
        return Listing(rows, _next_cursor(response), _date(response))

    def create(self, resource: str, body: Payload) -> Payload:
        """POST, never repeated after an uncertain outcome: the caller looks first and tries again."""
        answer = _json(self._send("POST", f"/v3/{resource}", json=body))
        if not isinstance(answer, dict):
            raise Terminal("Greenhouse answered a create with something other than an object.")
        return answer

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        stop = stop_after_attempt(ATTEMPTS) | stop_before_delay(self.patience)
        retries = Retrying(
            retry=retry_if_exception_type(Retryable)
            if method == "GET"
            else retry_if_exception_type(_NotTaken),
            wait=_wait,
            stop=stop,
            reraise=True,
        )
        return retries(self._send_once, method, path, **options)

    def _send_once(self, method: str, path: str, **options: Any) -> httpx.Response:
        token = self.token()
        response = self._request(method, path, token, **options)
        if response.status_code == 401:
            self._forget(token)
            response = self._request(method, path, self.token(), **options)
        return self._judged(response, path)

    def _request(self, method: str, path: str, token: str, **options: Any) -> httpx.Response:
        self.window.take()
        try:
            response = self.http.request(
                method, path, headers={"Authorization": f"Bearer {token}"}, **options
            )
        except httpx.ConnectError as fault:
            raise _NotTaken(f"Greenhouse is out of reach: {fault}") from fault
        except httpx.TransportError as fault:
            raise Retryable("The connection to Greenhouse broke off.") from fault
        self._learn(response)
        return response

    def _learn(self, response: httpx.Response) -> None:
        headers = response.headers
        try:
            limit, remaining = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
            self.window.learn(limit=limit, remaining=remaining, reset=float(headers["x-ratelimit-reset"]))
        except (KeyError, ValueError):
            return

    def _judged(self, response: httpx.Response, path: str) -> httpx.Response:
        status = response.status_code
        if status < 300:
            return response
        if status == 429:
            wait = _retry_after(response)
            self.window.block(wait)
            raise _NotTaken("Greenhouse asks us to slow down.", retry_after=wait)
        if status >= 500:
            raise Retryable(
                f"Greenhouse answered {status}.", retry_after=_retry_after(response, default=None)
            )
        raise _refusal(response, path)

    def token(self) -> str:
        """The cached token, or a new one fetched by one worker while the others wait."""
        for _ in range(100):
            token = cache.get(self.token_key)
            if token:
                return str(token)
            if cache.add(f"{self.token_key}:lock", 1, timeout=30):
                try:
                    return self._fetch_token()
                finally:
                    cache.delete(f"{self.token_key}:lock")
            time.sleep(0.1)
        raise Retryable("Signing in to Greenhouse takes too long.")

    def _forget(self, token: str) -> None:
        if cache.get(self.token_key) == token:
            cache.delete(self.token_key)

    def _fetch_token(self) -> str:
        credentials = self.access.credentials
        form = {"grant_type": "client_credentials"}
        if self.access.settings.get("user_id"):
            form["sub"] = str(self.access.settings["user_id"])
        pair = (credentials.get("client_id", ""), credentials.get("client_secret", ""))
        try:
            response = self.http.post(self.auth_url, auth=pair, data=form)
        except httpx.TransportError as fault:
            raise _NotTaken("Greenhouse's sign-in is out of reach.") from fault
        if response.status_code == 429 or response.status_code >= 500:
            raise _NotTaken("Greenhouse's sign-in is busy.", retry_after=_retry_after(response, default=None))
        if response.status_code >= 300:
            # The answer can echo the client id, so it is not repeated or logged.
            raise Revoked("Greenhouse does not accept this client id and secret.")
        answer = _json(response)
        if not isinstance(answer, dict) or "access_token" not in answer:
            raise Revoked("Greenhouse's sign-in gave no token.")
        cache.set(self.token_key, answer["access_token"], timeout=_lifetime(answer))
        return str(answer["access_token"])


class _NotTaken(Retryable):
    """The ATS certainly did nothing, so even a write may be sent again."""


def _auth_url(base_url: str) -> str:
    return AUTH_URL if base_url == BASE_URL else f"{base_url}/token"


def _lifetime(answer: Payload) -> int:
    try:
        seconds = int(answer.get("expires_in") or 3600)
    except (TypeError, ValueError):
        seconds = 3600
    return max(1, seconds - TOKEN_MARGIN if seconds > 2 * TOKEN_MARGIN else seconds // 2)


def _wait(state: RetryCallState) -> float:
    """What the vendor asked for, plus jitter; else exponential back-off."""
    fault = state.outcome.exception() if state.outcome else None
    asked = getattr(fault, "retry_after", None)
    jitter = _backoff(state)
    return float(jitter) if asked is None else float(asked) + min(1.0, float(jitter))


def _retry_after(response: httpx.Response, default: float | None = 5.0) -> Any:
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return default


def _refusal(response: httpx.Response, path: str) -> Terminal:
    resource = path.removeprefix("/v3/").split("/")[0]
    if response.status_code == 401:
        return Revoked("Greenhouse no longer accepts our token.")
    if response.status_code == 403:
        verb = "list" if response.request.method == "GET" else "create"
        right = f"harvest:{resource}:{verb}"
        return Forbidden(
            f"Greenhouse refuses “{resource}”: the scope {right} or the right is missing.", right=right
        )
    if response.status_code == 404:
        return Gone(f"Greenhouse knows no “{resource}” at this address.")
    return Rejected(f"Greenhouse refused: {_reasons(response)}")


def _reasons(response: httpx.Response) -> str:
    """`errors` mixes sentences and objects."""
    try:
        body = response.json()
    except ValueError:
        return f"status {response.status_code}"
    found = []
    for error in body.get("errors") or [] if isinstance(body, dict) else []:
        if isinstance(error, dict):
            found += [f"{field} {reason}" for field, reason in error.items()]
        else:
            found.append(str(error))
    return "; ".join(found)[:500] or f"status {response.status_code}"


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as fault:
        raise Retryable("Greenhouse's answer is not JSON.") from fault


def _next_cursor(response: httpx.Response) -> str:
    link = response.links.get("next", {}).get("url", "")
    return parse_qs(urlsplit(link).query).get("cursor", [""])[0]


def _date(response: httpx.Response) -> str:
    try:
        return parsedate_to_datetime(response.headers["date"]).isoformat()
    except (KeyError, ValueError):
        return ""
