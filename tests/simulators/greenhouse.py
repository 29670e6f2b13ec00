"""A local Greenhouse (Harvest v3) over real HTTP that enforces the vendor's rules.

``Simulator(people=1500).start()`` listens on a free port; ``url`` is the connection's base URL and
``url + "/token"`` its token endpoint. Writes go to a journal when a state file is named, and are
replayed over the same generated account at the next start.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.simulators.greenhouse_doors import CLIENT_ID, CLIENT_SECRET, Tokens, Window
from tests.simulators.greenhouse_hooks import Hooks
from tests.simulators.greenhouse_lists import Unprocessable, page
from tests.simulators.greenhouse_openings import open_job
from tests.simulators.greenhouse_people import SERVICE_USER, Account
from tests.simulators.greenhouse_tables import Row, Tables
from tests.simulators.greenhouse_writes import NotFound, Writer
from tests.simulators.server import Answer, Refused, Request, VendorServer

CREATES = {
    "candidates": "create_candidate",
    "applications": "create_application",
    "notes": "create_note",
    "candidate_tags": "create_tag",
    "applied_candidate_tags": "apply_tag",
    "attachments": "create_attachment",
}
VERBS = ("move", "reject", "unreject", "hire")
ROUTE = re.compile(r"^/v3/(?P<resource>[a-z_]+)(?:/(?P<id>\d+)(?:/(?P<verb>[a-z_]+))?)?$")


class Simulator(VendorServer):
    """One simulated Greenhouse account. Thread-safe; one lock around every request."""

    def __init__(
        self,
        *,
        people: int = 40,
        seed: int = 7,
        today: datetime | None = None,
        limit: int = 75,
        window: float = 30.0,
        state: Path | None = None,
    ) -> None:
        super().__init__()
        self.settings = {"people": people, "seed": seed, "today": (today or datetime.now(UTC)).isoformat()}
        self.hooks = Hooks()
        self.tokens = Tokens(clock=lambda: self.clock(), service_user=SERVICE_USER)
        self.window = Window(limit, window, lambda: self.clock())
        self.token_window = Window(60, 60.0, lambda: self.clock())
        self.state = state
        journal = self._journal()
        self.tables = self._build()
        self.writer = Writer(self.tables, lambda action, payload: None)
        for entry in journal:
            self._write(entry["method"], entry["path"], entry["body"], datetime.fromisoformat(entry["at"]))
        self.writer.announce = self.hooks.announce

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def stop(self) -> None:
        self.hooks.stop()
        super().stop()

    def expire(self) -> None:
        self.tokens.epoch += 1

    def limit_headers(self) -> dict[str, str]:
        return self.window.headers() | {"Retry-After": "1"}

    def respond(self, request: Request) -> Answer:
        try:
            return self._answer(request)
        except Unprocessable as fault:
            return Answer(
                422, {"message": "Unprocessable Content", "errors": fault.errors}, self.window.headers()
            )
        except NotFound:
            return Answer(404, {"message": "Resource not found"}, self.window.headers())

    def _answer(self, request: Request) -> Answer:
        if request.path == "/token" and request.method == "POST":
            self.token_window.take()
            return Answer(200, self.tokens.grant(request.headers.get("authorization", ""), request.body, ""))
        if request.path.startswith("/_control"):
            return Answer(200, self.control(json.loads(request.body or "{}")))
        found = ROUTE.match(request.path)
        if found is None or found["resource"] not in self.tables:
            raise NotFound
        self.requests.append((request.method, request.path))
        self.misbehave()
        actor = self.tokens.subject(request.headers.get("authorization", ""))
        headers = self.window.take()
        self._authorize(actor, found["resource"], request.method)
        if request.method == "GET":
            return self._list(found, request, headers)
        status, body = self._change(request)
        return Answer(status, body, headers)

    def _authorize(self, actor: int, resource: str, method: str) -> None:
        user = self.tables["users"].rows.get(actor)
        verb = "list" if method == "GET" else "write"
        allowed = user is not None and (user["site_admin"] or resource == "users")
        if not allowed or resource in self.faults.denied or f"{resource}:{verb}" in self.faults.denied:
            raise Refused(403, {"message": "Forbidden"}, self.window.headers())

    def _list(self, found: re.Match[str], request: Request, headers: dict[str, str]) -> Answer:
        resource = found["resource"]
        if found["id"] is not None:
            raise NotFound
        if request.body:
            raise Refused(403, {"message": "GET requests must not carry a body"}, headers)
        listed = page(resource, self.tables[resource], request.query)
        spoiled = self.faults.bad_rows.get(resource, {})
        rows = [spoiled.get(row.get("id", 0), row) for row in listed.rows]
        if listed.cursor:
            link = f"{self.url}/v3/{resource}?{urlencode({'cursor': listed.cursor})}"
            headers = headers | {"Link": f'<{link}>; rel="next"'}
        cut = self.faults.drop > 0
        self.faults.drop -= 1 if cut else 0
        return Answer(200, rows, headers, cut=cut)

    def _change(self, request: Request) -> tuple[int, Any]:
        body = json.loads(request.body or "{}")
        at = self.now().replace(microsecond=0)
        status, answer = self._write(request.method, request.path, json.loads(json.dumps(body)), at)
        if self.state is not None:
            entry = {"at": at.isoformat(), "method": request.method, "path": request.path, "body": body}
            with self.state.open("a") as journal:
                journal.write(json.dumps(entry) + "\n")
        return status, answer

    def _write(self, method: str, path: str, body: Row, at: datetime) -> tuple[int, Any]:
        found = ROUTE.match(path)
        assert found is not None
        resource, number, verb = found["resource"], int(found["id"] or 0), found["verb"]
        if method == "POST" and not number and resource in CREATES:
            made = getattr(self.writer, CREATES[resource])(body, at)
            if resource == "candidates" and not self.faults.wrap_candidates:
                made = made["candidate"]
            return 201, made
        if method == "PATCH" and resource == "candidates" and number:
            return 200, self.writer.update_candidate(number, body, at)
        if method == "POST" and resource == "applications" and verb in VERBS:
            getattr(self.writer, verb)(number, body, at)
            return 204, None
        if (
            method == "DELETE"
            and resource == "applied_candidate_tags"
            and number in self.tables[resource].rows
        ):
            self.tables[resource].drop(number)
            return 204, None
        raise NotFound

    def control(self, order: Row) -> Row:
        """Orders from outside: faults, limits, the webhook endpoint, expired tokens, a new job."""
        super().control(order)
        for name, value in order.get("hooks", {}).items():
            setattr(self.hooks, name, value)
        for name, value in order.get("window", {}).items():
            setattr(self.window, name, value)
        if job := order.get("open_job"):
            open_job(self.tables, job, self.now())
        counts = {name: len(table.rows) for name, table in self.tables.items()}
        return {"rows": counts, "requests": len(self.requests), "hooks_sent": self.hooks.sent[-50:]}

    def _journal(self) -> list[Row]:
        if self.state is None:
            return []
        if self.state.exists():
            lines = [json.loads(line) for line in self.state.read_text().splitlines() if line.strip()]
            self.settings |= lines[0]["settings"]
            return lines[1:]
        self.state.parent.mkdir(parents=True, exist_ok=True)
        self.state.write_text(json.dumps({"settings": self.settings}) + "\n")
        return []

    def _build(self) -> Tables:
        people, seed, today = (self.settings[name] for name in ("people", "seed", "today"))
        account = Account(
            people=int(str(people)), seed=int(str(seed)), today=datetime.fromisoformat(str(today))
        )
        return account.build()
