"""Workday Recruiting: the SOAP web service, and custom reports for what it does not tell."""

from integrations.providers.base import Option, Reading, Vendor
from integrations.providers.options import TOLD_OF_CANDIDATES, TOLD_OF_REQUISITIONS
from integrations.providers.workday import reports

VENDOR = Vendor(
    kind="workday",
    name="Workday",
    path="integrations.providers.workday.connector.WorkdayConnector",
    how_to=(
        "In Workday: create an Integration System User and a security group for it, grant the domains below "
        "(Maintain Domain Permissions for Security Group) and run Activate Pending Security Policy Changes. "
        "Sign in as that user, or register an API Client for Integrations with the Recruiting and Staffing "
        "scopes and give its client id, secret and refresh token. The web service tells only the present "
        "stage: stage history, offers, hires and the dates of requisitions come from advanced custom "
        "reports, enabled as web services, which your administrator builds once with the column aliases "
        "named below. Workday sends no webhooks: we read what changed every fifteen minutes."
    ),
    options=(
        Option(
            "base_url",
            "Web services address",
            "Where your tenant's services are, for example https://wd3-services1.myworkday.com",
            is_url=True,
            is_required=True,
        ),
        Option("tenant", "Tenant", "The name in your Workday address, for example acme.", is_required=True),
        Option("username", "Integration user", "For example ISU_Rekindle. Blank with OAuth.", is_secret=True),
        Option(
            "password",
            "Password of the integration user",
            "Exempt this user from password expiry, or the connection ends with it.",
            is_secret=True,
        ),
        Option(
            "client_id",
            "OAuth client id",
            "Only for an API Client for Integrations.",
            is_secret=True,
            group="OAuth instead of a user",
        ),
        Option(
            "client_secret",
            "OAuth client secret",
            "Only for OAuth.",
            is_secret=True,
            group="OAuth instead of a user",
        ),
        Option(
            "refresh_token",
            "OAuth refresh token",
            "Only for OAuth; renewed by itself.",
            is_secret=True,
            group="OAuth instead of a user",
        ),
        Option(
            "report_owner",
            "Owner of the reports",
            "The account in the address of the reports; blank: the integration user.",
            group="Rare settings",
        ),
        Option(
            "history_report",
            "Stage history report",
            "Its name in the address, for example CRM_Application_History; one row per stay in a stage. "
            f"Without it only the stages we see ourselves are known, and no offers. {reports.HISTORY.words}",
        ),
        Option(
            "requisition_report",
            "Requisition dates report",
            f"For example CRM_Requisition_Dates; one row per job requisition. {reports.REQUISITIONS.words}",
        ),
        Option(
            "interview_report",
            "Interview report",
            f"Optional, for example CRM_Interviews; one row per feedback. {reports.INTERVIEWS.words}",
        ),
        Option("report_format", "Report format", "json or csv; blank: json.", group="Rare settings"),
        Option(
            "version",
            "Web service version",
            "Blank: v45.2. Before it, every sync reads all people.",
            group="Rare settings",
        ),
        Option(
            "first_stage",
            "Stage of pushed people",
            "The recruiting stage id; blank: REVIEW.",
            group="Rare settings",
        ),
        Option(
            "tag_id",
            "Tag of pushed people",
            "Workday ID (WID) of a candidate tag, from its View IDs. Blank: no tag.",
            group="Rare settings",
        ),
        Option(
            "statuses",
            "Own requisition statuses",
            "Ids that are not Workday's, as JR_PARKED=on_hold, JR_LIVE=open.",
            group="Rare settings",
        ),
        Option(
            "webhook_secret",
            "Password for telling us of changes",
            "Only if a business process of yours calls our webhook address, with Basic authentication.",
            is_secret=True,
            group="Rare settings",
        ),
        Option(
            "requests_per_second", "Requests a second", "Blank: 8.", is_number=True, group="Rare settings"
        ),
    ),
    sign_ins=(("username", "password"), ("client_id", "client_secret", "refresh_token")),
    rights=(
        ("Job Requisition Data: Get", "requisitions with status, openings and team"),
        (
            "Candidate Data: Personal Information, Candidate Data: Job Application: Get",
            "people, applications",
        ),
        ("Candidate Data: Job Application, Manage: Candidates, Prospects: Put", "pushes"),
        ("Candidate Data: Attachments: Put", "the note and the CV with a push"),
        (
            "Worker Data: Public Worker Reports, Person Data: Work Contact Information: Get",
            "recruiters, managers",
        ),
        ("Integration Build: Get", "names of sources; optional"),
        ("The three reports, shared with the integration user", "stage history, offers, dates, interviews"),
        ("Job Application business process: web service initiation", "pushes that start an application"),
    ),
    hook_words=(
        "Workday sends no webhooks: changes arrive every fifteen minutes. An integration of yours may name "
        "people at this address to have them read at once, with the password from the settings by Basic "
        'authentication: {"id": "1", "candidates": ["CAND-1182"]}.'
    ),
    stages=(
        ("review", "applied"),
        ("screen", "screening"),
        ("assessment", "interview"),
        ("interview", "interview"),
        ("reference check", "final_interview"),
        ("background check", "offer"),
        ("offer", "offer"),
        ("employment agreement", "offer"),
        ("ready for hire", "offer"),
    ),
    reads=(
        Reading("candidate", "current_title", "Résumé: present title"),
        Reading("candidate", "current_company", "Résumé: present company"),
        Reading("candidate", "city", "Address: city"),
        Reading("candidate", "region", "Address: region"),
        Reading("candidate", "country", "Address: country"),
        Reading("candidate", "tags", "Candidate tags"),
        Reading("candidate", "skills", "Résumé: skills"),
        *TOLD_OF_CANDIDATES,
        Reading("application", "source", "Source"),
        Reading("requisition", "code", "Requisition id"),
        Reading("requisition", "department", "Supervisory organization"),
        Reading("requisition", "location", "Primary location"),
        Reading("requisition", "country", "Primary location: country"),
        *TOLD_OF_REQUISITIONS,
    ),
    push_lanes=2,
)
