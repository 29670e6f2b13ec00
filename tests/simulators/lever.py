"""A local Lever over real HTTP that enforces the sheet's rules: Basic or OAuth, offsets, confidentiality."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

from tests.simulators import lever_shapes as shapes
from tests.simulators.hosted import Hosted
from tests.simulators.server import Answer, Refused, Request, Row
from tests.simulators.world import Application

KEY = "lever-demo-key"
CLIENT = {"client_id": "lever-demo-client", "client_secret": "lever-demo-secret"}


class Simulator(Hosted):
    """One account of the global region."""

    kind = "lever"
    tells_anonymized = True

    def __init__(self, *, uses_oauth: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.uses_oauth = uses_oauth
        self.refresh_token = "lever-refresh-1"
        self.tokens: set[str] = set()
        self.hooks: dict[str, Row] = {}
        self.tags: dict[str, list[str]] = {}

    @property
    def settings(self) -> dict[str, str]:
        told = {"base_url": self.url, "user_id": self.world.staff[0].id, "requests_per_second": "10000"}
        return told | {"auth_url": f"{self.url}/oauth/token"}

    @property
    def credentials(self) -> dict[str, str]:
        return CLIENT | {"refresh_token": self.refresh_token} if self.uses_oauth else {"api_key": KEY}

    def expire(self) -> None:
        self.tokens.clear()

    def revoke(self) -> None:
        self.credential, self.refresh_token = "rotated", "rotated"
        self.tokens.clear()

    def limited(self) -> Row:
        return {"code": "TooManyRequests", "message": "Too many requests"}

    def limit_headers(self) -> dict[str, str]:
        return {}

    def token(self, request: Request) -> Answer | None:
        if request.path != "/oauth/token":
            return None
        form = dict(parse_qsl(request.body))
        known = all(form.get(name) == value for name, value in CLIENT.items())
        if not known or form.get("refresh_token") != self.refresh_token:
            raise Refused(403, {"error": "invalid_grant", "error_description": "Unknown refresh token."})
        self.refresh_token = f"lever-refresh-{secrets.token_hex(4)}"  # the old one ends with its use
        token = secrets.token_hex(16)
        self.tokens.add(token)
        given = {"access_token": token, "refresh_token": self.refresh_token, "expires_in": 3600}
        return Answer(200, given | {"token_type": "Bearer", "scope": "offline_access"})

    def authorize(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic" and not self.uses_oauth:
            good = base64.b64decode(given).decode() == f"{self.credential or KEY}:"
        else:
            good = scheme == "Bearer" and given in self.tokens
        if not good:
            raise Refused(401, {"code": "Unauthorized", "message": "The credentials are not valid."})

    def serve(self, request: Request) -> Answer:
        parts = request.path.removeprefix("/v1/").split("/")
        name = parts[2] if len(parts) > 2 else parts[0]
        verb = "read" if request.method == "GET" else "write"
        if {name, f"{name}:{verb}"} & self.faults.denied:
            raise Refused(403, {"code": "Forbidden", "message": "The key has no access to this."})
        if request.method == "GET":
            return self._get(parts, request)
        if not request.params.get("perform_as") and parts[0] == "opportunities":
            raise Refused(400, {"code": "BadRequest", "message": "perform_as is required"})
        status, body = self._write(request.method, parts, request)
        return Answer(status, body)

    # Reading.

    def _get(self, parts: list[str], request: Request) -> Answer:
        if len(parts) == 2 and parts[1] != "deleted":
            return Answer(200, {"data": self._one(parts[0], parts[1], request.params)})
        return self._page("/".join(parts), lambda: self._rows(parts, request.params), request.params)

    def _rows(self, parts: list[str], params: dict[str, str]) -> list[Row]:
        if parts[-1] == "deleted":
            return self._deleted(parts[0], int(params.get("deleted_at_start") or 0))
        if len(parts) == 3 and parts[0] == "opportunities":
            return self._children(self._of(self.world.applications, parts[1]), parts[2])
        return self._list(parts[0], params)

    def _list(self, name: str, params: dict[str, str]) -> list[Row]:
        if name == "webhooks":
            return list(self.hooks.values())
        if name in ("postings", "opportunities"):
            return self._filtered(name, params)
        if name not in shapes.LISTS:
            raise Refused(404, {"code": "ResourceNotFound", "message": f"{name} was not found"})
        return shapes.LISTS[name](self.world)

    def _one(self, name: str, number: str, params: dict[str, str]) -> Row:
        if name == "postings":
            return shapes.posting(self._of(self.world.jobs, number))
        if name == "users":
            return shapes.user(self._of({one.id: one for one in self.world.staff}, number))
        return self._opportunity(self._of(self.world.applications, number), params)

    def _deleted(self, name: str, since: int) -> list[Row]:
        if name != "opportunities":
            return []
        gone = [(pk, shapes.ms(at) or 0) for pk, at in self.world.deleted_applications]
        return [{"id": pk, "deletedAt": at} for pk, at in gone if at >= since]

    def _filtered(self, name: str, params: dict[str, str]) -> list[Row]:
        if name == "postings":
            since = int(params.get("updated_at_start") or 0)
            rows = [shapes.posting(job) for job in self.world.jobs.values()]
            return [row for row in rows if row["updatedAt"] >= since]
        found = [held for held in self.world.applications.values() if shapes.is_wanted(held, params)]
        # The walk goes by pipeline stage, not by time.
        found.sort(key=lambda held: (held.steps[-1][0], held.applied, held.id))
        return [self._opportunity(held, params) for held in found]

    def _opportunity(self, held: Application, params: dict[str, str]) -> Row:
        expanded = () if self.faults.odd_shapes else params.get("expand", "").split(",")
        row = shapes.opportunity(held, expanded, is_odd=self.faults.odd_shapes)
        row["tags"] = [*row["tags"], *self.tags.get(held.id, [])]
        row["urls"] = {"show": f"{self.url}/candidates/{held.id}"}
        return row | self.faults.bad_rows.get("applications", {}).get(held.id, {})

    def _children(self, held: Application, child: str) -> list[Row]:
        if child == "files":
            return [{"id": name, "name": name} for name in held.person.files]
        if child == "applications":
            return [shapes.application(held)]
        return shapes.CHILDREN[child](held)

    def _page(self, name: str, found: Callable[[], list[Row]], params: dict[str, str]) -> Answer:
        limit = int(params.get("limit") or 100)
        if not 1 <= limit <= 100:
            raise Refused(400, {"code": "BadRequest", "message": "limit must be between 1 and 100"})
        start = self._start(params.get("offset", ""), name)
        filters = sorted((key, value) for key, value in params.items() if key not in ("offset", "limit"))
        rows = self.snapshot(f"{name}{filters}", start, found)
        if self.faults.shuffle:
            rows = rows[::-1]
        page = rows[start : start + limit]
        body: Row = {"data": page, "hasNext": start + limit < len(rows)}
        if body["hasNext"]:
            body["next"] = quote(json.dumps([name, start + limit]))
        return Answer(200, body)

    def _start(self, offset: str, name: str) -> int:
        if not offset:
            return 0
        try:
            listed, start = json.loads(dict(parse_qsl(f"x={offset}"))["x"])
        except (ValueError, KeyError):
            listed, start = "", 0
        if listed != name:
            raise Refused(400, {"code": "BadRequest", "message": "Invalid offset token"})
        return int(start)

    # Writing.

    def _write(self, method: str, parts: list[str], request: Request) -> tuple[int, Any]:
        if parts[0] == "webhooks":
            if method == "DELETE":
                self.hooks.pop(parts[1], None)
                return 204, None
            return 201, {"data": self._subscribe(request.json())}
        if len(parts) == 1:
            return 201, self._create(request.json())
        held = self._of(self.world.applications, parts[1])
        return 201, {"data": self._annotate(held, parts[2], request)}

    def _annotate(self, held: Application, what: str, request: Request) -> Row:
        if what == "notes":
            held.notes.append(str(request.json()["value"]))
            return {"noteId": str(len(held.notes))}
        if what == "files":
            name = request.raw.split(b'filename="')[1].split(b'"')[0].decode()
            held.person.files.append(name)
            return {"id": name, "name": name}
        tags = self.tags.setdefault(held.id, [])
        tags += [tag for tag in request.json()["tags"] if tag not in tags]
        held.person.tags = list(tags)
        # Answers to writes come without the person.
        return self._opportunity(held, {}) | {"name": "", "emails": [], "headline": "", "phones": []}

    def _create(self, body: Row) -> Row:
        postings = body.get("postings") or []
        if len(postings) != 1:
            raise Refused(400, {"code": "BadRequest", "message": "at most one posting"})
        job = self._of(self.world.jobs, str(postings[0]))
        emails = body.get("emails") or []
        known = [person for email in emails for person in self.world.by_email(email)]
        first, _, last = str(body["name"]).rpartition(" ")
        at = self.now().replace(microsecond=0)
        person = known[0] if known else self.world.add_person(first=first, last=last, email=emails[0], at=at)
        source = (body.get("sources") or ["api"])[0]
        held = self.world.add_application(person, job, source=source, at=at)
        return {"data": self._opportunity(held, {}), "deduped": bool(known)}

    def _subscribe(self, body: Row) -> Row:
        number = self.world.new_id()
        self.hooks[number] = {"id": number, "event": body["event"], "url": body["url"], "configuration": {}}
        token = secrets.token_hex(24)
        return self.hooks[number] | {"configuration": {"signatureToken": token}}

    def _of(self, table: dict[str, Any], number: str) -> Any:
        if number not in table:
            raise Refused(404, {"code": "ResourceNotFound", "message": f"{number} was not found"})
        return table[number]

    # What the conformance suite asks of every vendor.

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        """A signed word that something happened to the application."""
        token, at = secrets.token_hex(24), int(self.clock() * 1000)
        signed = hmac.new(secret.encode(), f"{token}{at}".encode(), hashlib.sha256).hexdigest()
        data = {"opportunityId": application.id, "contactId": application.person.id}
        body = {"id": self.world.new_id(), "event": "candidateStageChange", "triggeredAt": at}
        return json.dumps(body | {"token": token, "signature": signed, "data": data}).encode(), {}
