"""Ashby, by its API."""

from integrations.providers.base import Option, Reading, Vendor
from integrations.providers.options import API_ADDRESS, TOLD_OF_CANDIDATES, TOLD_OF_REQUISITIONS

VENDOR = Vendor(
    kind="ashby",
    name="Ashby",
    path="integrations.providers.ashby.connector.AshbyConnector",
    how_to=(
        "In Ashby: Admin › API Keys › New. Besides the modules, switch on confidential jobs and projects and "
        "non-offer private fields: without them records are missing and nobody says so."
    ),
    options=(
        Option("api_key", "API key", is_secret=True, is_required=True),
        Option("user_id", "Credited user id", "Whom pushed people are credited to. Blank: nobody."),
        Option(
            "webhook_secret",
            "Webhook secret",
            "“Set up webhooks” makes one; or the secret token of the webhooks you made in Ashby.",
            is_secret=True,
        ),
        API_ADDRESS,
        Option(
            "requests_per_second", "Requests a second", "Blank: 8.", is_number=True, group="Rare settings"
        ),
    ),
    rights=(
        ("Candidates: read and write", "people, their applications and history, pushes"),
        ("Jobs: read", "requisitions and openings"),
        ("Interviews: read", "interviews and scorecards"),
        ("Hiring process metadata: read", "names of stages, reasons, sources and tags"),
        ("Hiring process metadata: write", "the tag pushed people get; optional"),
        ("Organization: read", "recruiters, hiring managers, departments, locations"),
        ("Offers: read", "offers with dates"),
        ("Approvals: read", "when requisitions and offers were approved; optional"),
        ("API keys: write", "changes within seconds through webhooks; optional"),
    ),
    hook_headers=("Ashby-Signature",),
    subscribes=True,
    reads=(
        Reading("candidate", "current_title", "Position", "position"),
        Reading("candidate", "current_company", "Company", "company"),
        Reading("candidate", "city", "Location: city"),
        Reading("candidate", "region", "Location: region"),
        Reading("candidate", "country", "Location: country"),
        Reading("candidate", "time_zone", "Time zone", "timezone"),
        Reading("candidate", "tags", "Tags", "tags"),
        *TOLD_OF_CANDIDATES,
        Reading("application", "source", "Source", "source"),
        Reading("requisition", "code", "Requisition id", "customRequisitionId"),
        Reading("requisition", "department", "Department"),
        Reading("requisition", "location", "Location"),
        Reading("requisition", "country", "Location: country"),
        *TOLD_OF_REQUISITIONS,
    ),
    takes_own_fields=True,
)
