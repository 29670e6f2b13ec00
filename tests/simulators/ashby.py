"""A local Ashby over real HTTP that enforces the rules: POST only, JSON, sync tokens, errors in a 200."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.simulators import ashby_shapes as shapes
from tests.simulators.hosted import Hosted
from tests.simulators.server import Answer, Refused, Request, Row
from tests.simulators.world import SOURCES, Application, Person

KEY = "ashby-demo-key"
SYNCED = (
    *("user", "job", "opening", "candidate", "application", "offer", "interviewSchedule"),
    *("applicationFeedback", "department", "location"),
)


class Simulator(Hosted):
    """One organization."""

    kind = "ashby"
    # Ashby knows no hold.
    told_status = {"on_hold": "open"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sync_epoch = 0
        self.tags: dict[str, str] = {}
        self.hooks: list[tuple[str, str]] = []
        self.uploads: dict[str, str] = {}

    @property
    def settings(self) -> dict[str, str]:
        return {"base_url": self.url, "requests_per_second": "10000"}

    @property
    def credentials(self) -> dict[str, str]:
        return {"api_key": KEY}

    def limited(self) -> Row:
        return {"success": False, "errors": ["rate_limited"]}

    def limit_headers(self) -> dict[str, str]:
        return {}

    def authorize(self, request: Request) -> None:
        if request.path.startswith("/upload/"):
            if "authorization" in request.headers:
                raise Refused(400, "Signed uploads carry no other credentials.")
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            raise Refused(401, None)
        if base64.b64decode(given).decode() != f"{self.credential or KEY}:":
            raise Refused(403, None)

    def is_write(self, request: Request) -> bool:
        return not request.path.endswith((".list", ".info", ".search", ".listHistory", ".listNotes"))

    def serve(self, request: Request) -> Answer:
        if request.path.startswith("/upload/"):
            self.uploads[request.path.rpartition("/")[2]] = "done"
            return Answer(204)
        if request.method != "POST" or not request.headers.get("content-type", "").startswith(
            "application/json"
        ):
            raise Refused(400, {"success": False, "errors": ["invalid_input"]})
        resource, _, verb = request.path.strip("/").partition(".")
        if {resource, f"{resource}.{verb}"} & self.faults.denied:
            told = {"message": "missing_endpoint_permission", "parameter": resource}
            raise Refused(403, {"success": False, "errors": [told]})
        body = request.json()
        if verb == "list":
            return self._list(resource, body)
        return Answer(200, self._act(f"{resource}.{verb}", body))

    # Reading.

    def _list(self, resource: str, body: Row) -> Answer:
        if resource not in shapes.LISTS and resource != "candidateTag":
            raise Refused(404, {"success": False, "errors": ["not_found"]})
        at = self.now().replace(microsecond=0)
        epoch, _, since = str(body.get("syncToken") or "").partition(":")
        if epoch and epoch != str(self.sync_epoch):
            return self._refuse("sync_token_expired")
        start = 0
        if body.get("cursor"):
            name, _, number = str(body["cursor"]).partition("@")
            if name != resource:
                return self._refuse("cursor_invalid")
            start = int(number)
        filters = sorted((key, str(value)) for key, value in body.items() if key not in ("cursor", "limit"))
        rows = self.snapshot(f"{resource}{filters}", start, lambda: self._rows(resource, body))
        rows = [row for row in rows if row["updatedAt"] >= since] if since else rows
        limit = min(int(body.get("limit") or 100), 100)
        page = rows[start : start + limit]
        answer: Row = {"success": True, "results": page, "moreDataAvailable": start + limit < len(rows)}
        if answer["moreDataAvailable"]:
            answer["nextCursor"] = f"{resource}@{start + limit}"
        elif resource in SYNCED:
            answer["syncToken"] = f"{self.sync_epoch}:{shapes.iso(at)}"
        return Answer(200, answer)

    def _rows(self, resource: str, body: Row) -> list[Row]:
        if resource == "candidateTag":
            return [
                {"id": number, "title": title, "isArchived": False} for number, title in self.tags.items()
            ]
        rows = shapes.LISTS[resource](self, body)
        spoiled = self.faults.bad_rows.get(f"{resource}s", {})
        rows = [row | spoiled.get(row.get("id"), {}) for row in rows]
        return rows[::-1] if self.faults.shuffle else rows

    # One record, and writing.

    def _act(self, endpoint: str, body: Row) -> Row:
        verbs: dict[str, Callable[[Row], Any]] = {
            "apiKey.info": lambda body: {"title": "Acme CRM", "scopes": ["candidatesRead"]},
            "job.info": lambda body: self._one("job", body["id"]),
            "candidate.info": lambda body: self._one("candidate", body["id"]),
            "application.info": lambda body: self._one("application", body["applicationId"]),
            "application.listHistory": self._history,
            "candidate.search": self._search,
            "candidate.listNotes": self._notes,
            "candidate.create": self._create,
            "application.create": self._apply,
            "application.delete": self._delete,
            "candidate.createNote": self._note,
            "candidate.addTag": self._tag,
            "customField.setValue": self._set,
            "candidateTag.create": self._new_tag,
            "file.createFileUploadHandle": self._slot,
            "candidate.uploadResume": self._attach,
            "webhook.create": self._hook,
        }
        try:
            return {"success": True, "results": verbs[endpoint](body)}
        except _Business as fault:
            told = self._refuse(str(fault)).body
            assert isinstance(told, dict)
            return told

    def _refuse(self, code: str) -> Answer:
        if self.faults.odd_shapes:
            return Answer(200, {"success": False, "errors": [{"message": code}], "errorInfo": None})
        info = {"code": code, "message": f"{code} - are you lacking permissions?", "requestId": "01J"}
        return Answer(200, {"success": False, "errors": [code], "errorInfo": info})

    def _one(self, resource: str, number: str) -> Row:
        tables: dict[str, tuple[dict[str, Any], Callable[[Any], Row]]] = {
            "job": (self.world.jobs, shapes.job),
            "candidate": (self.world.people, lambda person: shapes.candidate(self, person)),
            "application": (self.world.applications, shapes.application),
        }
        table, shape = tables[resource]
        row = shape(self._of(table, number, resource))
        return row | self.faults.bad_rows.get(f"{resource}s", {}).get(number, {})

    def _history(self, body: Row) -> list[Row]:
        return shapes.history(self._of(self.world.applications, body["applicationId"], "application"))

    def _search(self, body: Row) -> list[Row]:
        """Wide: a hit may only look like what was asked for."""
        wanted = str(body.get("email") or "").casefold()
        found = [one for one in self.world.people.values() if one.email and one.email.casefold() in wanted]
        alike = [one for one in self.world.people.values() if one not in found][:2]
        return [shapes.candidate(self, person) for person in [*alike, *found]][:100]

    def _notes(self, body: Row) -> list[Row]:
        held = self.world.of_person(self._of(self.world.people, body["candidateId"], "candidate"))
        notes = [note for application in held for note in application.notes]
        return [{"id": str(n), "content": text, "isPrivate": False} for n, text in enumerate(notes)]

    def _create(self, body: Row) -> Row:
        first, _, last = str(body["name"]).rpartition(" ")
        at = self.now().replace(microsecond=0)
        person = self.world.add_person(first=first, last=last, email=body.get("email") or "", at=at)
        return shapes.candidate(self, person)

    def _apply(self, body: Row) -> Row:
        person = self._of(self.world.people, body["candidateId"], "candidate")
        job = self._of(self.world.jobs, body["jobId"], "job")
        number = str(body.get("sourceId") or "")
        source = SOURCES[int(number.removeprefix("source-"))] if number else ""
        at = self.now().replace(microsecond=0)
        held = self.world.add_application(person, job, source=source, at=at)
        return {"id": held.id, "status": "Lead", "candidate": {"id": person.id, "name": body.get("name")}}

    def _delete(self, body: Row) -> Row:
        held = self._of(self.world.applications, body["applicationId"], "application")
        self.world.delete_application(held, self.now())
        return {"id": body["applicationId"]}

    def _note(self, body: Row) -> Row:
        if body.get("sendNotifications") is not False:
            raise _Business("invalid_input: this would notify the whole team")
        person = self._of(self.world.people, body["candidateId"], "candidate")
        held = list(self.world.of_person(person))
        held[-1].notes.append(body["note"])
        return {"id": "note", "content": body["note"]}

    def _tag(self, body: Row) -> Row:
        person: Person = self._of(self.world.people, body["candidateId"], "candidate")
        person.tags.append(self.tags[body["tagId"]])
        return shapes.candidate(self, person)

    def _set(self, body: Row) -> Row:
        person: Person = self._of(self.world.people, body["objectId"], "candidate")
        person.own[body["fieldId"]] = body["fieldValue"]
        return {"id": body["fieldId"], "value": body["fieldValue"]}

    def _new_tag(self, body: Row) -> Row:
        number = self.world.new_id()
        self.tags[number] = body["title"]
        return {"id": number, "title": body["title"], "isArchived": False}

    def _slot(self, body: Row) -> Row:
        handle = self.world.new_id()
        self.uploads[handle] = body["filename"]
        return {"handle": handle, "url": f"{self.url}/upload/{handle}", "fields": {"key": handle}}

    def _attach(self, body: Row) -> Row:
        person: Person = self._of(self.world.people, body["candidateId"], "candidate")
        person.files.append("cv.pdf")
        return shapes.candidate(self, person)

    def _hook(self, body: Row) -> Row:
        made = (body["webhookType"], body["requestUrl"])
        if made in self.hooks:
            raise _Business("invalid_input: duplicate webhook")
        self.hooks.append(made)
        return {"id": self.world.new_id()}

    def _of(self, table: dict[str, Any], number: str, kind: str) -> Any:
        if number not in table:
            raise _Business(f"{kind}_not_found")
        return table[number]

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        """A signed word that something happened to the application; the thin form."""
        thin = {"id": application.id, "candidate": {"id": application.person.id, "name": "Zoë"}}
        body = {"action": "candidateStageChange", "webhookActionId": self.world.new_id()}
        raw = json.dumps(body | {"data": {"application": thin}}, ensure_ascii=False).encode()
        signed = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        return raw, {"Ashby-Signature": f"sha256={signed}"} if secret else {}

    def updated(self, person: Person) -> datetime:
        return max([person.updated, *(held.updated for held in self.world.of_person(person))])


class _Business(Exception):
    """A refusal that Ashby answers with 200."""
