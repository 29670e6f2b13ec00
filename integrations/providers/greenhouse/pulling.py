"""The walk over an account: lists in an order that meets parents first, in pages a run can resume at."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from integrations.providers.base import Forbidden, Gone, Page, Payload, Record, Rejected
from integrations.providers.greenhouse import mapping, meetings
from integrations.providers.greenhouse.client import Client, Listing
from integrations.providers.greenhouse.mapping import JobParts, References
from integrations.providers.rows import page_of
from integrations.providers.walking import Listed, Step, walk

IDS_CAP = 50  # the vendor takes at most so many ids in one filter
PAGE = 500
CHILDREN = ("application_stages", "rejection_details", "offers", "openings", "interviews", "scorecards")
OPTIONAL = ("interviews", "scorecards")  # rights not every key has
STEPS = (
    Step("users", "user"),
    Step("jobs", "requisition"),
    Step("candidates", "candidate"),
    Step("applications", "application"),
    Step("application_stages", "stage"),
    Step("rejection_details", "rejection"),
    Step("offers", "offer"),
    Step("openings", "hire"),
    Step("interviews", "interview"),
    Step("scorecards", "scorecard"),
    Step("approval_flows", "requisition"),
)
PARAMS: dict[str, dict[str, Any]] = {
    "users": {"show_service_accounts": "true", "per_page": PAGE},
    "jobs": {"per_page": IDS_CAP},
}
RESOURCE_OF = {
    "user": "users",
    "requisition": "jobs",
    "candidate": "candidates",
    "application": "applications",
}


class Puller:
    """Reads pages; holds one in memory, plus the reference lists."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        """All pages after `position`, changed since then (None = everything)."""
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if since else ""
        return walk(STEPS, lambda step, place: self._read(step, place["cursor"], after), position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        """These records now, an application with everything that hangs on it."""
        wanted = iter(dict.fromkeys(ids))
        while chunk := list(islice(wanted, IDS_CAP)):
            rows = self._all(RESOURCE_OF[kind], ids=",".join(chunk))
            yield self._mapped(kind, rows)
            if kind == "application":
                for step in STEPS:
                    if step.name in CHILDREN:
                        listed = self._readable if step.name in OPTIONAL else self._all
                        yield self._mapped(step.kind, listed(step.name, application_ids=",".join(chunk)))

    def _read(self, step: Step, cursor: str, after: str) -> Listed:
        if step.name == "approval_flows" and not after:
            # A full walk has just read every job with its approvals.
            return Listed(())
        listing = self._list(step, cursor, after)
        pages: list[Page] = []
        if after and step.name in ("openings", "approval_flows"):
            # Jobs whose openings or approvals changed, which does not move the job's own updated_at.
            jobs = [str(row["job_id"]) for row in listing.rows if row.get("job_id")]
            pages += self.reread("requisition", jobs)
        if step.name != "approval_flows":
            pages.append(self._mapped(step.kind, listing.rows))
        return Listed(tuple(pages), listing.cursor, listing.date)

    def _list(self, step: Step, cursor: str, after: str) -> Listing:
        params: dict[str, Any] = PARAMS.get(step.name, {"per_page": PAGE})
        if after:
            params = params | {"updated_at": f"gte|{after}"}
        try:
            return self.client.list(step.name, params, cursor=cursor)
        except (Rejected, Gone):
            if not cursor:
                raise
            # A cursor that outlived its list: reading the list again from its start changes nothing twice.
            return self.client.list(step.name, params)

    def _mapped(self, kind: str, rows: list[Payload]) -> Page:
        return page_of(kind, rows, self._reader(kind, rows))

    def _reader(self, kind: str, rows: list[Payload]) -> Callable[[Payload], Record]:
        if kind == "requisition":
            parts = self._parts([str(row["id"]) for row in rows if row.get("id")])
            return lambda row: mapping.requisition(row, parts, self._references)
        if kind == "interview":
            seats = self._seats([str(row["id"]) for row in rows if row.get("id")])
            return lambda row: meetings.interview(row, seats, self._references)
        plain: dict[str, Callable[[Payload], Record]] = {
            "user": mapping.user,
            "candidate": mapping.candidate,
            "application": lambda row: mapping.application(row, self._references),
            "stage": lambda row: mapping.stage(row, self._references),
            "rejection": lambda row: mapping.rejection(row, self._references),
            "offer": mapping.offer,
            "hire": mapping.hire,
            "scorecard": lambda row: meetings.scorecard(row, self._references),
        }
        return plain[kind]

    def _parts(self, job_ids: list[str]) -> JobParts:
        ids = ",".join(job_ids)
        if not ids:
            return JobParts()
        flows = self._readable("approval_flows", job_ids=ids)
        groups: list[Payload] = []
        numbers = iter(str(flow["id"]) for flow in flows)
        while chunk := list(islice(numbers, IDS_CAP)):
            groups += self._readable("approver_groups", approval_flow_ids=",".join(chunk))
        return JobParts(
            openings=self._readable("openings", job_ids=ids),
            owners=self._readable("job_owners", job_ids=ids),
            managers=self._readable("job_hiring_managers", job_ids=ids),
            flows=flows,
            groups=groups,
        )

    def _seats(self, interview_ids: list[str]) -> list[Payload]:
        found: list[Payload] = []
        numbers = iter(interview_ids)
        while chunk := list(islice(numbers, IDS_CAP)):
            found += self._readable("interviewers", interview_ids=",".join(chunk))
        return found

    @cached_property
    def _references(self) -> References:
        return References(
            departments=mapping.by_id(self._readable("departments")),
            offices=mapping.by_id(self._readable("offices")),
            sources=mapping.by_id(self._readable("sources")),
            reasons=mapping.by_id(self._readable("rejection_reasons", include_defaults="true")),
            users=mapping.by_id(self._readable("users", show_service_accounts="true")),
            stages=mapping.by_id(self._readable("job_interview_stages")),
        )

    def _readable(self, resource: str, **params: str) -> list[Payload]:
        """The whole list, or nothing when the key may not see it: the check names that right."""
        try:
            return self._all(resource, **params)
        except Forbidden:
            return []

    def _all(self, resource: str, **params: str) -> list[Payload]:
        listing = self.client.list(resource, params | {"per_page": str(PAGE)})
        rows = listing.rows
        while listing.cursor:
            listing = self.client.list(resource, cursor=listing.cursor)
            rows = rows + listing.rows
        return rows
