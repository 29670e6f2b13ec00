"""Harvest v3 over HTTP: sign-in, cursor pages, limits told by header."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from integrations.providers.base import Access, Payload, Retryable, Terminal
from integrations.providers.sending import AtsClient, date_of, plain_json
from integrations.providers.tokens import Grant, lifetime

AUTH_URL = "https://auth.greenhouse.io/token"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page as it came: its rows, the cursor of the next one, and the server's clock."""

    rows: list[Payload]
    cursor: str
    date: str


class Client(AtsClient):
    """One Greenhouse account."""

    name = "Greenhouse"
    address = "https://harvest.greenhouse.io"
    cool_down = 5.0

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        super().__init__(access, lane=lane, patience=patience)
        self.base_url = self.base_url.removesuffix("/v3")
        self.http.base_url = httpx.URL(self.base_url)
        self.auth_url = access.settings.get("auth_url") or self._auth_url()
        self.tokens = self.token_store(
            f"{access.credentials.get('client_id')}:{access.settings.get('user_id', '')}:{self.auth_url}"
        )

    def list(self, resource: str, params: Mapping[str, Any] | None = None, *, cursor: str = "") -> Listing:
        """One page. A cursor carries its own filters and must travel alone."""
        query = {"cursor": cursor} if cursor else dict(params or {})
        response = self.send("GET", f"/v3/{resource}", params=query)
        rows = self.json(response)
        if not isinstance(rows, list):
            raise Retryable("Greenhouse answered with something other than a list.")
        return Listing(rows, _next_cursor(response), date_of(response))

    def create(self, resource: str, body: Payload) -> Payload:
        """POST, never repeated after an uncertain outcome: the caller looks first and tries again."""
        answer = self.call("POST", f"/v3/{resource}", json=body)
        if not isinstance(answer, dict):
            raise Terminal("Greenhouse answered a create with something other than an object.")
        return answer

    def change(self, path: str, body: Payload) -> None:
        """PATCH: keys that are given replace what is there."""
        self.call("PATCH", f"/v3/{path}", json=body)

    def token(self) -> str:
        return self.tokens.token(self._fetch_token)

    def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        self.tokens.forget(used["Authorization"].removeprefix("Bearer "))
        return True

    def learn(self, response: httpx.Response) -> None:
        headers = response.headers
        try:
            limit, remaining = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
            self.window.learn(limit=limit, remaining=remaining, reset=float(headers["x-ratelimit-reset"]))
        except (KeyError, ValueError):
            return

    def right(self, method: str, path: str) -> str:
        resource = path.removeprefix("/v3/").split("/")[0]
        return f"harvest:{resource}:{'list' if method == 'GET' else 'create'}"

    def reasons(self, response: httpx.Response) -> str:
        """`errors` mixes sentences and objects."""
        body = plain_json(response)
        found = []
        for error in body.get("errors") or [] if isinstance(body, dict) else []:
            if isinstance(error, dict):
                found += [f"{field} {reason}" for field, reason in error.items()]
            else:
                found.append(str(error))
        return "; ".join(found)[:500] or f"status {response.status_code}"

    def _fetch_token(self) -> Grant:
        credentials = self.access.credentials
        form = {"grant_type": "client_credentials"}
        if self.access.settings.get("user_id"):
            form["sub"] = str(self.access.settings["user_id"])
        pair = (credentials.get("client_id", ""), credentials.get("client_secret", ""))
        answer = self.sign_in(self.auth_url, form, auth=pair)
        return Grant(str(answer["access_token"]), lifetime(answer))

    def _auth_url(self) -> str:
        return AUTH_URL if self.base_url == self.address else f"{self.base_url}/token"


def _next_cursor(response: httpx.Response) -> str:
    link = response.links.get("next", {}).get("url", "")
    return parse_qs(urlsplit(link).query).get("cursor", [""])[0]
