"""Workday over HTTP: SOAP pages at a fixed moment, reports as a service, two ways to sign in."""

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from integrations.providers import fields
from integrations.providers.base import Access, Forbidden, Payload, Rejected, Retryable, Revoked
from integrations.providers.sending import AtsClient, date_of
from integrations.providers.tokens import Grant, lifetime
from integrations.providers.workday import reports, soap
from integrations.providers.workday.soap import Fault

VERSION = "v45.2"
PAGE = 100
# From here on Get_Candidates leaves attachments out when asked, and filters by the transaction log.
EXCLUDES_ATTACHMENTS, TELLS_CHANGES = (31, 2), (45, 2)
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
_NO_RIGHT = ("not authorized", "not have permission", "permission denied")
# operation, the domains in the words of Workday's security
_RIGHTS = {
    "Get_Job_Requisitions": "Get on Job Requisition Data",
    "Get_Candidates": "Get on Candidate Data: Job Application and Candidate Data: Personal Information",
    "Get_Workers": "Get on Worker Data: Public Worker Reports",
    "Get_References": "Get on Integration Build",
    "Put_Candidate": "Put on Candidate Data: Job Application and Manage: Candidates",
    "Put_Candidate_Attachment": "Put on Candidate Data: Attachments",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its rows, how many there are in all, and the number of the next one (0 = it was the last)."""

    rows: list[Payload]
    total: int
    following: int


class Client(AtsClient):
    """One tenant. Host, tenant and version are settings: nothing in Workday tells them."""

    name = "Workday"
    pace = 8  # the limit is not published; about ten calls a second have been seen

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        super().__init__(access, lane=lane, patience=patience)
        self.tenant = str(access.settings.get("tenant") or "")
        self.version = str(access.settings.get("version") or VERSION)
        self._date = ""
        self.tokens = self.token_store(f"{access.credentials.get('client_id')}:{self.tenant}")
        # Reports and pages of a large tenant take longer than an ordinary call.
        self.http.timeout = httpx.Timeout(120.0, connect=5.0)

    # SOAP.

    def ask(self, operation: str, *parts: Any, service: str = "Recruiting") -> Payload:
        """The answer of a Get; repeated while Workday is busy."""
        name = operation if operation.endswith("_Get") else f"{operation}_Request"
        return self._operate(operation, soap.node(name, *parts), service=service, is_read=True)

    def write(self, operation: str, *parts: Any, adds_only: bool = False) -> Payload:
        """A Put. Never repeated after an uncertain outcome: the caller looks first."""
        body = soap.node(f"{operation}_Request", *parts)
        if adds_only:
            body.set(soap.ADD_ONLY, "true")
        return self._operate(operation, body, service="Recruiting", is_read=False)

    def page(
        self, operation: str, *parts: Any, number: int = 1, moment: str = "", count: int = PAGE, **how: Any
    ) -> Listing:
        """One page of a Get. The same `moment` on every page, or the set shifts under us."""
        response_filter = soap.node(
            "Response_Filter",
            soap.node("As_Of_Entry_DateTime", moment) if moment else None,
            soap.node("Page", str(number)),
            soap.node("Count", str(count)),
        )
        group, service = how.get("group"), str(how.get("service") or "Recruiting")
        answer = self.ask(operation, *parts, response_filter, group, service=service)
        results = fields.inner(answer, "Response_Results")
        pages = _number(results.get("Total_Pages"))
        held = fields.inner(answer, "Response_Data")
        rows = [one for name in held for one in several(held, name)]
        return Listing(rows, _number(results.get("Total_Results")), number + 1 if number < pages else 0)

    def moment(self) -> str:
        """Workday's own clock; of the HTTP server where the operation is not allowed."""
        try:
            told = several(self.ask("Server_Timestamp_Get"), "Server_Timestamp_Data")
        except (Forbidden, Rejected):
            told = []
        return str(told[0]) if told else self._date

    def tells(self, since: tuple[int, int]) -> bool:
        """Whether this version of the web service is at least that one."""
        major, _, minor = self.version.lstrip("v").partition(".")
        try:
            return (int(major), int(minor or 0)) >= since
        except ValueError:
            return True

    # Reports.

    def report(self, name: str, params: Mapping[str, str]) -> list[Payload]:
        """The rows of a report as a service. It has no pages: the prompts keep it small."""
        style = str(self.access.settings.get("report_format") or "json")
        response = self._report(name, {"format": style} | dict(params))
        try:
            return reports.rows(response.content, response.headers.get("content-type", ""))
        except ValueError as fault:
            raise Retryable(f"The report “{name}” answered with something other than rows.") from fault

    def columns(self, name: str) -> frozenset[str]:
        """The columns a report has, by its schema; empty when that cannot be read."""
        return reports.columns(self._report(name, {"xsds": ""}).content)

    def _report(self, name: str, params: Mapping[str, str]) -> httpx.Response:
        owner = self.access.settings.get("report_owner") or self.access.credentials.get("username", "")
        path = f"/ccx/service/customreport2/{self.tenant}/{owner}/{name}"
        return self.send("GET", path, params=dict(params), headers=self._basic())

    # Signing in.

    def authorization(self) -> Mapping[str, str]:
        if self._is_integration_user:
            return {}
        return {"Authorization": f"Bearer {self.tokens.token(self._fetch_token)}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        scheme, _, token = used.get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            self.tokens.forget(token)
        return scheme == "Bearer"

    @property
    def _is_integration_user(self) -> bool:
        return bool(self.access.credentials.get("username"))

    @property
    def _account(self) -> tuple[str, str]:
        """`name@tenant` and its password; blank for OAuth."""
        held = self.access.credentials
        name, password = str(held.get("username") or ""), str(held.get("password") or "")
        return (name if "@" in name or not name else f"{name}@{self.tenant}", password)

    def _basic(self) -> dict[str, str]:
        name, password = self._account
        if not name:
            return {}
        return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}

    def _fetch_token(self) -> Grant:
        answer = self.rotate(f"{self.base_url}/ccx/oauth2/{self.tenant}/token")
        return Grant(str(answer["access_token"]), lifetime(answer))

    # One call.

    def _operate(self, operation: str, body: Any, *, service: str, is_read: bool) -> Payload:
        username, password = self._account
        content = soap.envelope(body, version=self.version, username=username, password=password)
        path = f"/ccx/service/{self.tenant}/{service}/{self.version}"
        told = {"headers": _HEADERS, "extensions": {"operation": operation}}
        response = self.send("POST", path, is_read=is_read, content=content, **told)
        try:
            return soap.row(soap.body_of(response.content))
        except soap.NotXml as fault:
            raise Retryable("Workday's answer is not XML.") from fault

    def _request(self, method: str, path: str, signed: Mapping[str, str], **options: Any) -> httpx.Response:
        response = super()._request(method, path, signed, **options)
        self._date = date_of(response)
        fault = soap.fault_of(response.content) if response.status_code >= 500 else None
        if fault and fault.says("authenticationerror", "invalid username", "invalid_token"):
            # Workday says so with 500; to the rest it is what it means.
            response.status_code = 401
        return response

    def _judged(self, response: httpx.Response, method: str, path: str) -> httpx.Response:
        fault = soap.fault_of(response.content) if response.status_code in (400, 403, 500) else None
        if fault is None or response.status_code == 401:
            return super()._judged(response, method, path)
        operation = str(response.request.extensions.get("operation") or path)
        raise _meaning(fault, operation)

    def right(self, method: str, path: str) -> str:
        if "/customreport2/" in path:
            return f"the report “{path.rpartition('/')[2]}” shared with the integration user"
        return f"{method} {path}"

    def refusal(self, response: httpx.Response, method: str, path: str) -> Any:
        if response.status_code == 401:
            return Revoked(
                "Workday no longer accepts our credentials: the password of the integration user or the "
                "refresh token has expired or was changed."
            )
        return super().refusal(response, method, path)


def several(row: Payload, name: str) -> list[Any]:
    """What may come once or often, as a list; without blanks and empty elements."""
    held = row.get(name)
    found = held if isinstance(held, list) else [held]
    return [one for one in found if one not in (None, "", {})]


def changed(since: str, until: str) -> Any:
    """Criteria: whatever has an entry in the transaction log between these moments."""
    window = soap.node(
        "Transaction_Date_Range_Data",
        soap.node("Updated_From", since),
        soap.node("Updated_Through", until),
    )
    return soap.node("Request_Criteria", soap.node("Transaction_Log_Criteria_Data", window))


def named(reference: str, numbers: Sequence[tuple[str, str]]) -> Any:
    """These very records by kind and value; what is gone is left out instead of failing all of them."""
    asked = soap.node("Request_References", *(soap.reference(reference, *one) for one in numbers))
    asked.set(soap.SKIP_MISSING, "true")
    return asked


def people_group(client: Client) -> Any:
    """Without the attachments, which else come as base64 in every page."""
    parts = [soap.node("Include_Reference", "true")]
    if client.tells(EXCLUDES_ATTACHMENTS):
        parts.append(soap.node("Exclude_All_Attachments", "true"))
    return soap.node("Response_Group", *parts)


def _meaning(fault: Fault, operation: str) -> Exception:
    if fault.says(*_NO_RIGHT):
        right = _RIGHTS.get(operation, operation)
        return Forbidden(f"Workday refuses {operation}: the right {right} is missing.", right=right)
    if fault.says("validation", "client."):
        return Rejected(f"Workday refused: {fault.sentence[:480]}")
    return Retryable(f"Workday could not answer {operation}: {fault.sentence[:200]}")


def _number(value: object) -> int:
    """Figures of a page can look like decimals."""
    try:
        return math.floor(float(str(value)))
    except ValueError:
        return 0


def pages(client: Client, operation: str, *parts: Any, **how: Any) -> Iterator[Payload]:
    """The rows of all pages, for lists that are short."""
    number = 1
    while number:
        listing = client.page(operation, *parts, number=number, **how)
        yield from listing.rows
        number = listing.following
