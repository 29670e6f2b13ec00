"""A live check of the credentials: whose they are, and which rights are missing, in words."""

import base64
import binascii
import json
from functools import partial

from integrations.providers.base import Check, Forbidden, Payload, Right
from integrations.providers.checking import granted, tried
from integrations.providers.greenhouse.client import Client

# resource, what it is for, required
NEEDED = (
    ("jobs", "read requisitions", True),
    ("candidates", "read candidates", True),
    ("applications", "read applications", True),
    ("application_stages", "read stage history", True),
    ("job_interview_stages", "name the stages", True),
    ("rejection_details", "read rejections", True),
    ("rejection_reasons", "name rejection reasons", True),
    ("offers", "read offers", True),
    ("openings", "count openings and date hires", True),
    ("sources", "credit a source when pushing", False),
    ("departments", "name departments", False),
    ("offices", "name locations", False),
    ("job_owners", "name recruiters", False),
    ("job_hiring_managers", "name hiring managers", False),
    ("approval_flows", "date approvals", False),
    ("approver_groups", "date approvals", False),
    ("interviews", "show interviews", False),
    ("interviewers", "name interviewers", False),
    ("scorecards", "show scorecards", False),
    ("notes", "leave a note with a push", False),
    ("candidate_tags", "tag pushed candidates", False),
)


def check(client: Client) -> Check:
    """Signs in, looks at the acting user, and reads one row of every list."""
    rights = [
        tried(
            f"harvest:{resource}:list",
            purpose,
            partial(client.list, resource, {"per_page": 1}),
            is_required=required,
        )
        for resource, purpose, required in NEEDED
    ]
    actor = _actor(client)
    if actor and not actor.get("site_admin"):
        rights.insert(0, Right("Site Admin", "the acting user must be a Site Admin to list anything", False))
    sources: tuple[tuple[str, str], ...] = ()
    if granted(rights, "harvest:sources:list"):
        rows = client.list("sources", {"per_page": 500}).rows
        sources = tuple((str(row["id"]), str(row.get("name") or "")) for row in rows)
    return Check(str(actor.get("name") or "Greenhouse"), tuple(rights), sources)


def _actor(client: Client) -> Payload:
    """The user the token acts as; blank when we cannot tell."""
    number = str(client.access.settings.get("user_id") or "") or _subject(client.token())
    if not number.isdigit():
        return {}
    try:
        rows = client.list("users", {"ids": number, "show_service_accounts": "true"}).rows
    except Forbidden:
        return {}
    return rows[0] if rows else {"name": "", "site_admin": False}


def _subject(token: str) -> str:
    parts = token.split(".")
    if len(parts) != 3:
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return ""
    return str(claims.get("sub") or "") if isinstance(claims, dict) else ""
