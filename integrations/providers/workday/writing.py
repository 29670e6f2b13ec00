"""What a push writes, as Workday's elements in the order of its schema. Pure."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from integrations.providers.base import File, Person
from integrations.providers.workday import soap

SOURCE_TYPE = "Applicant_Source_ID"
STAGE = "REVIEW"
_WID = re.compile(r"[0-9a-f]{32}")


def key_of(person: Person) -> str:
    """Our id of a person we make there: the same person again has the same, which Workday refuses."""
    sign = next(iter(person.emails), "") or f"{person.full_name}{person.phones}"
    return f"RK-{hashlib.sha256(sign.casefold().encode()).hexdigest()[:16]}"


def reference(thing: str, number: str) -> Any:
    """A reference by WID, or by the thing's own id where the number is none."""
    return soap.reference(f"{thing}_Reference", kind_of(thing, number), number)


def kind_of(thing: str, number: str) -> str:
    return "WID" if _WID.fullmatch(number) else f"{thing}_ID"


def person(whom: Person) -> list[Any]:
    """Id, name and contact of a new candidate. Workday keeps one address and one number of a person."""
    names = {"First_Name": whom.first_name, "Last_Name": whom.last_name}
    detail = soap.node("Name_Detail_Data", *(soap.node(name, text) for name, text in names.items() if text))
    contact: list[Any] = []
    if whom.phones:
        contact.append(soap.reference("Phone_Device_Type_Reference", "Phone_Device_Type_ID", "Mobile"))
        contact.append(soap.node("Phone_Number", whom.phones[0]))
    contact += [soap.node("Email_Address", email) for email in whom.emails[:1]]
    contact += [soap.node("Website_Data", soap.node("URL_Address", link)) for link in whom.links]
    return [
        soap.node("Candidate_ID", key_of(whom)),
        soap.node("Name_Data", soap.node("Legal_Name", detail)),
        soap.node("Contact_Data", *contact),
    ]


def application(whom: Person, requisition_id: str, *, stage: str, source: str) -> Any:
    """The application. What they do now is left to the CV: the schema wants a year it began."""
    applied = soap.node(
        "Job_Applied_To_Data",
        soap.node("Job_Application_ID", f"{key_of(whom)}-{requisition_id[:16]}"),
        reference("Job_Requisition", requisition_id),
        soap.reference("Stage_Reference", "Recruiting_Stage_ID", stage or STAGE),
        soap.reference("Source_Reference", SOURCE_TYPE, source) if source else None,
    )
    return soap.node("Job_Application_Data", applied)


def tags(held: Sequence[str], ours: str) -> list[Any]:
    """Those there are, and ours: whether a Put adds to them or replaces them is not documented."""
    return [soap.reference("Candidate_Tag_Reference", "WID", wid) for wid in dict.fromkeys([*held, ours])]


def attachment(application_id: str, file: File, comment: str) -> Any:
    """A file of the application, under an id made of its content."""
    digest = hashlib.sha256(application_id.encode() + file.content).hexdigest()[:24]
    told = soap.node(
        "Attachment_Data",
        soap.node("ID", f"RK-{digest}"),
        soap.node("Filename", file.name),
        soap.node("File_Content", base64.b64encode(file.content).decode()),
        soap.reference("Mime_Type_Reference", "Content_Type_ID", file.content_type or "text/plain"),
        soap.node("Comment", comment),
    )
    return soap.node("Job_Application_Attachment_Data", reference("Job_Application", application_id), told)
