"""Every service is tried once, and the reports are held to their contract.

Where a right is missing Workday may answer with less instead of refusing: the first records are looked at.
"""

from functools import partial

from integrations.providers import fields
from integrations.providers.base import Check, Forbidden, Gone, Payload, Rejected, Right
from integrations.providers.checking import granted, tried
from integrations.providers.workday import reports, soap
from integrations.providers.workday.client import Client, people_group
from integrations.providers.workday.pushing import sources
from integrations.providers.workday.reports import Contract

# element of the data, domain, what it is for
_OF_PEOPLE = (
    ("Name_Data", "Candidate Data: Personal Information", "read names"),
    ("Contact_Data", "Candidate Data: Personal Information (contact)", "read addresses"),
    ("Job_Application_Data", "Candidate Data: Job Application", "read applications"),
)
_OF_JOBS = (
    ("Job_Requisition_Status_Reference", "Job Requisition Data", "read whether requisitions are open"),
    ("Role_Assignment_Data", "Job Requisition Data: roles", "name recruiters and hiring managers"),
)
# People without applications and requisitions without a team are nothing strange.
_OPTIONAL = ("Role_Assignment_Data", "Job_Application_Data")


def check(client: Client) -> Check:
    """Reads one of everything, and has one write refused for want of data."""
    jobs: list[Payload] = []
    people: list[Payload] = []
    rights = [
        tried(
            "Job Requisition Data: Get",
            "read requisitions",
            partial(_fill, jobs, client, "Get_Job_Requisitions"),
        ),
        tried(
            "Candidate Data: Get",
            "read candidates and applications",
            partial(_fill, people, client, "Get_Candidates"),
        ),
        tried(
            "Worker Data: Public Worker Reports: Get",
            "name recruiters and hiring managers",
            partial(client.page, "Get_Workers", count=1, service="Human_Resources"),
            is_required=False,
        ),
        tried("Candidate Data: Put", "push people", partial(_refused_write, client), is_required=False),
        *_elements(people, "Candidate_Data", _OF_PEOPLE),
        *_elements(jobs, "Job_Requisition_Data", _OF_JOBS),
    ]
    rights += [right for contract in reports.ALL for right in _report(client, contract)]
    found = tuple(sources(client)) if granted(rights, "Candidate Data: Get") else ()
    return Check(f"{client.tenant} ({client.version})", tuple(rights), found)


def _fill(found: list[Payload], client: Client, operation: str) -> None:
    group = people_group(client) if operation == "Get_Candidates" else None
    found += client.page(operation, group=group, count=5).rows


def _refused_write(client: Client) -> None:
    """A candidate without a name is never made: who has the right is told that the data are wrong."""
    client.write("Put_Candidate", soap.node("Candidate_Data"), adds_only=True)


def _elements(rows: list[Payload], inside: str, wanted: tuple[tuple[str, str, str], ...]) -> list[Right]:
    """What none of a few records has, nobody showed us. Without records there is nothing to tell."""
    held = {name for row in rows for name in fields.inner(row, inside)}
    return [
        Right(domain, purpose, name in held, is_required=name not in _OPTIONAL)
        for name, domain, purpose in (wanted if rows else ())
    ]


def _report(client: Client, contract: Contract) -> list[Right]:
    """Whether it is named, shared, and has the columns; its schema is read, none of its rows."""
    name = str(client.access.settings.get(contract.setting) or "")
    if not name:
        return [Right(f"no {contract.title}", contract.purpose, is_granted=False, is_required=False)]
    try:
        found = client.columns(name)
    except (Forbidden, Gone, Rejected):
        return [Right(f"report {name}, shared with us", contract.purpose, is_granted=False)]
    lacking = [column for column in contract.needed if column not in found]
    words = f": columns {', '.join(lacking)}" if lacking else ""
    return [Right(f"report {name}{words}", contract.purpose, is_granted=not lacking)]
