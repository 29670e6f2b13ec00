"""The three reports of the contract, as the customer's report writer would answer them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from tests.simulators.server import Row
from tests.simulators.workday_shapes import PACIFIC, STAGE_IDS, STAGE_WORDS, STEPS, Shapes, wid
from tests.simulators.world import REASONS, Application, Job

HISTORY = (
    *("Job_Application_ID", "Candidate_ID", "Job_Req_ID", "Stage_ID", "Stage", "Step", "Stage_Entered"),
    *("Disposition_Reason", "Offer_Sent", "Offer_Accepted", "Offer_Declined", "Hire_Date"),
)
REQUISITIONS = (
    *("Job_Req_ID", "Opened", "Approved", "Closed", "Filled", "On_Hold_From", "On_Hold_To"),
    *("Openings_Total", "Last_Updated"),
)
INTERVIEWS = (
    *("Interview_ID", "Job_Application_ID", "Interview", "Scheduled_On", "Starts", "Interviewers"),
    *("Feedback_ID", "Feedback_By", "Feedback_Submitted", "Rating"),
)
REPORTS = {
    "CRM_Application_History": HISTORY,
    "CRM_Requisition_Dates": REQUISITIONS,
    "CRM_Interviews": INTERVIEWS,
}


def said(at: datetime | None) -> str:
    """Texts only, with six digits; empty instead of null."""
    return at.astimezone(PACIFIC).isoformat(timespec="microseconds") if at else ""


def history(shapes: Shapes, held: Application) -> Iterator[Row]:
    offer = held.offer
    resolved = said(offer.resolved) if offer else ""
    whole = {
        "Job_Application_ID": shapes.application_id(held),
        "Candidate_ID": shapes.candidate_id(held.person),
        "Job_Req_ID": held.job.code,
        "Disposition_Reason": REASONS[held.reason][0] if held.reason is not None else "",
        "Offer_Sent": said(offer.extended) if offer else "",
        "Offer_Accepted": resolved if offer and offer.status == "accepted" else "",
        "Offer_Declined": resolved if offer and offer.status == "declined" else "",
        "Hire_Date": said(held.ended) if held.outcome == "hired" else "",
    }
    for number, at in held.steps:
        stay = {"Stage_ID": STAGE_IDS[number], "Stage": STAGE_WORDS[number], "Step": STEPS[number]}
        yield whole | stay | {"Stage_Entered": said(at)}


def requisition(shapes: Shapes, job: Job) -> Iterator[Row]:
    yield {
        "Job_Req_ID": job.code,
        "Opened": said(job.opened),
        "Approved": said(job.approved),
        "Closed": said(job.closed),
        "Filled": said(job.closed if job.status == "filled" else None),
        "On_Hold_From": said(job.held),
        "On_Hold_To": "",
        "Openings_Total": str(job.openings),
        "Last_Updated": said(job.updated),
    }


def interviews(shapes: Shapes, held: Application) -> Iterator[Row]:
    for one in held.meetings:
        who = f"{one.interviewer.first} {one.interviewer.last}"
        yield {
            "Interview_ID": wid(one.id),
            "Job_Application_ID": shapes.application_id(held),
            "Interview": one.title,
            "Scheduled_On": said(one.scheduled),
            "Starts": said(one.starts),
            "Interviewers": [{"value": who}],
            "Feedback_ID": f"F-{wid(one.id)}",
            "Feedback_By": who,
            "Feedback_Submitted": said(one.submitted),
            "Rating": one.rating,
        }


def told(rows: Iterable[Row], *, style: str, names: tuple[str, ...], is_odd: bool) -> tuple[Any, str]:
    """The body and its type. Without rows there may be no key at all, and no empty columns."""
    listed = list(rows)
    if style == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows({name: _flat(value) for name, value in row.items()} for row in listed)
        return out.getvalue().encode(), "text/csv; charset=utf-8"
    if is_odd:
        slim = [{name: value for name, value in row.items() if value} for row in listed]
        return ({"Report_Entry": slim} if slim else {}), "application/json"
    return {"Report_Entry": listed}, "application/json"


def schema(names: tuple[str, ...]) -> bytes:
    elements = "".join(f'<xsd:element name="{name}" type="xsd:string" minOccurs="0"/>' for name in names)
    head = (
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:complexType name="Report_EntryType">'
    )
    return f"{head}<xsd:sequence>{elements}</xsd:sequence></xsd:complexType></xsd:schema>".encode()


def _flat(value: Any) -> str:
    return ";".join(one["value"] for one in value) if isinstance(value, list) else str(value)
