"""A local SuccessFactors over real HTTP that enforces its rules: signed assertions, snapshots, upserts."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from tests.simulators import successfactors_shapes as shapes
from tests.simulators.hosted import Hosted
from tests.simulators.server import Answer, Refused, Request, Row
from tests.simulators.successfactors_door import API_KEY, COMPANY, USER, assertion_is_good, keys
from tests.simulators.successfactors_entities import Entity, entities
from tests.simulators.successfactors_odata import Filter, metadata, refused, unknown
from tests.simulators.successfactors_shapes import NumberedWorld
from tests.simulators.successfactors_writes import Writes
from tests.simulators.world import STAGES, Application

ROOT = "/odata/v2/"
LARGEST = 1_000
_ONE = re.compile(r"(\w+)\((?:\w+=)?(\d+)L\)")
_IDS = re.compile(r"(jobApplication/applicationId|applicationId|candidateId|jobReqId) eq (\d+)L")
_MAIL = re.compile(r"tolower\(primaryEmail\) eq '((?:[^']|'')*)'")


class Simulator(Hosted):
    """One company. Small accounts have small pages, so that there are several."""

    kind = "successfactors"
    tells_anonymized = True
    told_stages: ClassVar[dict[str, str]] = dict(zip(STAGES, shapes.NAMES, strict=True))

    def __init__(
        self,
        *,
        people: int = 60,
        applications: int = 0,
        seed: int = 7,
        limit: int = 0,
        state: Path | None = None,
    ) -> None:
        world = NumberedWorld(
            people=people, applications=applications or people * 2, seed=seed, today=datetime.now(UTC)
        )
        super().__init__(world=world, limit=limit, state=state)
        self.largest = LARGEST if people > 200 else 8
        self.valid: set[str] = set()
        self.lists: dict[str, list[Any]] = {}
        self.sessions: set[str] = set()
        self.comments: dict[str, list[Row]] = {"JobApplicationComments": [], "CandidateComments": []}
        self.entities = entities(self.world)
        self.locked: set[str] = set()
        # Fields the tenant no longer has, though its metadata said so an hour ago.
        self.removed: set[str] = set()

    @property
    def settings(self) -> dict[str, str]:
        told = {"base_url": self.url, "company_id": COMPANY, "user_id": USER}
        return told | {
            "default_country": "DE",
            "default_phone": "+49305550000",
            "requests_per_second": "10000",
        }

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": API_KEY, "private_key": keys()[0]}

    def expire(self) -> None:
        self.valid.clear()

    def revoke(self) -> None:
        super().revoke()
        self.expire()

    def limited(self) -> Row:
        return refused("TooManyRequests", "Too many requests.").body  # type: ignore[no-any-return]

    # The door.

    def token(self, request: Request) -> Answer | None:
        if request.path != "/oauth/token":
            return None
        form = dict(parse_qsl(request.body))
        if self.credential or not assertion_is_good(form, self.url, self.now()):
            words = "Unable to verify the signature of the SAML assertion."
            raise Refused(401, {"errorHttpCode": "401", "errorMessage": words})
        token = secrets.token_hex(16)
        self.valid.add(token)
        return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 85_999})

    def authorize(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.valid:
            # Not 401: an expired token is forbidden here.
            raise refused("LGN0006", "[LGN0006]The token is expired.", 403)

    def serve(self, request: Request) -> Answer:
        if not request.path.startswith(ROOT):
            raise refused("LGN0001", "[LGN0001]Invalid endpoint.", 404)
        rest = request.path.removeprefix(ROOT)
        if request.method == "POST":
            return Answer(200, {"d": Writes(self).upsert(json.loads(request.body))})
        if rest.endswith("$metadata"):
            return Answer(200, self._metadata(rest.removesuffix("$metadata").strip("/")))
        headers = self._session(request)
        if found := _ONE.fullmatch(rest):
            body = {"d": self._one(found.group(1), found.group(2), request.params)}
        else:
            body = {"d": self._list(rest, request)}
        return Answer(200, body, headers)

    def _session(self, request: Request) -> dict[str, str]:
        if self._cookie(request) in self.sessions:
            return {}
        made = secrets.token_hex(8)
        self.sessions.add(made)
        return {"Set-Cookie": f"JSESSIONID={made}; Path=/; HttpOnly", "X-CSRF-Token": made[::-1]}

    def _cookie(self, request: Request) -> str:
        return request.headers.get("cookie", "").partition("JSESSIONID=")[2].partition(";")[0]

    def _metadata(self, wanted: str) -> bytes:
        names = [name for name in wanted.split(",") if name] or list(self.entities)
        held = {n: (self._fields(n), self.entities[n].navs) for n in names if n in self.entities}
        return metadata(held, self.locked)

    def _fields(self, name: str) -> list[str]:
        return [one for one in self.entities[name].fields if f"{name}/{one}" not in self.removed]

    # Reading.

    def _list(self, name: str, request: Request) -> Any:
        params = request.params
        entity = self._entity(name)
        held, start = self._snapshot(name, entity, request)
        size, many = min(int(params.get("customPageSize") or LARGEST), self.largest), len(held)
        if "$top" in params:
            size = int(params["$top"])
            held = held[:size]
        rows = [self._told(name, entity, one, params) for one in held[start : start + size]]
        body: Row = {"results": rows}
        if params.get("$inlinecount") == "allpages":
            body["__count"] = str(many)
        if params.get("paging") == "snapshot" and start + size < len(held):
            body["__next"] = self._link(request, start + size)
        return body

    def _snapshot(self, name: str, entity: Entity, request: Request) -> tuple[list[Any], int]:
        """The things as they stood when the first page was asked for; the token belongs to the session."""
        token = request.params.get("$skiptoken")
        if token:
            told = json.loads(base64.b64decode(token))
            if told["list"] not in self.lists or self._cookie(request) not in self.sessions:
                raise refused("COE_GENERAL_BAD_REQUEST", "[COE0018]The skiptoken is not valid.")
            return self.lists[told["list"]], int(told["start"])
        held = self._found(name, entity, request.params)
        self.listed = secrets.token_hex(6)
        if request.params.get("paging") == "snapshot" and len(held) > self.largest:
            self.lists[self.listed] = held
        return held, 0

    def _link(self, request: Request, start: int) -> str:
        known = request.params.get("$skiptoken")
        number = json.loads(base64.b64decode(known))["list"] if known else self.listed
        told = json.dumps({"list": number, "start": start, "at": secrets.token_hex(2)})
        params = request.params | {"$skiptoken": base64.b64encode(told.encode()).decode()}
        return f"{self.url}{request.path}?{urlencode(params)}"

    def _found(self, name: str, entity: Entity, params: dict[str, str]) -> list[Any]:
        wanted = params.get("$filter", "")
        test = Filter(wanted)
        self._demand(name, entity, [field for field in test.names if not field.startswith("jobApplication/")])
        things = list(self._things(name, wanted))
        if wanted:
            things = [one for one in things if test.test(entity.row(one, False))]
        elif name == "User":
            things = [one for one in things if one.is_active]
        if order := params.get("$orderby"):
            self._demand(name, entity, [order])
            things = sorted(things, key=lambda one: int(entity.row(one, False)[order]))
        return things[::-1] if self.faults.shuffle else things

    def _things(self, name: str, wanted: str) -> Iterable[Any]:
        """Everything of the entity, or as little of it as the filter surely asks for."""
        world = self.world
        if name == "Candidate":
            mail = _MAIL.search(wanted)
            known = world.by_email(mail.group(1).replace("''", "'")) if mail else None
            return self._of("candidateId", wanted, world.people) if known is None else known
        if name in ("JobRequisition", "JobRequisitionPosting"):
            jobs = self._of("jobReqId", wanted, world.jobs)
            return jobs if name == "JobRequisition" else [row for one in jobs for row in shapes.posting(one)]
        if name == "User" or name in self.comments:
            return self.comments.get(name, world.staff)
        return self._of_applications(name, self._applications(wanted))

    def _of_applications(self, name: str, held: Iterable[Application]) -> Iterable[Any]:
        parts = {
            "JobApplicationStatusAuditTrail": shapes.changes,
            "OfferLetter": shapes.letters,
            "JobOffer": shapes.approvals,
            "JobApplicationInterview": shapes.interviews,
        }
        return (
            held
            if name == "JobApplication"
            else [row for one in held for row in parts.get(name, lambda _: [])(one)]
        )

    def _applications(self, wanted: str) -> Iterable[Application]:
        people = [number for name, number in _IDS.findall(wanted) if name == "candidateId"]
        if people:
            return [one for number in people for one in self.world.by_person.get(number, {}).values()]
        name = "jobApplication/applicationId" if "jobApplication/" in wanted else "applicationId"
        return self._of(name, wanted, self.world.applications)

    def _of(self, name: str, wanted: str, table: dict[str, Any]) -> Iterable[Any]:
        ids = [number for found, number in _IDS.findall(wanted) if found == name]
        return [table[number] for number in ids if number in table] if ids else table.values()

    def _one(self, name: str, number: str, params: dict[str, str]) -> Row:
        entity = self._entity(name)
        held = list(self._things(name, f"{entity.key} eq {number}L"))
        if not held:
            raise refused("NotFoundException", f"{name} with key {number} not found", 404)
        return self._told(name, entity, held[0], params)

    def _entity(self, name: str) -> Entity:
        entity = self.entities.get(name)
        if entity is None:
            raise refused("COE_ENTITY_NOT_FOUND", f"[COE0020]Entity {name} is not found.", 404)
        if name in self.faults.denied:
            raise refused("LGN0002", f"[LGN0002]User has no permission to {name}.", 403)
        return entity

    def _demand(self, name: str, entity: Entity, wanted: Iterable[str]) -> None:
        for one in wanted:
            head = one.partition("/")[0]
            if f"{name}/{head}" in self.removed or head not in {*entity.fields, *entity.navs}:
                raise unknown(name, one)

    def _told(self, name: str, entity: Entity, one: Any, params: dict[str, str]) -> Row:
        select = [field for field in params.get("$select", "").split(",") if field]
        expand = [nav for nav in params.get("$expand", "").split(",") if nav]
        self._demand(name, entity, [*select, *expand])
        row = self._row(name, entity, one, select, expand)
        if name == "JobApplication":
            row |= self.faults.bad_rows.get("applications", {}).get(row.get("applicationId"), {})
        return row

    def _row(self, name: str, entity: Entity, one: Any, select: list[str], expand: list[str]) -> Row:
        is_odd = self.faults.odd_shapes
        held = entity.row(one, is_odd)
        row: Row = {"__metadata": {"type": f"SFOData.{name}"}}
        row |= {f: held[f] for f in (select or entity.fields) if f in held and "/" not in f}
        heads = dict.fromkeys(nav.partition("/")[0] for nav in expand)
        for nav, (target, things, is_many) in entity.navs.items():
            if nav not in heads:
                if nav in select or not select:
                    row.setdefault(nav, {"__deferred": {"uri": f"{name}/{nav}"}})
                continue
            if target in self.faults.denied:
                raise refused("LGN0002", f"[LGN0002]User has no permission to {target}.", 403)
            if is_odd and (name, nav) in ODD:
                row.setdefault(nav, {"__deferred": {"uri": f"{name}/{nav}"}})
                continue
            inner = [f.partition("/")[2] for f in select if f.startswith(f"{nav}/")]
            deep = [f.partition("/")[2] for f in expand if f.startswith(f"{nav}/")]
            kind = self._entity(target)
            rows = [self._row(target, kind, thing, inner, deep) for thing in things(one)]
            if is_odd and nav == "jobAppStatus" and held.get("_is_last"):
                rows = []
            row[nav] = ({"results": rows} if not is_odd else rows) if is_many else next(iter(rows), None)
        return row

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        """The administrator's own body, and basic authentication."""
        told = {"application_id": int(application.id), "application_status_id": 10}
        raw = json.dumps({"job_application": told}).encode()
        token = base64.b64encode(f"rekindle:{secret}".encode()).decode()
        return raw, {"Authorization": f"Basic {token}"}


# What the other tenant does not expand, or has in the field itself.
ODD = {
    ("JobApplication", "jobApplicationStatusAuditTrail"),
    ("JobApplication", "jobApplicationInterview"),
    ("JobRequisition", "status"),
}
