"""Every module of the key is tried once; the two switches that hide records can only be named."""

from functools import partial

from integrations.providers.ashby.client import Client
from integrations.providers.base import Check, Forbidden, Gone, Rejected
from integrations.providers.checking import granted, tried

# list, the module's right, what it is for, required
NEEDED = (
    ("candidate", "candidatesRead", "read candidates and applications", True),
    ("job", "jobsRead", "read requisitions", True),
    ("opening", "jobsRead", "count openings", True),
    ("offer", "offersRead", "read offers", True),
    ("archiveReason", "hiringProcessMetadataRead", "name rejection reasons", True),
    ("interviewPlan", "interviewsRead", "name the stages", True),
    ("user", "organizationRead", "name recruiters and hiring managers", False),
    ("interviewSchedule", "interviewsRead", "show interviews", False),
    ("source", "hiringProcessMetadataRead", "credit a source when pushing", False),
)


def check(client: Client) -> Check:
    """Reads one row of every list and asks the key who it is."""
    rights = [
        tried(
            f"{right} ({name}.list)", purpose, partial(client.list, name, {"limit": 1}), is_required=required
        )
        for name, right, purpose, required in NEEDED
    ]
    rights.append(
        tried(
            "approvalsRead",
            "date approvals",
            partial(client.list, "approval", {"entityType": "job", "limit": 1}),
            is_required=False,
        )
    )
    sources: tuple[tuple[str, str], ...] = ()
    if granted(rights, "hiringProcessMetadataRead (source.list)"):
        sources = tuple((str(row["id"]), str(row.get("title") or "")) for row in client.every("source"))
    return Check(_title(client), tuple(rights), sources)


def _title(client: Client) -> str:
    """The key's own name; a key may be good and not be allowed to tell it."""
    try:
        return str(client.info("apiKey.info", {}).get("title") or "Ashby")
    except (Forbidden, Gone, Rejected):
        return "Ashby"
