"""A local Workday over real HTTP that enforces the sheet's rules: sign-in, moments, faults, reports."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from lxml import etree

from tests.simulators import workday_reports as reports
from tests.simulators import workday_shapes as shapes
from tests.simulators.hosted import Hosted
from tests.simulators.server import Answer, Refused, Request, Row
from tests.simulators.workday_shapes import BSVC, Shapes, el, text
from tests.simulators.workday_writes import Writer, fault, said, whole
from tests.simulators.world import SOURCES, Application, Job, Person, Staff

TENANT, USER, PASSWORD = "acme", "ISU_Rekindle", "workday-demo-password"
CLIENT = {"client_id": "workday-demo-client", "client_secret": "workday-demo-secret"}
XML = {"Content-Type": "text/xml; charset=utf-8"}
SERVICES = {"Get_Workers": "Human_Resources", "Get_References": "Integrations"}
READS = ("Get_Job_Requisitions", "Get_Candidates", "Get_Workers", "Get_References")
RESULTS = {
    "Get_Job_Requisitions": "Job_Requisition",
    "Get_Candidates": "Candidate",
    "Get_Workers": "Worker",
    "Get_References": "Reference_ID",
}


class Simulator(Hosted):
    """One tenant, by the web services and the three reports."""

    kind = "workday"
    told_stages: ClassVar[dict[str, str]] = shapes.TOLD_STAGES
    tells_anonymized = True

    def __init__(self, *, uses_oauth: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.uses_oauth = uses_oauth
        self.password = PASSWORD
        self.refresh_token = "workday-refresh"
        self.tokens: set[str] = set()
        self.ids: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.shapes = Shapes(self.world, self.ids)
        self.message: Any = None

    @property
    def settings(self) -> dict[str, str]:
        told = {"base_url": self.url, "tenant": TENANT, "requests_per_second": "10000"}
        named = {"history_report": "CRM_Application_History", "requisition_report": "CRM_Requisition_Dates"}
        named |= {"interview_report": "CRM_Interviews", "report_owner": USER, "tag_id": shapes.TAG_WID}
        return told | named

    @property
    def credentials(self) -> dict[str, str]:
        if self.uses_oauth:
            return CLIENT | {"refresh_token": self.refresh_token}
        return {"username": USER, "password": PASSWORD}

    def expire(self) -> None:
        self.tokens.clear()

    def revoke(self) -> None:
        self.password = self.refresh_token = "rotated"
        self.tokens.clear()

    def limit_headers(self) -> dict[str, str]:
        return {}

    def told_id(self, application: Application) -> str:
        return shapes.wid(application.id)

    # Signing in.

    def token(self, request: Request) -> Answer | None:
        if request.path != f"/ccx/oauth2/{TENANT}/token":
            return None
        form = dict(parse_qsl(request.body))
        known = all(form.get(name) == value for name, value in CLIENT.items())
        if (
            not known
            or form.get("refresh_token") != self.refresh_token
            or form["grant_type"] != "refresh_token"
        ):
            raise Refused(400, {"error": "invalid_grant"})
        token = secrets.token_hex(16)
        self.tokens.add(token)
        given = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        return Answer(200, given | {"refresh_token": self.refresh_token})

    def authorize(self, request: Request) -> None:
        self.shapes.is_odd = self.faults.odd_shapes
        is_report = "/customreport2/" in request.path
        self.message = None if is_report else self._parsed(request)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            if given in self.tokens:
                return
            if self.faults.odd_shapes and not is_report:
                raise fault("Client.authenticationError", "invalid_token")
            raise Refused(401, {"error": "invalid_token"})
        if is_report:
            good = base64.b64encode(f"{USER}@{TENANT}:{self.password}".encode()).decode()
            if self.uses_oauth or scheme != "Basic" or given != good:
                raise Refused(401, b"<html>Unauthorized</html>", {"Content-Type": "text/html"})
            return
        names = {
            str(etree.QName(one).localname): one.text
            for one in self.message.iter("{*}Username", "{*}Password")
        }
        if self.uses_oauth or names != {"Username": f"{USER}@{TENANT}", "Password": self.password}:
            raise fault("Client.authenticationError", "invalid username or password")

    def is_write(self, request: Request) -> bool:
        return self.message is not None and self._operation().startswith("Put_")

    # Serving.

    def serve(self, request: Request) -> Answer:
        if "/customreport2/" in request.path:
            return self._report(request)
        operation = self._operation()
        service, version = request.path.rsplit("/", 2)[-2:]
        if not request.path.startswith(f"/ccx/service/{TENANT}/") or service != SERVICES.get(
            operation, "Recruiting"
        ):
            raise fault("Client.validationError", f"Invalid request: no {operation} in {service} {version}")
        if operation in self.faults.denied:
            words = "Processing error occurred. The task submitted is not authorized."
            raise fault("Server.processingError", words)
        if operation == "Server_Timestamp_Get":
            return self._said("Server_Timestamp", text("Server_Timestamp_Data", shapes.stamp(self.now())))
        if operation.startswith("Put_"):
            return Answer(200, self._writer().put(operation, self._element()), XML)
        return self._page(operation)

    def _page(self, operation: str) -> Answer:
        asked, words = self._element(), self._words()
        criteria, references = (
            asked.find(f"{{{BSVC}}}Request_Criteria"),
            asked.find(f"{{{BSVC}}}Request_References"),
        )
        if criteria is not None and references is not None:
            raise fault(
                "Client.validationError", "Validation error occurred. Choose one of references and criteria"
            )
        count, number = int(words.get("Count", 100)), int(words.get("Page", 1))
        if not 1 <= count <= 999:
            raise fault("Client.validationError", "Validation error occurred. Count is out of range")
        sought = (
            b""
            if criteria is None and references is None
            else etree.tostring(criteria if references is None else references)
        )
        key = f"{operation}|{words.get('As_Of_Entry_DateTime')}|{sought.decode()}"
        things: list[Any] = self._things(operation, criteria, references)
        # Without the moment kept, every page is one of another list.
        listed: Any = (
            self.snapshot(key, number - 1, lambda: things) if "As_Of_Entry_DateTime" in words else things
        )
        if self.faults.shuffle and number == 1:
            listed[:] = listed[::-1]
        start = (number - 1) * count
        drawn = "".join(self._drawn(thing) for thing in listed[start : start + count])
        total, pages = len(listed), -(-len(listed) // count)
        decimal = ".0" if self.faults.odd_shapes else ""
        results = text("Total_Results", total) + text("Total_Pages", f"{pages}{decimal}")
        if not total:
            return self._said(f"{operation}_Response", el("Response_Results", results))
        results += text("Page_Results", len(listed[start : start + count])) + text("Page", number)
        return self._said(
            f"{operation}_Response", el("Response_Results", results), el("Response_Data", drawn)
        )

    def _things(self, operation: str, criteria: Any, references: Any) -> list[Any]:
        tables: dict[str, Iterable[Any]] = {
            "Get_Job_Requisitions": self.world.jobs.values(),
            "Get_Candidates": self.world.people.values(),
            "Get_Workers": self.world.staff,
            "Get_References": SOURCES,
        }
        known = list(tables[operation])
        if references is not None:
            wanted = {one.text for one in references.iter(f"{{{BSVC}}}ID")}
            found = [thing for thing in known if wanted & self._names(thing)]
            if (
                len(found) < len(wanted)
                and references.get(f"{{{BSVC}}}Skip_Non_Existing_Instances") != "true"
            ):
                raise fault("Client.validationError", "Validation error occurred. Invalid ID value")
            return found
        return known if criteria is None else [thing for thing in known if self._is_sought(thing, criteria)]

    def _is_sought(self, thing: Any, criteria: Any) -> bool:
        words = {str(etree.QName(one).localname): one.text or "" for one in criteria.iter() if not len(one)}
        seats = {one.text for one in criteria.iter(f"{{{BSVC}}}ID")}
        if "Updated_From" in words:
            begin, end = (datetime.fromisoformat(words[name]) for name in ("Updated_From", "Updated_Through"))
            return begin <= self._touched(thing) <= end
        if "Candidate_Email_Address" in words:
            return bool(thing.email.casefold() == words["Candidate_Email_Address"].casefold())
        return not isinstance(thing, Staff) or f"P-{self.shapes.seats[thing.id]}" in seats

    def _names(self, thing: Any) -> set[str]:
        """By what a reference may name it."""
        if isinstance(thing, Person):
            return {shapes.wid(thing.id), self.shapes.candidate_id(thing)}
        if isinstance(thing, Job):
            return {shapes.wid(thing.id), thing.code}
        return {shapes.wid(thing.id), f"E-{self.shapes.seats[thing.id]}"}

    def _touched(self, thing: Any) -> datetime:
        mine = self.world.of_person(thing) if isinstance(thing, Person) else []
        times: list[datetime] = [thing.updated, *(held.updated for held in mine)]
        return max(times)

    def _drawn(self, thing: Any) -> str:
        if isinstance(thing, Person):
            return self.shapes.candidate(thing, set(self.faults.bad_rows.get("applications", {})))
        if isinstance(thing, Job):
            return self.shapes.job(thing)
        return self.shapes.worker(thing) if isinstance(thing, Staff) else shapes.source_row(thing)

    # Reports.

    def _report(self, request: Request) -> Answer:
        owner, name = request.path.rsplit("/", 2)[-2:]
        if name not in reports.REPORTS or owner != USER:
            raise Refused(404, b"<html>Not found</html>", {"Content-Type": "text/html"})
        if name in self.faults.denied:
            raise Refused(403, b"<html>Forbidden</html>", {"Content-Type": "text/html"})
        params = request.params
        if "xsds" in params:
            return Answer(200, reports.schema(reports.REPORTS[name]), XML)
        rows = self._report_rows(name, params)
        body, kind = reports.told(
            rows,
            style=params.get("format", "xml"),
            names=reports.REPORTS[name],
            is_odd=self.faults.odd_shapes,
        )
        return Answer(200, body, {"Content-Type": kind})

    def _report_rows(self, name: str, params: dict[str, str]) -> Iterable[Row]:
        draw: Callable[[Shapes, Any], Iterable[Row]]
        if name == "CRM_Requisition_Dates":
            wanted = set(params.get("Job_Requisitions!WID", "").split("!"))
            jobs = [job for job in self.world.jobs.values() if shapes.wid(job.id) in wanted]
            return (row for job in jobs for row in reports.requisition(self.shapes, job))
        draw = reports.history if name == "CRM_Application_History" else reports.interviews
        return (row for held in self._applications(params) for row in draw(self.shapes, held))

    def _applications(self, params: dict[str, str]) -> list[Application]:
        if "From_Moment" in params:
            begin, end = (datetime.fromisoformat(params[name]) for name in ("From_Moment", "To_Moment"))
            return [held for held in self.world.applications.values() if begin <= held.updated <= end]
        found = (
            self.world.applications.get(whole(one))
            for one in params.get("Job_Applications!WID", "").split("!")
        )
        return [held for held in found if held]

    # The message.

    def _parsed(self, request: Request) -> Any:
        if request.method != "POST" or "xml" not in request.headers.get("content-type", ""):
            raise fault("Client.validationError", "Invalid request")
        return etree.fromstring(request.raw)

    def _element(self) -> Any:
        return self.message.find("{*}Body")[0]

    def _operation(self) -> str:
        return str(etree.QName(self._element()).localname).removesuffix("_Request")

    def _words(self) -> dict[str, str]:
        found = self._element().find(f"{{{BSVC}}}Response_Filter")
        return {} if found is None else {str(etree.QName(one).localname): one.text or "" for one in found}

    def _said(self, name: str, *parts: str) -> Answer:
        return Answer(200, said(name, *parts), XML)

    def _writer(self) -> Writer:
        return Writer(self.world, self.shapes, self.files, self.now().replace(microsecond=0))

    # What the conformance suite asks of every vendor.

    def webhook(self, application: Application, secret: str) -> tuple[bytes, dict[str, str]]:
        """The customer's own integration names the candidate, by Basic authentication."""
        given = base64.b64encode(f"workday:{secret}".encode()).decode()
        body = {"id": self.world.new_id(), "candidates": [self.shapes.candidate_id(application.person)]}
        return json.dumps(body).encode(), {"Authorization": f"Basic {given}"}
