"""Writes to the simulated tenant: the schema's order, Workday's own refusals, ids that may be given once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from tests.simulators.server import Refused
from tests.simulators.workday_shapes import BSVC, TAG_WID, Shapes, el, source_id, text, wid
from tests.simulators.world import SOURCES, Application, Job, Person, World

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
HEAD = f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body>'
TAIL = "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
# The order of the schema, of what is looked at here.
ORDER = {
    "Put_Candidate_Request": ("Candidate_Reference", "Candidate_Data"),
    "Candidate_Data": (
        *("Candidate_ID", "Name_Data", "Contact_Data", "Social_Media_Account_Data", "Status_Data"),
        *("Job_Application_Data", "Prospect_Data", "Candidate_Tag_Reference"),
    ),
    "Contact_Data": (
        *("Phone_Device_Type_Reference", "Country_Phone_Code_Reference", "Phone_Number", "Email_Address"),
        *("Website_Data", "Location_Data"),
    ),
    "Job_Applied_To_Data": (
        *("Job_Application_ID", "Job_Requisition_Reference", "Job_Application_Date", "Stage_Reference"),
        *("Source_Reference",),
    ),
    "Attachment_Data": ("ID", "Filename", "File_Content", "Mime_Type_Reference", "Comment"),
}
TAGS = {TAG_WID: "rekindle"}


def said(name: str, *parts: str) -> bytes:
    return (
        f'{HEAD}<wd:{name} xmlns:wd="{BSVC}" wd:version="v45.2">{"".join(parts)}</wd:{name}>{TAIL}'.encode()
    )


def fault(code: str, words: str, *messages: str) -> Refused:
    """A SOAP 1.1 fault, with HTTP 500 whatever it is about."""
    errors = "".join(el("Validation_Error", text("Message", message)) for message in messages)
    detail = f"<detail>{el('Validation_Fault', errors)}</detail>" if messages else ""
    inner = f"<faultcode>SOAP-ENV:{code}</faultcode><faultstring>{escape(words)}</faultstring>{detail}"
    body = f'{HEAD}<SOAP-ENV:Fault xmlns:wd="{BSVC}">{inner}</SOAP-ENV:Fault>{TAIL}'
    return Refused(500, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})


def invalid(message: str) -> Refused:
    return fault("Client.validationError", f"Validation error occurred. {message}", message)


@dataclass
class Writer:
    """One Put into the world."""

    world: World
    shapes: Shapes
    files: dict[str, str]
    now: datetime

    def put(self, operation: str, asked: Any) -> bytes:
        in_order(asked)
        adds_only = asked.get(f"{{{BSVC}}}Add_Only") == "true"
        if operation == "Put_Candidate":
            return self._candidate(asked, adds_only)
        return self._attachment(asked, adds_only)

    def _candidate(self, asked: Any, adds_only: bool) -> bytes:
        data = child(asked, "Candidate_Data")
        reference = child(asked, "Candidate_Reference")
        person = self._person(id_of(reference)) if reference is not None else None
        if person is not None and adds_only:
            raise invalid("The Web Service is set to Add Only, but the Candidate already exists.")
        person = person or self._made(data)
        told = [self._apply(person, one) for one in data.iter(f"{{{BSVC}}}Job_Applied_To_Data")]
        if tags := [id_of(one) for one in data.findall(f"{{{BSVC}}}Candidate_Tag_Reference")]:
            person.tags = [TAGS[one] for one in tags]
        answers = (
            el(
                "Candidate_Job_Application_Data",
                self.shapes.application_ref(held),
                self.shapes.job_ref(held.job),
            )
            for held in told
        )
        return said("Put_Candidate_Response", self.shapes.candidate_ref(person), *answers)

    def _made(self, data: Any) -> Person:
        first, last, email = (words(data, name) for name in ("First_Name", "Last_Name", "Email_Address"))
        if not first and not last:
            raise invalid("Candidate name is required when adding a candidate.")
        if not email and not words(data, "Phone_Number"):
            raise invalid("Candidate phone number or email address is required when adding a candidate.")
        if (
            data.find(f"{{{BSVC}}}Job_Application_Data") is None
            and data.find(f"{{{BSVC}}}Prospect_Data") is None
        ):
            raise invalid("Job Application Data or Prospect Data is required when adding a candidate.")
        own = words(data, "Candidate_ID")
        if own in self.shapes.ids.values():
            raise invalid("A Candidate with that ID already exists.")
        person = self.world.add_person(first=first, last=last, email=email, at=self.now)
        self.shapes.ids[person.id] = own
        return person

    def _apply(self, person: Person, asked: Any) -> Application:
        job = self._job(id_of(child(asked, "Job_Requisition_Reference")))
        if any(held.job is job for held in self.world.of_person(person)):
            raise invalid(f"{person.first} {person.last} has already applied to {job.code}")
        if job.status != "open":
            raise invalid("The Job Requisition is not open.")
        stage = child(asked, "Stage_Reference")
        if stage is None or id_of(stage) != "REVIEW":
            raise invalid("Stage is required.")
        source = child(asked, "Source_Reference")
        names = {source_id(name): name for name in SOURCES}
        told = names[id_of(source)] if source is not None else "Unknown"
        held = self.world.add_application(person, job, source=told, at=self.now)
        self.shapes.ids[held.id] = words(asked, "Job_Application_ID")
        return held

    def _attachment(self, asked: Any, adds_only: bool) -> bytes:
        person = self._person(id_of(child(asked, "Candidate_Reference")))
        for one in asked.iter(f"{{{BSVC}}}Job_Application_Attachment_Data"):
            number = id_of(child(one, "Job_Application_Reference"))
            held = next((held for held in self.world.of_person(person) if wid(held.id) == number), None)
            if held is None:
                raise invalid("The job application is not one of this candidate.")
            file = child(one, "Attachment_Data")
            own, name = words(file, "ID"), words(file, "Filename")
            if own in self.files and adds_only:
                raise invalid("File ID for the attachment already in use.")
            self.files[own] = name
            if name.endswith(".txt"):
                held.notes.append(words(one, "Comment"))
            else:
                person.files.append(name)
        return said("Put_Candidate_Attachment_Response", self.shapes.candidate_ref(person))

    def _person(self, number: str) -> Person:
        found = self.world.people.get(whole(number))
        named = (one for one in self.world.people.values() if self.shapes.candidate_id(one) == number)
        person = found or next(named, None)
        if person is None:
            raise invalid("Invalid ID value.")
        return person

    def _job(self, number: str) -> Job:
        found = self.world.jobs.get(whole(number))
        job = found or next((one for one in self.world.jobs.values() if one.code == number), None)
        if job is None:
            raise invalid("Invalid ID value.")
        return job


def in_order(element: Any) -> None:
    """Elements out of the schema's order, or unknown to it, are refused as Workday's validation would."""
    known = ORDER.get(etree.QName(element).localname)
    names = [etree.QName(one).localname for one in element]
    if known is not None:
        places = [known.index(name) if name in known else -1 for name in names]
        if -1 in places or places != sorted(places):
            raise fault(
                "Client.validationError", f"Validation error occurred. Element order in {element.tag}"
            )
    for one in element:
        in_order(one)


def child(element: Any, name: str) -> Any:
    return element.find(f"{{{BSVC}}}{name}")


def words(element: Any, name: str) -> str:
    found = next(element.iter(f"{{{BSVC}}}{name}"), None)
    return (found.text or "") if found is not None else ""


def id_of(reference: Any) -> str:
    return str(reference[0].text)


def whole(number: str) -> str:
    """The world's id of a WID."""
    try:
        return str(uuid.UUID(number))
    except ValueError:
        return number
