"""Lever's API v1 over HTTP: Basic with the key or OAuth, opaque offsets, a bucket of ten a second."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from integrations.providers.base import Access, Forbidden, Payload, Rejected, Retryable
from integrations.providers.sending import AtsClient, date_of
from integrations.providers.tokens import Grant, lifetime

AUTH_URL = "https://auth.lever.co/oauth/token"
PAGE = 100
CONFIDENTIAL = ("opportunities", "postings", "requisitions")


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its rows, the offset of the next one, and the server's clock."""

    rows: list[Payload]
    offset: str
    date: str


class Client(AtsClient):
    """One Lever account, in one region."""

    name = "Lever"
    address = "https://api.lever.co"
    pace = 8

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        super().__init__(access, lane=lane, patience=patience)
        self.base_url = self.base_url.removesuffix("/v1")
        self.http.base_url = httpx.URL(self.base_url)
        self.auth_url = str(access.settings.get("auth_url") or AUTH_URL)
        self.tokens = self.token_store(f"{access.credentials.get('client_id')}:{self.auth_url}")
        self.is_confidential = True

    def list(self, path: str, params: Mapping[str, Any] | None = None, *, offset: str = "") -> Listing:
        """One page; the offset goes back unchanged. Confidential rows come along where the key allows."""
        query: dict[str, Any] = {"limit": PAGE} | dict(params or {})
        if offset:
            query["offset"] = offset
        response = self._confidential(path, query)
        answer = self.json(response)
        rows = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise Retryable("Lever answered with something other than a list.")
        return Listing(
            rows, str(answer.get("next") or "") if answer.get("hasNext") else "", date_of(response)
        )

    def every(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Payload]:
        """The rows of all pages."""
        listing = self.list(path, params)
        yield from listing.rows
        while listing.offset:
            listing = self.list(path, params, offset=listing.offset)
            yield from listing.rows

    def one(self, path: str, params: Mapping[str, Any] | None = None) -> Payload:
        return _data(self.call("GET", f"/v1/{path}", params=dict(params or {})))

    def write(self, method: str, path: str, **options: Any) -> Payload:
        """As the acting user. Never repeated after an uncertain outcome: the caller looks first."""
        params = {"perform_as": self.access.settings.get("user_id", "")} | options.pop("params", {})
        return _data(self.call(method, f"/v1/{path}", params=params, **options))

    def authorization(self) -> Mapping[str, str]:
        key = self.access.credentials.get("api_key")
        if key:
            return {"Authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"}
        return {"Authorization": f"Bearer {self.tokens.token(self._fetch_token)}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        scheme, _, token = used["Authorization"].partition(" ")
        if scheme == "Bearer":
            self.tokens.forget(token)
        return scheme == "Bearer"

    def right(self, method: str, path: str) -> str:
        resource = path.removeprefix("/v1/").split("?")[0].split("/")
        name = resource[2] if len(resource) > 2 else resource[0]
        return f"{name}:{'read' if method == 'GET' else 'write'}"

    def _confidential(self, path: str, query: dict[str, Any]) -> httpx.Response:
        if path.split("/")[0] not in CONFIDENTIAL or "/" in path or not self.is_confidential:
            return self.send("GET", f"/v1/{path}", params=query)
        try:
            return self.send("GET", f"/v1/{path}", params=query | {"confidentiality": "all"})
        except (Forbidden, Rejected) as refusal:
            if isinstance(refusal, Rejected) and "offset" in refusal.sentence.lower():
                raise
            response = self.send("GET", f"/v1/{path}", params=query)
            # It was the confidential rows the key may not see.
            self.is_confidential = False
            return response

    def _fetch_token(self) -> Grant:
        answer = self.rotate(self.auth_url)
        return Grant(str(answer["access_token"]), lifetime(answer))


def _data(answer: Any) -> Payload:
    """What is inside `data`, which some answers wrap twice."""
    while isinstance(answer, dict) and isinstance(answer.get("data"), dict):
        answer = answer["data"]
    return answer if isinstance(answer, dict) else {}
