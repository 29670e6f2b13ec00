"""A job requisition with its row of the dates report → our requisition. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from integrations.policies import hiring_words, places
from integrations.providers import fields
from integrations.providers.base import Payload, RequisitionRecord
from integrations.providers.rows import Skipped, Unreadable
from integrations.providers.workday import mapping, people, reports
from integrations.providers.workday.client import several
from integrations.providers.workday.mapping import Context

STATUSES = {
    "OPEN": "open",
    "APPROVED": "open",
    "FROZEN": "on_hold",
    "FREEZE": "on_hold",
    "ON_HOLD": "on_hold",
    "CLOSED": "closed",
    "FILLED": "filled",
    "CANCELED": "cancelled",
    "CANCELLED": "cancelled",
    "DENIED": "cancelled",
}
_NOT_YET = ("PENDING", "IN_PROGRESS", "DRAFT")
_OURS = ("open", "on_hold", "closed", "filled", "cancelled")


def requisition(row: Payload, context: Context) -> RequisitionRecord:
    data = fields.inner(row, "Job_Requisition_Data")
    detail = fields.inner(data, "Job_Requisition_Detail_Data")
    limits = fields.inner(data, "Hiring_Requirement_Data")
    status = _status(data, context)
    told = context.dates.get(code(row)) or context.dates.get(
        mapping.identity(row, "Job_Requisition_Reference"), {}
    )
    title = fields.demand_text(detail, "Job_Posting_Title")
    department = mapping.descriptor(data, "Supervisory_Organization_Reference")
    location = mapping.descriptor(limits, "Primary_Location_Reference")
    manager, recruiter = _team(data, context), _team(data, context, is_recruiter=True)
    closed_at, filled_at = _ends(status, told)
    return RequisitionRecord(
        external_id=mapping.identity(row, "Job_Requisition_Reference"),
        updated_at=_at(told, "Last_Updated") or closed_at or _at(told, "On_Hold_From") or context.moment,
        title=title,
        code=code(row),
        status=status,
        openings=openings(detail, told),
        department=department,
        location=location,
        country=places.place(location).country,
        role_family=hiring_words.family(department, title),
        seniority=hiring_words.seniority(title),
        skills=(),
        hiring_manager_email=reports.value(told, "Hiring_Manager_Email").lower()
        or people.worker_email(manager),
        hiring_manager_name=reports.value(told, "Hiring_Manager") or people.worker_name(manager),
        recruiter_email=reports.value(told, "Recruiter_Email").lower() or people.worker_email(recruiter),
        opened_at=_at(told, "Opened") or mapping.when(limits, "Recruiting_Start_Date"),
        approved_at=_at(told, "Approved"),
        closed_at=closed_at,
        filled_at=filled_at,
        holds=_holds(told),
    )


def code(row: Payload) -> str:
    """The number people know it by; older versions tell it in the reference only."""
    data = fields.inner(row, "Job_Requisition_Data")
    reference = fields.inner(row, "Job_Requisition_Reference")
    return fields.text(data, "Job_Requisition_ID") or str(reference.get("Job_Requisition_ID") or "")


def team_ids(row: Payload) -> Iterator[tuple[str, str]]:
    """Ids of whoever has a role: of positions as a rule, of workers where the tenant says so."""
    for role in several(fields.inner(row, "Job_Requisition_Data"), "Role_Assignment_Data"):
        for holder in several(role, "Role_Assignee_Reference") if isinstance(role, dict) else ():
            if isinstance(holder, dict):
                kinds = ("Position_ID", "Employee_ID", "Contingent_Worker_ID")
                found = ((kind, str(holder[kind])) for kind in kinds if holder.get(kind))
                yield from list(found)[:1]


def own_statuses(text: str) -> dict[str, str]:
    """`JR_PARKED=on_hold, JR_LIVE=open` as a table; what is no status of ours is left out."""
    pairs = (part.partition("=") for part in text.replace(";", ",").split(","))
    return {
        theirs.strip().upper(): ours.strip().casefold()
        for theirs, _, ours in pairs
        if ours.strip().casefold() in _OURS
    }


def openings(detail: Payload, told: Payload) -> int:
    for text in (reports.value(told, "Openings_Total"), fields.text(detail, "Positions_Allocated")):
        try:
            return max(0, int(float(text)))
        except ValueError:
            continue
    return 1


def is_open(row: Payload, statuses: Mapping[str, str]) -> bool:
    """Whether it takes applications: open, and not closed to recruiting."""
    data = fields.inner(row, "Job_Requisition_Data")
    available = fields.inner(data, "Job_Requisition_Detail_Data").get("Available_for_Recruiting", "1")
    try:
        return _judged(data, statuses) == "open" and mapping.is_true(available)
    except (Skipped, Unreadable):
        return False


def _status(data: Payload, context: Context) -> str:
    return _judged(data, context.statuses)


def _judged(data: Payload, own: Mapping[str, str]) -> str:
    reference = fields.inner(data, "Job_Requisition_Status_Reference")
    told = str(reference.get("Job_Requisition_Status_ID") or "").upper()
    words = fields.text(reference, "Descriptor").upper().replace(" ", "_")
    for word in (told, words):
        if word in _NOT_YET and word not in own:
            raise Skipped("not approved yet")
        if found := own.get(word) or STATUSES.get(word):
            return found
    raise Unreadable(f"status is “{told or words}”, which has no counterpart: name it in the connection")


def _team(data: Payload, context: Context, *, is_recruiter: bool = False) -> Payload:
    """The worker in the role; an evergreen tenant may call it Primary Recruiter or Hiring Manager."""
    for role in several(data, "Role_Assignment_Data"):
        words = str(role.get("Role_Reference") if isinstance(role, dict) else "").casefold()
        if ("recruit" in words) is not is_recruiter or (not is_recruiter and "manager" not in words):
            continue
        for holder in several(role, "Role_Assignee_Reference"):
            ids = [str(text) for text in holder.values()] if isinstance(holder, dict) else []
            if found := next((context.workers[one] for one in ids if one in context.workers), None):
                return found
    return {}


def _ends(status: str, told: Payload) -> tuple[datetime | None, datetime | None]:
    """Only where it has ended: a requisition that was opened again keeps old dates in some reports."""
    if status not in ("closed", "filled", "cancelled"):
        return None, None
    filled = _at(told, "Filled")
    closed = _at(told, "Closed") or filled
    return closed, (filled or closed) if status == "filled" else None


def _holds(told: Payload) -> tuple[tuple[datetime, datetime | None], ...]:
    """Times on hold, one or several, side by side in the two columns."""
    begins = reports.texts(told, "On_Hold_From")
    ends = reports.texts(told, "On_Hold_To")
    found = []
    for number, text in enumerate(begins):
        began = mapping.moment(text, "On_Hold_From")
        ended = mapping.moment(ends[number], "On_Hold_To") if number < len(ends) else None
        if began:
            found.append((began, ended))
    return tuple(found)


def _at(told: Payload, name: str) -> datetime | None:
    text = reports.value(told, name)
    return mapping.moment(text, name) if text else None
