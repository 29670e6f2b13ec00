"""SmartRecruiters, by its Customer API."""

from integrations.providers.base import Option, Reading, Vendor
from integrations.providers.options import (
    API_ADDRESS,
    TOLD_OF_CANDIDATES,
    TOLD_OF_REQUISITIONS,
    oauth_instead_of_a_key,
)

VENDOR = Vendor(
    kind="smartrecruiters",
    name="SmartRecruiters",
    path="integrations.providers.smartrecruiters.connector.SmartRecruitersConnector",
    how_to=(
        "In SmartRecruiters: Settings › Apps & Integrations › Credentials › New. An API key has every right; "
        "OAuth credentials also need a system role that sees all jobs, or records are missing without a word."
    ),
    options=(
        Option("api_key", "API key", "Blank when you sign in with OAuth.", is_secret=True),
        *oauth_instead_of_a_key("Only for a partner app; renewed by itself."),
        Option(
            "webhook_secret",
            "Webhook secret key",
            "“Set up webhooks” fetches one; or the secret key of the subscription you made.",
            is_secret=True,
        ),
        API_ADDRESS,
        Option(
            "requests_per_second",
            "Requests a second",
            "Per address; blank: 8 of the 10 allowed.",
            is_number=True,
            group="Rare settings",
        ),
    ),
    sign_ins=(("api_key",), ("client_id", "client_secret")),
    rights=(
        ("candidates_read, candidates_status_read", "people, their applications and status history"),
        ("candidates_create, candidates_manage", "pushes with note, tag and CV"),
        ("candidates_offers_read", "offers"),
        ("jobs_read", "requisitions with their history, team and positions"),
        ("configuration_read", "names of reasons and sources"),
        ("users_read", "recruiters and hiring managers"),
        ("webhooks_manage", "changes within seconds; optional"),
    ),
    stages=(
        ("lead", "applied"),
        ("new", "applied"),
        ("in review", "screening"),
        ("interview", "interview"),
        ("offered", "offer"),
    ),
    hook_headers=("event-name", "event-version", "event-id", "Link", "smartrecruiters-timestamp"),
    hook_status=202,
    hook_greeting="X-Hook-Secret",
    subscribes=True,
    reads=(
        Reading("candidate", "current_title", "Present job: title"),
        Reading("candidate", "current_company", "Present job: company"),
        Reading("candidate", "city", "Location: city"),
        Reading("candidate", "region", "Location: region"),
        Reading("candidate", "country", "Location: country"),
        Reading("candidate", "tags", "Tags", "tags"),
        *TOLD_OF_CANDIDATES,
        Reading("application", "source", "Source", "source"),
        Reading("requisition", "code", "Reference number", "refNumber"),
        Reading("requisition", "department", "Department", "department"),
        Reading("requisition", "location", "Location"),
        Reading("requisition", "country", "Location: country"),
        *TOLD_OF_REQUISITIONS,
    ),
)
