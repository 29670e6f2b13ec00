"""Every list of the sheet is tried once; the acting user must be an active one."""

from functools import partial

from integrations.providers.base import Check, Gone, Right
from integrations.providers.checking import granted, tried
from integrations.providers.lever.client import Client

# list, what it is for, required
NEEDED = (
    ("users", "name recruiters and hiring managers", True),
    ("stages", "name the stages", True),
    ("archive_reasons", "name rejection reasons", True),
    ("postings", "read requisitions", True),
    ("opportunities", "read candidates and applications", True),
    ("requisitions", "date requisitions and count openings", False),
    ("sources", "credit a source when pushing", False),
)
CHILDREN = (
    ("offers", "read offers", True),
    ("interviews", "show interviews", False),
    ("feedback", "show scorecards", False),
    ("notes", "leave a note with a push", False),
)


def check(client: Client) -> Check:
    """Reads one row of every list, and of what hangs on an opportunity."""
    rights = [
        tried(f"{name}:read", purpose, partial(client.list, name, {"limit": 1}), is_required=required)
        for name, purpose, required in NEEDED
    ]
    if granted(rights, "opportunities:read"):
        for row in client.list("opportunities", {"limit": 1}).rows:
            rights += [
                tried(
                    f"{name}:read",
                    purpose,
                    partial(client.list, f"opportunities/{row['id']}/{name}"),
                    is_required=required,
                )
                for name, purpose, required in CHILDREN
            ]
        rights.append(
            Right("confidential data", "see confidential postings and people", client.is_confidential, False)
        )
    account, actor = _actor(client)
    sources = (
        tuple((str(row["text"]), str(row["text"])) for row in client.every("sources"))
        if granted(rights, "sources:read")
        else ()
    )
    return Check(account, (*rights, actor), sources)


def _actor(client: Client) -> tuple[str, Right]:
    """Lever takes the id of a deactivated user without a word, so we look."""
    number = client.access.settings.get("user_id") or ""
    purpose = "push people: the acting user must be an active one"
    try:
        row = client.one(f"users/{number}") if number else {}
    except Gone:
        row = {}
    is_active = bool(row) and not row.get("deactivatedAt")
    return str(row.get("name") or "Lever"), Right("acting user id", purpose, is_active, is_required=False)
