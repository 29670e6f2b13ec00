"""Reports as a service: what no web service tells, by columns agreed with the customer's administrator.

The aliases of the columns are the contract; docs/ats.md tells an administrator how to build the reports.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from integrations.providers import fields
from integrations.providers.base import Payload

# Rows are asked for by so many ids at once: an address may not grow without end.
CHUNK = 100
_SCHEMA = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class Contract:
    """One report: the setting that names it, its prompt by ids, and its columns."""

    setting: str
    title: str
    purpose: str
    prompt: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    # Values would silently fall back to what the web service tells when it is not read.
    is_vital: bool = True
    windows: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What an administrator must know to build it."""
        prompts = ", ".join((f"{self.prompt.partition('!')[0]} (several)", *self.windows))
        extra = f" Taken when there: {', '.join(self.optional)}." if self.optional else ""
        return f"Columns: {', '.join(self.needed)}.{extra} Prompts: {prompts}."


HISTORY = Contract(
    setting="history_report",
    title="stage history report",
    purpose="stage history, offers with dates, rejection texts and hires",
    prompt="Job_Applications!WID",
    needed=(
        *("Job_Application_ID", "Candidate_ID", "Stage_ID", "Stage", "Stage_Entered"),
        *("Offer_Sent", "Offer_Accepted", "Offer_Declined", "Hire_Date"),
    ),
    optional=(
        *("Step", "Stage_Left", "Disposition_Reason", "Disposition_Date"),
        *("Offer_Version", "Offer_Withdrawn", "Offer_Expired"),
    ),
    windows=("From_Moment", "To_Moment"),
)
REQUISITIONS = Contract(
    setting="requisition_report",
    title="requisition dates report",
    purpose="dates of requisitions: approved, opened, on hold, closed, filled",
    prompt="Job_Requisitions!WID",
    needed=("Job_Req_ID", "Opened", "Approved", "Closed"),
    optional=(
        *("Filled", "On_Hold_From", "On_Hold_To", "Openings_Total", "Last_Updated"),
        *("Hiring_Manager_Email", "Hiring_Manager", "Recruiter_Email"),
    ),
)
INTERVIEWS = Contract(
    setting="interview_report",
    title="interview report",
    purpose="interviews and scorecards",
    prompt="Job_Applications!WID",
    needed=("Interview_ID", "Job_Application_ID", "Interview", "Scheduled_On", "Starts"),
    optional=("Interviewers", "Feedback_ID", "Feedback_By", "Feedback_Submitted", "Rating"),
    is_vital=False,
)
ALL = (HISTORY, REQUISITIONS, INTERVIEWS)


def rows(content: bytes, content_type: str) -> list[Payload]:
    """The rows of a report as JSON or CSV; no rows may be an empty list or no key at all."""
    text = content.decode("utf-8-sig")
    if "csv" in content_type:
        return [dict(line) for line in csv.DictReader(io.StringIO(text))]
    answer: Any = json.loads(text)
    if not isinstance(answer, dict):
        raise ValueError("no object")
    held = answer.get("Report_Entry") or []
    return [row for row in (held if isinstance(held, list) else [held]) if isinstance(row, dict)]


def columns(content: bytes) -> frozenset[str]:
    """The names of all elements of the report's schema; empty when it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return frozenset()
    return frozenset(str(one.get("name") or "") for one in root.iter(f"{{{_SCHEMA}}}element"))


def value(row: Payload, name: str) -> str:
    """A column as one text: the first of a column with several values, blank when it is not there."""
    held = texts(row, name)
    return held[0] if held else ""


def texts(row: Payload, name: str) -> tuple[str, ...]:
    """A column with several values: a list of `{"value"}`, or texts with semicolons in CSV."""
    held = row.get(name)
    parts = held.split(";") if isinstance(held, str) else held if isinstance(held, list) else [held]
    found = (fields.clean(part.get("value") if isinstance(part, dict) else part) for part in parts if part)
    return tuple(text for text in found if text and text != "None")


def by(rows_of: Iterable[Payload], *names: str) -> dict[str, list[Payload]]:
    """Rows by the first of these columns that says something."""
    found: dict[str, list[Payload]] = defaultdict(list)
    for row in rows_of:
        if key := next((text for name in names if (text := value(row, name))), ""):
            found[key].append(row)
    return dict(found)
