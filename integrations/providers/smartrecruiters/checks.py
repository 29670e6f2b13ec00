"""Every scope of the credential is tried once; a weak system role shows as fewer records, not as an error."""

from functools import partial

from integrations.providers.base import Check, Forbidden, Gone
from integrations.providers.checking import granted, tried
from integrations.providers.smartrecruiters.client import HOOKS, Client
from integrations.providers.smartrecruiters.pushing import sources

# address, scope, what it is for, required
NEEDED = (
    ("/jobs", "jobs_read", "read requisitions", True),
    ("/candidates", "candidates_read", "read candidates and applications", True),
    ("/offers", "candidates_offers_read", "read offers", True),
    ("/configuration/sources", "configuration_read", "credit a source when pushing", False),
    (HOOKS, "webhooks_manage", "set up webhooks", False),
)


def check(client: Client) -> Check:
    """Reads one row of every list."""
    rights = [
        tried(scope, purpose, partial(client.list, path, {"limit": 1}), is_required=required)
        for path, scope, purpose, required in NEEDED
    ]
    users = partial(client.users, {"limit": 1})
    rights.append(tried("users_read", "name recruiters and hiring managers", users, is_required=False))
    if granted(rights, "candidates_read"):
        rights += [
            tried(
                "candidates_status_read",
                "read stage history",
                partial(client.one, f"/candidates/{row['id']}/status/history"),
            )
            for row in client.list("/candidates", {"limit": 1}).rows
        ]
    found = sources(client) if granted(rights, "configuration_read") else []
    return Check(_company(client), tuple(rights), tuple(found))


def _company(client: Client) -> str:
    try:
        row = client.one("/configuration/company")
    except (Forbidden, Gone):
        return "SmartRecruiters"
    return str(row.get("name") or row.get("identifier") or "SmartRecruiters")
