"""Lever, by its API v1."""

from integrations.providers.base import Option, Reading, Vendor
from integrations.providers.options import TOLD_OF_CANDIDATES, TOLD_OF_REQUISITIONS, oauth_instead_of_a_key

VENDOR = Vendor(
    kind="lever",
    name="Lever",
    path="integrations.providers.lever.connector.LeverConnector",
    how_to=(
        "In Lever: Settings › Integrations and API › API credentials › Generate new key. Allow confidential "
        "data when you make the key, it cannot be added later. Partner apps sign in with OAuth instead: give "
        "client id, client secret and refresh token."
    ),
    options=(
        Option("api_key", "API key", "Blank when you sign in with OAuth.", is_secret=True),
        *oauth_instead_of_a_key("Only for OAuth; renewed by itself."),
        Option("user_id", "Acting user id", "The id of the Lever user pushes are made as; an active one."),
        Option(
            "webhook_secret",
            "Webhook signature tokens",
            "One per webhook, with blanks between. “Set up webhooks” fills them in.",
            is_secret=True,
        ),
        Option("base_url", "API address", "EU accounts: https://api.eu.lever.co", is_url=True),
        Option(
            "auth_url",
            "Sign-in address",
            "Only when it differs, for a sandbox.",
            is_url=True,
            group="Rare settings",
        ),
        Option(
            "requests_per_second",
            "Requests a second",
            "Blank: 8 of the 10 allowed.",
            is_number=True,
            group="Rare settings",
        ),
    ),
    sign_ins=(("api_key",), ("client_id", "client_secret", "refresh_token")),
    rights=(
        ("Opportunities, contacts: read and write", "people and their applications, pushes"),
        ("Applications, postings, requisitions: read", "requisitions and who applied where"),
        ("Stages, archive reasons, sources, tags, users: read", "names for what the rest refers to"),
        ("Offers, interviews, panels, feedback: read", "offers with dates, interviews, scorecards"),
        ("Notes, files: write", "a note and the CV with a push"),
        ("Webhooks: write", "changes within seconds instead of minutes; optional"),
        ("Confidential data", "confidential postings and people; optional"),
    ),
    subscribes=True,
    reads=(
        Reading("candidate", "current_title", "Headline: title", "headline"),
        Reading("candidate", "current_company", "Headline: company"),
        Reading("candidate", "city", "Location: city"),
        Reading("candidate", "region", "Location: region"),
        Reading("candidate", "country", "Location: country"),
        *TOLD_OF_CANDIDATES,
        Reading("application", "source", "Sources, else origin", "sources"),
        Reading("requisition", "code", "Requisition code", "requisitionCode"),
        Reading("requisition", "department", "Department"),
        Reading("requisition", "location", "Location"),
        Reading("requisition", "country", "Location: country"),
        *TOLD_OF_REQUISITIONS,
    ),
)
