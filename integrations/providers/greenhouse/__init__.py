"""Greenhouse, by its Harvest API v3."""

from integrations.providers.base import Option, Reading, Vendor
from integrations.providers.options import API_ADDRESS, TOLD_OF_CANDIDATES, TOLD_OF_REQUISITIONS

VENDOR = Vendor(
    kind="greenhouse",
    name="Greenhouse",
    path="integrations.providers.greenhouse.connector.GreenhouseConnector",
    how_to="In Greenhouse: Configure › Dev Center › API Credential Management › create “Harvest V3 (OAuth)”.",
    rights=(
        ("Users, jobs, openings, hiring team, approvals: list", "requisitions, their people and dates"),
        ("Candidates, applications, application stages: list", "people and their history"),
        ("Rejection details and reasons, offers: list", "why and how applications ended"),
        ("Sources, departments, offices, stages: list", "names for what the rest refers to"),
        ("Candidates, applications, notes, tags, attachments: create", "pushes"),
        ("An acting user who is a Site Admin", "without it lists are empty"),
    ),
    options=(
        Option("client_id", "Client id", is_secret=True, is_required=True),
        Option("client_secret", "Client secret", is_secret=True, is_required=True),
        Option(
            "user_id",
            "Acting user id",
            "The number of the Greenhouse user we act as; a Site Admin. Blank: the credential's own user.",
            is_number=True,
        ),
        Option(
            "webhook_secret",
            "Webhook secret",
            "The secret key of the webhook in Greenhouse. Blank: changes arrive with the next sync.",
            is_secret=True,
        ),
        API_ADDRESS,
        Option(
            "auth_url",
            "Sign-in address",
            "Only when it differs from the API address.",
            is_url=True,
            group="Rare settings",
        ),
    ),
    reads=(
        Reading("candidate", "current_title", "Title", "title"),
        Reading("candidate", "current_company", "Company", "company"),
        Reading("candidate", "city", "Address: city"),
        Reading("candidate", "region", "Address: region"),
        Reading("candidate", "country", "Address: country"),
        Reading("candidate", "time_zone", "Time zone", "time_zone"),
        Reading("candidate", "tags", "Tags", "tags"),
        Reading("candidate", "skills", "Skills (own field)", "custom_fields.skills"),
        *TOLD_OF_CANDIDATES,
        Reading("application", "source", "Source"),
        Reading("requisition", "code", "Requisition id", "requisition_id"),
        Reading("requisition", "department", "Department"),
        Reading("requisition", "location", "Office"),
        Reading("requisition", "country", "Office: country"),
        Reading("requisition", "skills", "Skills (own field)", "custom_fields.skills"),
        *TOLD_OF_REQUISITIONS,
    ),
    takes_own_fields=True,
)
