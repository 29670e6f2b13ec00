"""A local SmartRecruiters over real HTTP that enforces the sheet's rules: key or token, page ids."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from tests.simulators import smartrecruiters_shapes as shapes
from tests.simulators.hosted import Hosted
from tests.simulators.server import Answer, Refused, Request, Row
from tests.simulators.world import STAGES, Application

KEY = "DCRA1-smart-demo-key"
CLIENT = {"client_id": "smart-demo-client", "client_secret": "smart-demo-secret"}
HOOKS = "/webhooks-api/v201907/subscriptions"


class Simulator(Hosted):
    """One company."""

    kind = "smartrecruiters"
    told_status: ClassVar[dict[str, str]] = {"closed": "cancelled"}
    told_stages: ClassVar[dict[str, str]] = dict(zip(STAGES, shapes.NAMES, strict=True))
    # Interviews are asked for by an id only a webhook tells.
    tells_interviews = False

    def __init__(self, *, uses_oauth: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.uses_oauth = uses_oauth
        self.tokens: set[str] = set()
        self.hooks: dict[str, Row] = {}

    @property
    def settings(self) -> dict[str, str]:
        return {"base_url": self.url, "requests_per_second": "10000"}

    @property
    def credentials(self) -> dict[str, str]:
        return CLIENT if self.uses_oauth else {"api_key": KEY}

    def expire(self) -> None:
        self.tokens.clear()

    def revoke(self) -> None:
        super().revoke()
        self.tokens.clear()

    def limit_headers(self) -> dict[str, str]:
        return {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0"}

    def token(self, request: Request) -> Answer | None:
        if request.path != "/identity/oauth/token":
            return None
        form = dict(parse_qsl(request.body))
        if self.credential or any(form.get(name) != value for name, value in CLIENT.items()):
            raise Refused(401, {"error": "invalid_client"})
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 1799})

    def authorize(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        is_key = not self.uses_oauth and request.headers.get("x-smarttoken") == (self.credential or KEY)
        if not is_key and token not in self.tokens:
            raise Refused(401, {"message": "Unauthorized", "errors": [{"code": "UNAUTHORIZED"}]})

    def serve(self, request: Request) -> Answer:
        parts = request.path.strip("/").split("/")
        verb = "read" if request.method == "GET" else "write"
        if {parts[0], f"{parts[0]}:{verb}", parts[-1]} & self.faults.denied:
            fault = {"code": "OAuthPermissionsException", "message": "insufficient scope"}
            raise Refused(403, {"message": "Forbidden", "errors": [fault]})
        if request.method == "GET":
            return self._get(request.path, parts, request.params)
        status, body = self._write(request, parts)
        return Answer(status, body)

    # Reading.

    def _get(self, path: str, parts: list[str], params: dict[str, str]) -> Answer:
        for pattern, found in self._lists().items():
            if _matches(pattern, parts):
                return self._page(path, params, lambda found=found: found(parts, params))  # type: ignore[misc]
        if len(parts) == 2 and parts[0] == "jobs":
            return Answer(200, shapes.job(self._of(self.world.jobs, parts[1])))
        if len(parts) == 2 and parts[0] == "candidates":
            return Answer(200, self._person(parts[1]))
        if path == "/configuration/company":
            return Answer(200, {"identifier": "Acme", "name": "Acme"})
        raise _missing(path)

    def _lists(self) -> dict[str, Callable[[list[str], dict[str, str]], list[Row]]]:
        world = self.world

        def held(parts: list[str]) -> list[Application]:
            of_person = world.of_person(self._of(world.people, parts[1]))
            return [one for one in of_person if one.job.id == parts[3]]

        return {
            "user-api/v201804/users": lambda parts, params: [shapes.user(one) for one in world.staff],
            "jobs": lambda parts, params: shapes.jobs(world, params),
            "jobs/*/status/history": lambda parts, params: shapes.job_history(self._of(world.jobs, parts[1])),
            "jobs/*/hiring-team": lambda parts, params: shapes.team(self._of(world.jobs, parts[1])),
            "jobs/*/positions": lambda parts, params: shapes.positions(self._of(world.jobs, parts[1])),
            "candidates": lambda parts, params: shapes.people(world, params),
            "candidates/*/status/history": lambda parts, params: [],
            "candidates/*/jobs/*/status/history": lambda parts, params: [
                row for one in held(parts) for row in self._history(one)
            ],
            "candidates/*/jobs/*/offers": lambda parts, params: [
                row for one in held(parts) for row in shapes.offers(one)
            ],
            "candidates/*/jobs/*/attachments": lambda parts, params: [
                {"id": name, "name": name} for name in self._of(world.people, parts[1]).files
            ],
            "offers": lambda parts, params: [
                row for one in world.applications.values() for row in shapes.offers(one)
            ],
            "interviews-api/v201904/interviews": lambda parts, params: shapes.interviews(
                world.applications.get(params["applicationId"])
            ),
            "reviews-api/v201910/reviews": lambda parts, params: [
                row
                for one in held(["", params["candidateId"], "", params["jobId"]])
                for row in shapes.reviews(one, is_odd=self.faults.odd_shapes)
            ],
            "configuration/sources": lambda parts, params: [{"id": "THIRD_PARTY", "label": "Third party"}],
            "configuration/sources/*/values": lambda parts, params: shapes.source_values(),
            "messages": lambda parts, params: [
                {"content": text}
                for one in world.of_person(self._of(world.people, params["candidateId"]))
                for text in one.notes
            ],
            HOOKS.strip("/"): lambda parts, params: list(self.hooks.values()),
        }

    def _history(self, held: Application) -> list[Row]:
        rows = shapes.history(held)
        spoiled = self.faults.bad_rows.get("applications", {}).get(held.id)
        if spoiled:
            return [row | {"changedOn": "yesterday"} for row in rows]
        # Their order is not promised.
        return rows[::-1] if self.faults.odd_shapes else rows

    def _person(self, number: str) -> Row:
        return shapes.details(self.world, self._of(self.world.people, number))

    def _page(self, path: str, params: dict[str, str], found: Callable[[], list[Row]]) -> Answer:
        limit = int(params.get("limit") or 10)
        if limit > 100:
            raise Refused(400, {"message": "limit must not exceed 100", "errors": [{"code": "BAD_LIMIT"}]})
        start = int(params.get("offset") or 0)
        if "pageId" in params:
            name, _, number = params["pageId"].partition("@")
            if name != path or not number.isdigit():
                raise Refused(400, {"message": "Unknown page id", "errors": [{"code": "INVALID_PAGE_ID"}]})
            start = int(number)
        filters = sorted(item for item in params.items() if item[0] not in ("limit", "offset", "pageId"))
        rows = self.snapshot(f"{path}{filters}", start, found)
        if self.faults.shuffle:
            rows = rows[::-1]
        body: Row = {"limit": limit, "totalFound": len(rows), "content": rows[start : start + limit]}
        if start + limit < len(rows) and "offset" not in params:
            body["nextPageId"] = f"{path}@{start + limit}"
        return Answer(200, body)

    # Writing.

    def _write(self, request: Request, parts: list[str]) -> tuple[int, Any]:
        if request.path.startswith(HOOKS):
            return self._hook(request, parts[3:])
        if request.path == "/messages/shares":
            return 201, self._share(request.json())
        if _matches("jobs/*/candidates", parts):
            return 201, self._create(request.json(), self._of(self.world.jobs, parts[1]))
        person = self._of(self.world.people, parts[1])
        if parts[-1] == "tags":
            person.tags += [tag for tag in request.json()["tags"] if tag not in person.tags]
            return 201, {"tags": person.tags}
        if parts[-1] == "attachments":
            person.files.append(request.raw.split(b'filename="')[1].split(b'"')[0].decode())
            return 201, {"id": person.files[-1]}
        raise _missing(request.path)

    def _create(self, body: Row, job: Any) -> Row:
        lacking = [name for name in ("firstName", "lastName", "email") if not body.get(name)]
        if lacking:
            raise Refused(400, {"message": f"{', '.join(lacking)} required", "errors": []})
        at = self.now().replace(microsecond=0)
        known = self.world.by_email(body["email"])
        names = {"first": body["firstName"], "last": body["lastName"], "email": body["email"]}
        person = known[0] if known else self.world.add_person(**names, at=at)
        number = (body.get("sourceDetails") or {}).get("sourceId", "")
        source = next((row["label"] for row in shapes.source_values() if row["id"] == number), "API")
        self.world.add_application(person, job, source=source, at=at)
        return self._person(person.id)

    def _share(self, body: Row) -> Row:
        number = str(body["content"]).partition("#[CANDIDATE:")[2].partition("]")[0]
        job = body["shareWith"]["hiringTeamOf"][0]
        person = self._of(self.world.people, number)
        for held in self.world.of_person(person):
            if held.job.id == job:
                held.notes.append(body["content"])
        return {"id": self.world.new_id(), "shareRequired": False}

    def _hook(self, request: Request, parts: list[str]) -> tuple[int, Any]:
        if request.method == "DELETE":
            self.hooks.pop(parts[0])
            return 204, None
        if not parts:
            number = self.world.new_id()
            self.hooks[number] = request.json() | {"id": number, "status": "inactive"}
            return 201, self.hooks[number]
        if parts[-1] == "secret-key":
            return 201, {"secretKey": secrets.token_urlsafe(16)}
        self.hooks[parts[0]]["status"] = "active"
        return 204, None

    def _of(self, table: dict[str, Any], number: str) -> Any:
        if number not in table:
            raise _missing(number)
        return table[number]

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        """Ids in the body, the event in the headers, all of it signed."""
        ids = {"job_id": application.job.id, "candidate_id": application.person.id}
        raw = json.dumps(ids | {"application_id": application.id}, separators=(",", ":")).encode()
        headers = {
            "event-id": self.world.new_id(),
            "event-name": "application.status.updated",
            "event-version": "v201910",
            "Link": f"<{self.url}/candidates/{application.person.id}>; rel=self",
        }
        at = str(int(self.clock()))
        message = b".".join([at.encode(), raw, *(value.encode() for value in headers.values())])
        signed = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        signature = f"v1={'0' * 64};v1={signed}"
        return raw, headers | {"smartrecruiters-timestamp": at, "smartrecruiters-signature": signature}


def _matches(pattern: str, parts: list[str]) -> bool:
    wanted = pattern.split("/")
    return len(wanted) == len(parts) and all(a in ("*", b) for a, b in zip(wanted, parts, strict=True))


def _missing(what: str) -> Refused:
    return Refused(404, {"message": f"{what} not found", "errors": [{"code": "NOT_FOUND"}]})
