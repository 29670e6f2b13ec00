"""SmartRecruiters over HTTP: key or token, page ids, ten a second per address."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import httpx

from integrations.providers.base import Access, Forbidden, Gone, Payload, Retryable
from integrations.providers.limits import SharedWindow, one_at_a_time
from integrations.providers.sending import AtsClient, date_of, plain_json
from integrations.providers.tokens import Grant, lifetime

PAGE = 100
PACE = 8
# A credential may have eight requests in flight: half of them for a sync, half for pushes.
AT_ONCE = 4
# Where pushes ask too, and a sync leaves them their share; what is only read is a sync's alone.
SHARED = ("/candidates", "/candidates/*", "/jobs/*", "/configuration/sources")
INTERVIEWS = "/interviews-api/v201904/interviews"
REVIEWS = "/reviews-api/v201910/reviews"
HOOKS = "/webhooks-api/v201907/subscriptions"
USERS = "/user-api/v201804/users"
RIGHTS = {
    "jobs": "jobs",
    "candidates": "candidates",
    "offers": "candidates_offers",
    "configuration": "configuration",
    "user-api": "users",
    "webhooks-api": "webhooks",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: rows, the id of the next page, how many there are in all, the server's clock."""

    rows: list[Payload]
    page_id: str
    total: int | None
    date: str


class Client(AtsClient):
    """One company."""

    name = "SmartRecruiters"
    address = "https://api.smartrecruiters.com"

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        super().__init__(access, lane=lane, patience=patience)
        self.lane = lane
        self.windows: dict[str, SharedWindow] = {}
        self.auth_url = f"{self.base_url}/identity/oauth/token"
        self.tokens = self.token_store(f"{access.credentials.get('client_id')}:{self.auth_url}")

    def list(self, path: str, params: Mapping[str, Any] | None = None, *, page_id: str = "") -> Listing:
        """One page; the first is asked for without a page id."""
        query = {"limit": PAGE, **(params or {})} | ({"pageId": page_id} if page_id else {})
        with self._turn(path):
            response = self.send("GET", path, params=query)
        answer = self.json(response)
        rows = answer.get("content") if isinstance(answer, dict) else answer
        if not isinstance(rows, list):
            raise Retryable("SmartRecruiters answered with something other than a list.")
        told = answer if isinstance(answer, dict) else {}
        total = told.get("totalFound")
        is_counted = isinstance(total, int) and not isinstance(total, bool)
        next_id = str(told.get("nextPageId") or "")
        return Listing(rows, next_id, total if is_counted else None, date_of(response))

    def every(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Payload]:
        """The rows of all pages of a list with page ids, or of one without pages."""
        listing = self.list(path, params)
        yield from listing.rows
        while listing.page_id:
            listing = self.list(path, params, page_id=listing.page_id)
            yield from listing.rows

    def readable(self, path: str, **params: str) -> Sequence[Payload]:
        """The whole list, or nothing when it may not be seen or is not there: the check names the right."""
        try:
            return list(self.every(path, params))
        except (Forbidden, Gone):
            return []

    def counted(self, path: str, *, offset: int) -> Listing:
        """One page of a list that goes by offset; `page_id` is the next offset."""
        listing = self.list(path, {"offset": offset})
        reached = offset + len(listing.rows)
        has_more = bool(listing.rows) and reached < (listing.total or 0)
        return Listing(listing.rows, str(reached) if has_more else "", listing.total, listing.date)

    def users(self, params: Mapping[str, Any], *, page_id: str = "") -> Listing:
        """Users have an API of their own; older companies know the root's."""
        try:
            return self.list(USERS, params, page_id=page_id)
        except Gone:
            return self.list("/users", params, page_id=page_id)

    def one(self, path: str) -> Payload:
        answer = self.call("GET", path)
        return answer if isinstance(answer, dict) else {}

    def write(self, method: str, path: str, **options: Any) -> Payload:
        """Never repeated after an uncertain outcome: the caller looks first."""
        answer = self.call(method, path, **options)
        return answer if isinstance(answer, dict) else {}

    def authorization(self) -> Mapping[str, str]:
        key = self.access.credentials.get("api_key")
        if key:
            return {"X-SmartToken": key}
        return {"Authorization": f"Bearer {self.tokens.token(self._fetch_token)}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        token = used.get("Authorization", "").removeprefix("Bearer ")
        if token:
            self.tokens.forget(token)
        return bool(token)

    def take(self, path: str) -> None:
        """Each address has its own ten a second; a 429 stops them all."""
        super().take(path)
        self._window_of(_address(path)).take()

    def _window_of(self, address: str) -> SharedWindow:
        # Kept: a window holds places it took and did not use yet.
        if (held := self.windows.get(address)) is not None:
            return held
        pace = int(self.access.settings.get("requests_per_second") or PACE)
        lane = self.lane if address in SHARED else "push"
        made = SharedWindow(f"{self.prefix}:rate:{address}", lane, self.patience, pace)
        return self.windows.setdefault(address, made)

    def right(self, method: str, path: str) -> str:
        name = RIGHTS.get(path.strip("/").split("/")[0], path.strip("/").split("/")[0])
        return f"{name}_{'read' if method == 'GET' else 'manage'}"

    def reasons(self, response: httpx.Response) -> str:
        body = plain_json(response)
        if not isinstance(body, dict):
            return f"status {response.status_code}"
        told = [str(body.get("message") or body.get("code") or "")]
        told += [
            str(error.get("message") or error.get("code") or "")
            for error in body.get("errors") or []
            if isinstance(error, dict)
        ]
        return "; ".join(dict.fromkeys(filter(None, told)))[:500] or f"status {response.status_code}"

    def _turn(self, path: str) -> AbstractContextManager[None]:
        """The list of people bears one request at a time per credential."""
        if path != "/candidates":
            return nullcontext()
        return one_at_a_time(f"{self.prefix}:turn:candidates", patience=self.patience)

    def _fetch_token(self) -> Grant:
        held = self.credentials()
        if held.get("refresh_token"):
            answer = self.rotate(self.auth_url)
        else:
            form = {name: held.get(name, "") for name in ("client_id", "client_secret")}
            answer = self.sign_in(self.auth_url, form | {"grant_type": "client_credentials"})
        return Grant(str(answer["access_token"]), lifetime(answer))


def _address(path: str) -> str:
    """The endpoint, whatever ids are in it: the list of people has a budget apart from each person's."""
    return "/".join("*" if any(sign.isdigit() for sign in part) else part for part in path.split("/"))
