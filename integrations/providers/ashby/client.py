"""Ashby over HTTP: every call is a POST, and most refusals are answered with 200."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from integrations.providers.base import Forbidden, Gone, Payload, Rejected, Retryable, Revoked, Terminal
from integrations.providers.sending import AtsClient, date_of, plain_json

PAGE = 100
READS = (".list", ".info", ".search", ".listHistory", ".listNotes")
# Which module of the key an endpoint belongs to.
MODULES = {
    **dict.fromkeys(("candidate", "application"), "candidates"),
    **dict.fromkeys(("job", "opening", "closeReason"), "jobs"),
    **dict.fromkeys(("interviewSchedule", "interviewEvent", "applicationFeedback"), "interviews"),
    **dict.fromkeys(("interviewPlan", "interviewStage"), "interviews"),
    **dict.fromkeys(("source", "archiveReason", "candidateTag", "customField"), "hiringProcessMetadata"),
    **dict.fromkeys(("user", "department", "location"), "organization"),
    "offer": "offers",
    "approval": "approvals",
    "webhook": "apiKeys",
    "apiKey": "apiKeys",
}


class Expired(Gone):
    """The sync token was not used for too long: the list has to be read in full."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: rows, the cursor of the next one, the sync token of the last one, the server's clock."""

    rows: list[Payload]
    cursor: str
    sync_token: str
    date: str


class Client(AtsClient):
    """One Ashby organization."""

    name = "Ashby"
    address = "https://api.ashbyhq.com"
    pace = 8

    def list(self, endpoint: str, body: Mapping[str, Any] | None = None, *, verb: str = "list") -> Listing:
        """One page of a list."""
        response = self._post(f"{endpoint}.{verb}", {"limit": PAGE, **(body or {})})
        answer = self.json(response)
        rows = answer.get("results")
        if not isinstance(rows, list):
            raise Retryable("Ashby answered with something other than a list.")
        cursor = str(answer.get("nextCursor") or "") if answer.get("moreDataAvailable", True) else ""
        return Listing(rows, cursor, str(answer.get("syncToken") or ""), date_of(response))

    def every(self, endpoint: str, body: Mapping[str, Any] | None = None) -> Iterator[Payload]:
        """The rows of all pages."""
        listing = self.list(endpoint, body)
        yield from listing.rows
        while listing.cursor:
            listing = self.list(endpoint, {**(body or {}), "cursor": listing.cursor})
            yield from listing.rows

    def call_out(self, endpoint: str, body: Mapping[str, Any]) -> Any:
        """The `results` of one call. Writes are never repeated after an uncertain outcome."""
        return self.json(self._post(endpoint, body)).get("results")

    def info(self, endpoint: str, body: Mapping[str, Any]) -> Payload:
        """One record; raises Gone when there is none."""
        found = self.call_out(endpoint, body)
        if not isinstance(found, dict) or not found:
            raise Gone(f"Ashby knows no such record ({endpoint}).")
        return found

    def upload(self, url: str, form: Mapping[str, str], file: tuple[str, bytes, str]) -> None:
        """A file to where Ashby said: fields first, then the file, and none of our credentials."""
        try:
            response = self.http.post(url, data=dict(form), files={"file": file})
        except httpx.TransportError as fault:
            raise Retryable("The upload to Ashby broke off.") from fault
        if response.status_code >= 300:
            raise Retryable(f"The upload to Ashby was answered with {response.status_code}.")

    def authorization(self) -> Mapping[str, str]:
        pair = f"{self.access.credentials.get('api_key', '')}:".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def right(self, method: str, path: str) -> str:
        endpoint = path.strip("/")
        module = MODULES.get(endpoint.split(".")[0], endpoint.split(".")[0])
        return f"{module}{'Read' if endpoint.endswith(READS) else 'Write'}"

    def refusal(self, response: httpx.Response, method: str, path: str) -> Terminal:
        if response.status_code == 403 and not _words(plain_json(response)):
            # A key without the module says so; a key that ended says nothing.
            return Revoked("Ashby does not accept this API key.")
        return super().refusal(response, method, path)

    def reasons(self, response: httpx.Response) -> str:
        return _words(plain_json(response)) or f"status {response.status_code}"

    def _post(self, endpoint: str, body: Mapping[str, Any]) -> httpx.Response:
        headers = {"Accept": "application/json; version=1"}
        is_read = endpoint.endswith(READS)
        return self.send("POST", f"/{endpoint}", is_read=is_read, json=dict(body), headers=headers)

    def _judged(self, response: httpx.Response, method: str, path: str) -> httpx.Response:
        super()._judged(response, method, path)
        body = self.json(response)
        if not isinstance(body, dict) or body.get("success") is not False:
            return response
        words, right = _words(body), self.right(method, path)
        if "rate_limited" in words:
            raise self.slow_down(self.cool_down)
        if "missing_endpoint_permission" in words:
            raise Forbidden(f"Ashby refuses “{path}”: the right {right} is missing.", right=right)
        if "sync_token_expired" in words:
            raise Expired("Ashby's sync token has expired.")
        if "_not_found" in words or "cursor_invalid" in words:
            raise Gone(f"Ashby knows no such thing: {words}.")
        raise Rejected(f"Ashby refused: {words or 'no reason given'}")


def _words(body: Any) -> str:
    """Codes and messages, which come as texts, objects, or in `errorInfo`."""
    if not isinstance(body, dict):
        return ""
    told: list[str] = []
    for error in [*(body.get("errors") or []), body.get("errorInfo")]:
        if isinstance(error, dict):
            told += [str(error[name]) for name in ("code", "message", "parameter") if error.get(name)]
        elif error:
            told.append(str(error))
    return "; ".join(dict.fromkeys(told))[:500]
