"""Who may in, and how often: the token endpoint, Bearer checks, scopes and the rate-limit windows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.simulators.server import Refused

CLIENT_ID = "gh-demo-client.harvest"
CLIENT_SECRET = "gh-demo-client-secret"
SUFFIX = ".harvest"
UNDECODABLE = {
    "message": "Unauthorized",
    "errors": ["Token could not be decoded. Please ensure your token is from a trusted source."],
}


@dataclass
class Window:
    """A fixed window of ``seconds`` with ``limit`` requests, told through X-RateLimit headers."""

    limit: int
    seconds: float
    clock: Callable[[], float]
    used: int = 0
    started: float = -math.inf

    def take(self) -> dict[str, str]:
        now = self.clock()
        if now - self.started >= self.seconds:
            self.started, self.used = now, 0
        self.used += 1
        headers = self.headers()
        if self.used > self.limit:
            wait = max(1, math.ceil(self.started + self.seconds - now))
            raise Refused(429, {"message": "Too Many Requests"}, headers | {"Retry-After": str(wait)})
        return headers

    def headers(self) -> dict[str, str]:
        began = self.started if self.started > 0 else self.clock()
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset": str(math.ceil(began + self.seconds)),
        }


@dataclass
class Tokens:
    """Client credentials in, signed short-lived tokens out."""

    clock: Callable[[], float]
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    lifetime: int = 3600
    service_user: int = 0
    epoch: int = 0
    issued: int = 0
    key: bytes = field(default=b"the simulator's own signing key")

    def grant(self, authorization: str, form: str, query: str) -> dict[str, Any]:
        pair = _basic(authorization)
        if pair is None:
            raise Refused(401, {"message": "Unauthorized", "errorId": "err-0001"})
        if not pair[0].endswith(SUFFIX):
            message = f"client_id={pair[0]} does not contain a valid client ID suffix"
            raise Refused(400, {"message": message, "errorId": "err-0002"})
        if pair != (self.client_id, self.client_secret):
            raise Refused(401, {"error": "invalid_client"})
        asked = dict(parse_qsl(query)) | _fields(form)
        if asked.get("grant_type") != "client_credentials":
            raise Refused(400, {"message": "Must include `grant_type` parameter in /token request"})
        self.issued += 1
        subject = int(asked.get("sub") or self.service_user)
        return {"token_type": "Bearer", "access_token": self._sign(subject), "expires_in": self.lifetime}

    def subject(self, authorization: str) -> int:
        """The user the token acts as, or 401."""
        scheme, _, token = authorization.partition(" ")
        head, _, mark = token.rpartition(".")
        good = hmac.compare_digest(mark, self._mark(head))
        if scheme != "Bearer" or not good:
            raise Refused(401, UNDECODABLE)
        claims = json.loads(base64.urlsafe_b64decode(head.partition(".")[2] + "=="))
        if claims["exp"] <= self.clock() or claims["epoch"] != self.epoch:
            raise Refused(401, UNDECODABLE)
        return int(claims["sub"])

    def _sign(self, subject: int) -> str:
        claims = {"sub": subject, "exp": self.clock() + self.lifetime, "epoch": self.epoch, "n": self.issued}
        head = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
        return f"{head}.{self._mark(head)}"

    def _mark(self, head: str) -> str:
        return _base64(hmac.new(self.key, head.encode(), hashlib.sha256).digest())


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, text = authorization.partition(" ")
    if scheme != "Basic":
        return None
    try:
        name, colon, word = base64.b64decode(text).decode().partition(":")
    except ValueError:
        return None
    return (name, word) if colon else None


def _fields(form: str) -> dict[str, Any]:
    if form.lstrip().startswith("{"):
        return dict(json.loads(form))
    return dict(parse_qsl(form))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
