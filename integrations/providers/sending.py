"""HTTP to one account of an ATS: limits, retries, signing in again, faults in words.

A vendor's client adds how it signs in, how its lists go on and what its refusals mean. It knows nothing
of candidates.
"""

import hashlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
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
from integrations.providers.tokens import TokenStore

ATTEMPTS = 8
_backoff = wait_random_exponential(multiplier=0.3, max=20)


class NotTaken(Retryable):
    """The ATS certainly did nothing, so even a write may be sent again."""


class AtsClient:
    """One account. Close it after use."""

    name = "The ATS"
    address = ""
    pace = 0
    cool_down = 1.0  # after a 429 that names no time

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        self.access, self.patience = access, patience
        self.base_url = str(access.settings.get("base_url") or self.address).rstrip("/")
        self.http = outbound.client(self.base_url)
        self.prefix = f"ats:{access.workspace_id}:{access.connection_id}"
        pace = int(access.settings.get("requests_per_second") or self.pace)
        self.window = SharedWindow(f"{self.prefix}:rate", lane, patience, pace)

    def close(self) -> None:
        self.http.close()

    # What a vendor says of itself.

    def authorization(self) -> Mapping[str, str]:
        """The headers that sign a request."""
        raise NotImplementedError

    def renew(self, used: Mapping[str, str]) -> bool:
        """After a 401: drop what was refused. False when there is nothing else to sign in with."""
        return False

    def is_signed_out(self, response: httpx.Response) -> bool:
        """Whether the ATS did nothing because it no longer takes our token."""
        return response.status_code == 401

    def learn(self, response: httpx.Response) -> None:
        """Take the rate limit from the answer's headers."""

    def right(self, method: str, path: str) -> str:
        """The right a refused request would have needed, in the vendor's words."""
        return f"{method} {path}"

    def reasons(self, response: httpx.Response) -> str:
        """Why the ATS refused, from its own words."""
        body = plain_json(response)
        message = body.get("message") if isinstance(body, dict) else ""
        return str(message or f"status {response.status_code}")[:500]

    def take(self, path: str) -> None:
        """Wait for a place in the budget."""
        self.window.take()

    # What is the same everywhere.

    def send(self, method: str, path: str, *, is_read: bool | None = None, **options: Any) -> httpx.Response:
        """One request; a read is repeated while the ATS is busy, a write only when it surely did nothing."""
        repeats = Retryable if (method == "GET" if is_read is None else is_read) else NotTaken
        stop = stop_after_attempt(ATTEMPTS) | stop_before_delay(self.patience)
        retries = Retrying(retry=retry_if_exception_type(repeats), wait=_wait, stop=stop, reraise=True)
        return retries(self._send_once, method, path, **options)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of the answer."""
        return self.json(self.send(method, path, **options))

    def json(self, response: httpx.Response) -> Any:
        if not response.content:
            return {}
        try:
            return response.json()
        except ValueError as fault:
            raise Retryable(f"{self.name}'s answer is not JSON.") from fault

    def token_store(self, identity: str) -> TokenStore:
        """Where the access token rests; `identity` tells one way of signing in from another."""
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        return TokenStore(f"{self.prefix}:token:{digest}", self.access.workspace_id)

    def sign_in(self, url: str, form: Mapping[str, str], **options: Any) -> Payload:
        """The answer of a token endpoint. What it says is not repeated: it can echo what was sent."""
        try:
            response = self.http.post(url, data=dict(form), **options)
        except httpx.TransportError as fault:
            raise NotTaken(f"{self.name}'s sign-in is out of reach.") from fault
        if response.status_code == 429 or response.status_code >= 500:
            raise NotTaken(f"{self.name}'s sign-in is busy.", retry_after=retry_after(response, default=None))
        if response.status_code >= 300:
            raise Revoked(f"{self.name} does not accept this client id and secret.")
        answer = self.json(response)
        if not isinstance(answer, dict) or "access_token" not in answer:
            raise Revoked(f"{self.name}'s sign-in gave no token.")
        return answer

    def credentials(self) -> Mapping[str, str]:
        """As they are now: another worker may have renewed them."""
        return self.access.vault.read() if self.access.vault else self.access.credentials

    def rotate(self, url: str) -> Payload:
        """The answer to a refresh token. The old one ends with it: the new one is kept before it is used."""
        held = self.credentials()
        form = {name: held.get(name, "") for name in ("client_id", "client_secret", "refresh_token")}
        answer = self.sign_in(url, form | {"grant_type": "refresh_token"})
        if answer.get("refresh_token") and self.access.vault:
            self.access.vault.keep({"refresh_token": str(answer["refresh_token"])})
        return answer

    def _send_once(self, method: str, path: str, **options: Any) -> httpx.Response:
        signed = self.authorization()
        response = self._request(method, path, signed, **options)
        if self.is_signed_out(response) and self.renew(signed):
            response = self._request(method, path, self.authorization(), **options)
        return self._judged(response, method, path)

    def _request(self, method: str, path: str, signed: Mapping[str, str], **options: Any) -> httpx.Response:
        self.take(path)
        headers = {**options.pop("headers", {}), **signed}
        try:
            response = self.http.request(method, path, headers=headers, **options)
        except httpx.ConnectError as fault:
            raise NotTaken(f"{self.name} is out of reach: {fault}") from fault
        except httpx.TransportError as fault:
            raise Retryable(f"The connection to {self.name} broke off.") from fault
        self.learn(response)
        return response

    def _judged(self, response: httpx.Response, method: str, path: str) -> httpx.Response:
        status = response.status_code
        if status < 300:
            return response
        if status == 429:
            raise self.slow_down(retry_after(response, default=self.cool_down))
        if status >= 500:
            wait = retry_after(response, default=None)
            raise Retryable(f"{self.name} answered {status}.", retry_after=wait)
        raise self.refusal(response, method, path)

    def slow_down(self, seconds: float) -> NotTaken:
        """Nobody asks again before then; the fault to raise."""
        self.window.block(seconds)
        return NotTaken(f"{self.name} asks us to slow down.", retry_after=seconds)

    def refusal(self, response: httpx.Response, method: str, path: str) -> Terminal:
        status = response.status_code
        if status == 401:
            return Revoked(f"{self.name} no longer accepts our credentials.")
        if status == 403:
            right = self.right(method, path)
            return Forbidden(f"{self.name} refuses “{path}”: the right {right} is missing.", right=right)
        if status == 404:
            return Gone(f"{self.name} knows no “{path}”.")
        return Rejected(f"{self.name} refused: {self.reasons(response)}")


def plain_json(response: httpx.Response) -> Any:
    """The body if it is JSON: gateways answer errors with HTML or nothing."""
    try:
        return response.json()
    except ValueError:
        return None


def retry_after(response: httpx.Response, *, default: float | None) -> Any:
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return default


def date_of(response: httpx.Response) -> str:
    """The vendor's clock, which is the one its times are compared by."""
    try:
        return parsedate_to_datetime(response.headers["date"]).isoformat()
    except (KeyError, ValueError):
        return ""


def _wait(state: RetryCallState) -> float:
    """What the vendor asked for, plus jitter; else exponential back-off."""
    fault = state.outcome.exception() if state.outcome else None
    asked = getattr(fault, "retry_after", None)
    jitter = _backoff(state)
    return float(jitter) if asked is None else float(asked) + min(1.0, float(jitter))
