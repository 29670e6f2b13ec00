"""Harvest v3 over the invented company, for what is asked of every vendor alike.

Lists, writes, sign-in and refusals are those of `greenhouse.py`; only the account is another.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime, time
from typing import Any, ClassVar
from urllib.parse import urlencode

from tests.simulators.greenhouse import CREATES, ROUTE
from tests.simulators.greenhouse_company import Company, hires_of
from tests.simulators.greenhouse_doors import CLIENT_ID, CLIENT_SECRET, Tokens, Window
from tests.simulators.greenhouse_hooks import encode, signature
from tests.simulators.greenhouse_lists import Unprocessable, page
from tests.simulators.greenhouse_writes import NotFound, Writer
from tests.simulators.hosted import Hosted
from tests.simulators.server import Answer, Refused, Request, Row
from tests.simulators.world import Application, Job, Offer

SPOILED = {"createdAt": "created_at", "updatedAt": "updated_at"}


class Simulator(Hosted):
    """One account whose tables are drawn from a `World`, and whose writes happen in it."""

    kind = "greenhouse"
    told_status: ClassVar[dict[str, str]] = {"on_hold": "open"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.company = Company(self.world)
        self.tokens = Tokens(clock=self.clock)
        self.window = Window(self.limit or 100_000, 30.0, self.clock)

    @property
    def settings(self) -> dict[str, str]:
        return {"base_url": self.url, "source_id": str(self.company.number("sources", "Rekindle"))}

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def expire(self) -> None:
        self.tokens.epoch += 1

    def revoke(self) -> None:
        self.tokens.client_secret = "rotated"
        self.expire()

    def limit_headers(self) -> dict[str, str]:
        return self.window.headers() | {"Retry-After": "1"}

    def token(self, request: Request) -> Answer | None:
        if request.path != "/token":
            return None
        return Answer(200, self.tokens.grant(request.headers.get("authorization", ""), request.body, ""))

    def authorize(self, request: Request) -> None:
        self.tokens.subject(request.headers.get("authorization", ""))

    def serve(self, request: Request) -> Answer:
        headers = self.window.take()
        found = ROUTE.match(request.path)
        tables = self.company.current()
        if found is None or found["resource"] not in tables:
            raise Refused(404, {"message": "Resource not found"}, headers)
        resource, verb = found["resource"], "list" if request.method == "GET" else "write"
        if {resource, f"{resource}:{verb}"} & self.faults.denied:
            raise Refused(403, {"message": "Forbidden"}, headers)
        try:
            return self._list(resource, request, headers) if verb == "list" else self._write(request, headers)
        except Unprocessable as fault:
            raise Refused(
                422, {"message": "Unprocessable Content", "errors": fault.errors}, headers
            ) from fault
        except NotFound as fault:
            raise Refused(404, {"message": "Resource not found"}, headers) from fault

    def _list(self, resource: str, request: Request, headers: dict[str, str]) -> Answer:
        listed = page(resource, self.company.tables[resource], request.query)
        spoiled = {
            self.company.number(resource, key): {
                SPOILED.get(name, name): value for name, value in row.items()
            }
            for key, row in self.faults.bad_rows.get(resource, {}).items()
        }
        rows = [row | spoiled.get(row.get("id", 0), {}) for row in listed.rows]
        if listed.cursor:
            link = f"{self.url}/v3/{resource}?{urlencode({'cursor': listed.cursor})}"
            headers = headers | {"Link": f'<{link}>; rel="next"'}
        return Answer(200, rows[::-1] if self.faults.shuffle else rows, headers)

    def _write(self, request: Request, headers: dict[str, str]) -> Answer:
        found = ROUTE.match(request.path)
        if found is None or found["id"] or request.method != "POST" or found["resource"] not in CREATES:
            raise NotFound
        body, at = request.json(), self.now().replace(microsecond=0)
        writer = Writer(self.company.tables, lambda action, payload: None)
        made = getattr(writer, CREATES[found["resource"]])(json.loads(json.dumps(body)), at)
        getattr(self, f"_{CREATES[found['resource']]}", lambda *_: None)(body, made, at)
        self.company.drawn = self.world.version
        if found["resource"] == "candidates" and not self.faults.odd_shapes:
            made = made["candidate"]
        return Answer(201, made, headers)

    # What a write comes to in the world.

    def _create_candidate(self, body: Row, made: Row, at: datetime) -> None:
        email = next((one["value"] for one in body.get("email_addresses") or ()), "")
        person = self.world.add_person(first=body["first_name"], last=body["last_name"], email=email, at=at)
        self.company.name("candidates", made["candidate"]["id"], person.id, person)
        if made["application"]:
            self._create_application(body["application"], made["application"], at)

    def _create_application(self, body: Row, made: Row, at: datetime) -> None:
        person = self.company.things["candidates"][made["candidate_id"]]
        job = self.company.things["jobs"][made["job_id"]]
        names = self.company.numbers["sources"]
        source = next((name for name, number in names.items() if number == made.get("source_id")), "")
        held = self.world.add_application(person, job, source=source, at=at)
        self.company.name("applications", made["id"], held.id, held)
        for row in self.company.tables["application_stages"].where("application_id", made["id"]):
            self.company.name("application_stages", row["id"], f"{held.id}/0", held)

    def _create_note(self, body: Row, made: Row, at: datetime) -> None:
        self.company.things["applications"][made["application_id"]].notes.append(body["body"])

    def _create_tag(self, body: Row, made: Row, at: datetime) -> None:
        self.company.tags.append(body["name"])
        self.company.name("candidate_tags", made["id"], body["name"], body["name"])

    def _apply_tag(self, body: Row, made: Row, at: datetime) -> None:
        tag = self.company.tables["candidate_tags"].rows[body["candidate_tag_id"]]["name"]
        self.company.things["candidates"][body["candidate_id"]].tags.append(tag)

    def _create_attachment(self, body: Row, made: Row, at: datetime) -> None:
        self.company.things["applications"][made["application_id"]].person.files.append(body["filename"])

    # What is asked of every vendor.

    def told_id(self, application: Application) -> str:
        return str(self.company.number("applications", application.id))

    def status_of(self, job: Job) -> str:
        """Only openings tell a job that was filled from one that was given up."""
        if job.closed:
            return "filled" if any(hires_of(self.world, job)) else "closed"
        return "open"

    def extended_at(self, offer: Offer) -> datetime:
        """Harvest tells the day; noon of it, unless the answer came before that."""
        noon = datetime.combine(offer.extended.date(), time(12), tzinfo=offer.extended.tzinfo)
        return min(noon, offer.resolved) if offer.resolved else noon

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        self.company.current()
        numbers = self.company.numbers
        told: Row = {"id": numbers["applications"][application.id]}
        told["candidate"] = {"id": numbers["candidates"][application.person.id]}
        body = encode("application_updated", {"application": told})
        return body, {"Signature": signature(body, secret), "Greenhouse-Event-ID": uuid.uuid4().hex}
