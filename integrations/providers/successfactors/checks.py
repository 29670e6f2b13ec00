"""Every entity is asked for one row. A narrow target population shows as fewer rows, not as an error."""

from functools import partial

from integrations.providers.base import Check, Right
from integrations.providers.checking import granted, tried
from integrations.providers.successfactors.client import Client
from integrations.providers.successfactors.pushing import SOURCES

# entity, the right in SuccessFactors' words, what it is for, required
NEEDED = (
    ("JobRequisition", "OData API Job Requisition Export", "read requisitions", True),
    ("Candidate", "OData API Candidate Export", "read people", True),
    ("JobApplication", "OData API Application Export", "read applications", True),
    ("JobApplicationStatusAuditTrail", "OData API Application Audit Export", "read stage history", True),
    ("OfferLetter", "OData API Offer Letter Export", "read offers", True),
    ("JobOffer", "OData API Job Offer Export", "count offers still being approved", False),
    ("JobApplicationInterview", "OData API Application Interview Export", "show interviews", False),
    ("User", "User OData entity: export", "name recruiters and hiring managers", False),
)
WRITTEN = (
    ("Candidate", "OData API Candidate Create and Update", "push people", True),
    ("JobApplication", "OData API Application Create and Update", "push applications with the CV", True),
    ("JobApplicationComments", "OData API Comments Create", "leave a note with a push", False),
    ("CandidateTags", "OData API Candidate Tags Create", "tag pushed people", False),
)
COVERED = "Target population"


def check(client: Client) -> Check:
    """Reads one row of every list; what may be written is told by the metadata."""
    client.forget_schema()
    schema = client.schema
    rights = [
        tried(name, purpose, partial(_row, client, entity), is_required=required)
        if schema.knows(entity)
        else Right(name, purpose, is_granted=False, is_required=required)
        for entity, name, purpose, required in NEEDED
    ]
    rights += [
        Right(name, purpose, is_granted=schema.can_write(entity), is_required=required)
        for entity, name, purpose, required in WRITTEN
    ]
    if granted(rights, NEEDED[0][1]):
        purpose = (
            "see requisitions at all: the list came back empty" if not _row(client, "JobRequisition") else ""
        )
        rights.append(
            Right(COVERED, purpose or "see requisitions", is_granted=not purpose, is_required=False)
        )
    return Check(f"{client.company} ({client.subject.user_id})", tuple(rights), SOURCES)


def _row(client: Client, entity: str) -> object:
    body = client.json(client.get(f"/{entity}", {"$format": "json", "$top": "1"}))
    held = body.get("d") if isinstance(body, dict) else None
    return (held.get("results") if isinstance(held, dict) else held) or []
