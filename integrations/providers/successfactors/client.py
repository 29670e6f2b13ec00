"""SuccessFactors' OData v2 over HTTP: an assertion for a token, snapshots for pages, one session kept."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from django.core.cache import cache

from crm.kernel.encryption import WrongWorkspace, seal, unseal
from integrations.providers import fields
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
from integrations.providers.rows import Unreadable
from integrations.providers.sending import AtsClient, date_of
from integrations.providers.successfactors import assertion, odata, refusals, schema
from integrations.providers.successfactors.assertion import Subject
from integrations.providers.successfactors.lists import Listing, Query
from integrations.providers.successfactors.schema import Schema
from integrations.providers.tokens import Grant, lifetime

ROOT = "/odata/v2"
GRANT = "urn:ietf:params:oauth:grant-type:saml2-bearer"
READ = (
    *("JobRequisition", "JobApplication", "Candidate", "JobRequisitionPosting", "JobOffer", "OfferLetter"),
    *("JobApplicationStatusAuditTrail", "JobApplicationInterview", "JobApplicationComments"),
    *("CandidateComments", "CandidateTags", "User", "InterviewOverallAssessment"),
)
_SESSION_SECONDS = 1_500


class Client(AtsClient):
    """One company on one API server."""

    name = "SuccessFactors"
    pace = 10
    cool_down = 300.0

    def __init__(self, access: Access, *, lane: str, patience: float) -> None:
        super().__init__(access, lane=lane, patience=patience)
        self.base_url = self.base_url.removesuffix(ROOT)
        self.http.base_url = httpx.URL(self.base_url)
        held = access.credentials
        self.company = str(access.settings.get("company_id") or "")
        self.subject = Subject(
            held.get("client_id", ""), str(access.settings.get("user_id") or ""), held.get("private_key", "")
        )
        self.tokens = self.token_store(f"{self.subject.client_id}:{self.subject.user_id}:{self.company}")
        # Pages of a snapshot belong to a session, which the next turn of a sync goes on with.
        self.session_key = f"{self.prefix}:session:{lane}" if lane == "sync" else ""
        self.csrf = ""
        self._recall_session()

    # Reading.

    def page(self, query: Query) -> Listing:
        """The first page of a list."""
        paging = {"paging": "snapshot", "customPageSize": str(query.size)}
        return self._page(self.get(f"/{query.entity}", query.params | paging))

    def follow(self, link: str) -> Listing:
        """The page behind a link, which goes back unchanged, and only to the server we know."""
        ours, theirs = httpx.URL(self.base_url), httpx.URL(link)
        if _server(ours) != _server(theirs) or not theirs.path.startswith(f"{ours.path.rstrip('/')}{ROOT}/"):
            raise Rejected("SuccessFactors' list goes on at another address, where our token must not go.")
        return self._page(self.send("GET", link, headers={"Accept": "application/json"}))

    def every(self, query: Query) -> list[Payload]:
        """The rows of all pages."""
        listing = self.page(query)
        rows = [*listing.rows]
        while listing.next:
            listing = self.follow(listing.next)
            rows += listing.rows
        return rows

    def count(self, query: Query) -> int | None:
        """How many there are, asked with the first one."""
        told = replace(query, select=(query.key,), expand=()).params
        return self._page(
            self.get(f"/{query.entity}", told | {"$top": "1", "$inlinecount": "allpages"})
        ).total

    def some(self, query: Query) -> list[Payload]:
        """Few rows, without pages."""
        return self._page(self.get(f"/{query.entity}", query.params | {"$top": str(query.size)})).rows

    def one(self, entity: str, number: str, **params: str) -> Payload:
        """One record by its number. Raises Gone when there is none."""
        if not odata.is_number(number):
            raise Gone(f"SuccessFactors has no {entity} “{number[:40]}”.")
        told = {"$format": "json"} | {f"${name}": value for name, value in params.items() if value}
        body = self.json(self.get(f"/{entity}({number}L)", told))
        held = body.get("d") if isinstance(body, dict) else None
        return held if isinstance(held, dict) else {}

    def get(self, path: str, params: Mapping[str, str], **headers: str) -> httpx.Response:
        accepted = {"Accept": "application/json"} | headers
        return self.send("GET", f"{ROOT}{path}", params=dict(params), headers=accepted)

    # Writing.

    def upsert(self, row: Payload) -> str:
        """Write one record; the number it has. The answer is 200 even where the row was refused."""
        answer = self.call(
            "POST",
            f"{ROOT}/upsert",
            params={"$format": "json"},
            json=row,
            headers={"Accept": "application/json"},
        )
        held = answer.get("d") if isinstance(answer, dict) else None
        results = [one for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)]
        if not results:
            raise Retryable("SuccessFactors' answer to a write names no record.")
        for one in results:
            if str(one.get("status") or "").upper() != "OK":
                self._row_refused(one)
        return odata.key_of(str(results[0].get("key") or ""))

    def _row_refused(self, row: Payload) -> None:
        words = fields.clean(row.get("message") or "")[:400] or "it gave no reason"
        if row.get("httpCode") == 403:
            raise Forbidden(f"SuccessFactors refuses the write: {words}", right="OData API write")
        raise Rejected(f"SuccessFactors refused: {words}")

    # What fields there are.

    @property
    def schema(self) -> Schema:
        """The tenant's fields, kept for an hour: a nightly job over there may change them."""
        key = f"{self.prefix}:schema"
        held = cache.get(key)
        if held is None:
            held = self._read_schema().plain()
            cache.set(key, held, 3_600)
        return schema.restored(held)

    def forget_schema(self) -> None:
        cache.delete(f"{self.prefix}:schema")

    def _read_schema(self) -> Schema:
        """Of our entities only, where the tenant can; else of all."""
        for path in (f"/{','.join(READ)}/$metadata", "/$metadata"):
            try:
                response = self.get(path, {}, Accept="application/xml")
                found = schema.read(response.content)
            except (Rejected, Gone, Forbidden, Unreadable):
                continue
            if found.is_known:
                return found
        return Schema()

    # Signing in.

    def authorization(self) -> Mapping[str, str]:
        told = {"Authorization": f"Bearer {self.tokens.token(self._fetch_token)}"}
        return told | ({"X-CSRF-Token": self.csrf} if self.csrf else {})

    def is_signed_out(self, response: httpx.Response) -> bool:
        return response.status_code == 401 or (
            response.status_code == 403 and refusals.told(response)[0].startswith(refusals.EXPIRED)
        )

    def renew(self, used: Mapping[str, str]) -> bool:
        self.tokens.forget(used["Authorization"].removeprefix("Bearer "))
        self.http.cookies.clear()
        self.csrf = ""
        return True

    def learn(self, response: httpx.Response) -> None:
        """The session of the first answer goes back with every later request: no sign-in per request."""
        csrf = response.headers.get("x-csrf-token", "")
        is_new = bool(csrf and csrf != self.csrf) or "set-cookie" in response.headers
        self.csrf = csrf or self.csrf
        if is_new and self.session_key:
            told = json.dumps({"csrf": self.csrf, "cookies": dict(self.http.cookies.items())})
            cache.set(self.session_key, seal(told, workspace_id=self.access.workspace_id), _SESSION_SECONDS)

    def _recall_session(self) -> None:
        sealed = cache.get(self.session_key) if self.session_key else None
        try:
            told = json.loads(str(unseal(sealed, workspace_id=self.access.workspace_id))) if sealed else {}
        except (WrongWorkspace, ValueError):
            told = {}
        self.csrf = str(told.get("csrf") or "")
        for name, value in (told.get("cookies") or {}).items():
            self.http.cookies.set(name, value)

    def _fetch_token(self) -> Grant:
        """Tenants differ in the recipient they want the assertion made out to."""
        url = f"{self.base_url}/oauth/token"
        try:
            answer = self._token_for(url)
        except Revoked:
            answer = self._token_for(f"{self.base_url}{ROOT}")
        return Grant(str(answer["access_token"]), lifetime(answer))

    def _token_for(self, recipient: str) -> Payload:
        signed = assertion.signed(self.subject, recipient=recipient, now=datetime.now(UTC))
        form = {
            "client_id": self.subject.client_id,
            "company_id": self.company,
            "grant_type": GRANT,
            "assertion": signed,
        }
        try:
            return self.sign_in(f"{self.base_url}/oauth/token", form)
        except Revoked as refusal:
            raise Revoked(
                "SuccessFactors does not accept our signed assertion. The API key, the company id, the user "
                "id or the certificate registered for this private key is another, or the user is inactive."
            ) from refusal

    # Refusals.

    def right(self, method: str, path: str) -> str:
        entity = path.split("?")[0].rpartition("/")[2].partition("(")[0]
        return f"to {'read' if method == 'GET' else 'write'} {entity}"

    def reasons(self, response: httpx.Response) -> str:
        return refusals.told(response)[1][:500] or f"status {response.status_code}"

    def refusal(self, response: httpx.Response, method: str, path: str) -> Terminal:
        code, words = refusals.told(response)
        code = code[:7] if code.startswith("LGN") else code
        if code in refusals.CREDENTIALS:
            return Revoked(refusals.CREDENTIALS[code])
        if code in refusals.EXPIRED:
            return Revoked("SuccessFactors no longer accepts our token.")
        if code == "LGN0004":
            return Rejected("This is no API server of SuccessFactors: check the API address.")
        if code == "COE_PROPERTY_NOT_FOUND":
            self.forget_schema()
            return refusals.UnknownField(f"SuccessFactors refused: {words[:500]}")
        return super().refusal(response, method, path.partition("?")[0])

    def _page(self, response: httpx.Response) -> Listing:
        body = self.json(response)
        held = body.get("d") if isinstance(body, dict) else None
        rows = held.get("results") if isinstance(held, dict) else held
        if not isinstance(rows, list):
            raise Retryable("SuccessFactors answered with something other than a list.")
        told = held if isinstance(held, dict) else {}
        count = str(told.get("__count") or "")
        total = int(count) if odata.is_number(count) else None
        return Listing(rows, str(told.get("__next") or ""), total, date_of(response))


def _server(url: httpx.URL) -> tuple[str, str, int]:
    """Links name the port even where it is the usual one."""
    return url.scheme, url.host, url.port or {"https": 443, "http": 80}.get(url.scheme, 0)
