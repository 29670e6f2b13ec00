"""SAP SuccessFactors Recruiting, by its OData API v2."""

from integrations.providers.base import Option, Reading, Vendor
from integrations.providers.options import TOLD_OF_CANDIDATES, TOLD_OF_REQUISITIONS

VENDOR = Vendor(
    kind="successfactors",
    name="SAP SuccessFactors",
    path="integrations.providers.successfactors.connector.SuccessFactorsConnector",
    how_to=(
        "In SuccessFactors: Admin Center › Manage OAuth2 Client Applications › Register, with the X.509 "
        "certificate of the private key below. Give a user of its own the rights listed here in Manage "
        "Permission Roles, with a target population that covers every requisition and candidate: what lies "
        "outside of it is missing without a word. Set this user's language to English. Add our addresses "
        "under Password & Login Policy Settings › API login exceptions. Signing in with a password ended in "
        "November 2026."
    ),
    options=(
        Option(
            "base_url",
            "API address",
            "The API server of your data centre, such as https://api4.successfactors.com; not the address "
            "people sign in at.",
            is_url=True,
            is_required=True,
        ),
        Option("company_id", "Company id", "Upper and lower case count.", is_required=True),
        Option("user_id", "User id", "The user whose rights we work with.", is_required=True),
        Option(
            "client_id",
            "API key",
            "Shown when you view the registered application.",
            is_secret=True,
            is_required=True,
        ),
        Option(
            "private_key",
            "Private key",
            "The whole file, or the text between its BEGIN and END lines. A certificate in it goes along.",
            is_secret=True,
            is_required=True,
            is_long=True,
        ),
        Option(
            "webhook_secret",
            "Webhook password",
            "For an Integration Center job that tells us of changes, with basic authentication. The address "
            "it calls stands on the connection's page once this is saved.",
            is_secret=True,
        ),
        Option(
            "default_country",
            "Country where none is known",
            "Two letters. SuccessFactors takes nobody without a country; blank: the push lists them.",
            group="What a push needs and nobody here may have",
        ),
        Option(
            "default_phone",
            "Phone number where none is known",
            "SuccessFactors takes nobody without one; blank: the push lists them.",
            group="What a push needs and nobody here may have",
        ),
        Option(
            "record_url",
            "Address of a candidate",
            "As you open one in the browser, with {candidate} in place of the number. For links on receipts.",
            is_url=True,
            group="Rare settings",
        ),
        Option(
            "requests_per_second", "Requests a second", "Blank: 10.", is_number=True, group="Rare settings"
        ),
    ),
    rights=(
        ("OData API Job Requisition Export", "requisitions with their titles, operators and postings"),
        ("OData API Candidate Export", "people"),
        ("OData API Application Export", "applications with their status"),
        ("OData API Application Audit Export", "stage history with its dates"),
        ("OData API Job Offer Export, OData API Offer Letter Export", "offers with dates"),
        ("OData API Application Interview Export", "interviews and assessments; optional"),
        ("User OData entity: export", "recruiters and hiring managers"),
        ("OData API Candidate Create, OData API Candidate Update", "pushes, and the tag on them"),
        ("OData API Application Create, OData API Application Update", "pushes with the CV"),
        ("OData API Comments Create", "a note with a push; optional"),
        (
            "OData API Application Create and Update Validation Bypass for Required Fields",
            "pushes although your templates ask for more; optional",
        ),
    ),
    stages=(
        ("new application", "applied"),
        ("default", "applied"),
        ("forwarded", "applied"),
        ("invited to apply", "applied"),
    ),
    every_minutes=60,
    reads=(
        Reading("candidate", "current_title", "Current title", "currentTitle"),
        Reading("candidate", "current_company", "Current company", "currentCompany"),
        Reading("candidate", "city", "City", "city"),
        Reading("candidate", "region", "State or province", "stateProvince"),
        Reading("candidate", "country", "Country", "country"),
        Reading("candidate", "tags", "Tags", "tags"),
        Reading("candidate", "skills", "Own fields named “skill”"),
        *TOLD_OF_CANDIDATES,
        Reading("application", "source", "Source", "sourceLabel"),
        Reading("requisition", "code", "Requisition number"),
        Reading("requisition", "department", "Department", "department"),
        Reading("requisition", "location", "Location", "location"),
        Reading("requisition", "country", "Country", "country"),
        Reading("requisition", "skills", "Own fields named “skill”"),
        *TOLD_OF_REQUISITIONS,
    ),
    takes_own_fields=True,
    push_lanes=2,
)
