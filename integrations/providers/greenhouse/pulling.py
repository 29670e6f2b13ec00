"""The walk over an account: lists in an order that meets parents first, in pages a run can resume at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from integrations.providers.base import Forbidden, Gone, Page, Payload, Record, Rejected, Row
from integrations.providers.greenhouse import mapping
from integrations.providers.greenhouse.client import Client
from integrations.providers.greenhouse.fields import Unreadable
from integrations.providers.greenhouse.mapping import JobParts, References, Skipped

IDS_CAP = 50  # the vendor takes at most so many ids in one filter
PAGE = 500
CHILDREN = ("application_stages", "rejection_details", "offers", "openings")


@dataclass(frozen=True, slots=True)
class Step:
    """One list of the walk."""

    resource: str
    kind: str
    params: tuple[tuple[str, str], ...] = ()
    per_page: int = PAGE


STEPS = (
    Step("users", "user", (("show_service_accounts", "true"),)),
    Step("jobs", "requisition", per_page=IDS_CAP),
    Step("candidates", "candidate"),
    Step("applications", "application"),
    Step("application_stages", "stage"),
    Step("rejection_details", "rejection"),
    Step("offers", "offer"),
    Step("openings", "hire"),
    Step("approval_flows", "requisition"),
)
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

    def pages(self, *, after: str, position: Payload) -> Iterator[Page]:
        """All pages after `position`, changed at or after `after` (blank = everything)."""
        place: Payload = {"step": 0, "cursor": "", "server_time": ""} | position
        while place["step"] < len(STEPS):
            step = STEPS[place["step"]]
            if step.resource == "approval_flows" and not after:
                # A full walk has just read every job with its approvals.
                place = place | {"step": place["step"] + 1, "cursor": ""}
                continue
            for page in self._page(step, place, after):
                yield page
                place = page.position

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        """These records now, an application with everything that hangs on it."""
        wanted = iter(dict.fromkeys(ids))
        while chunk := list(islice(wanted, IDS_CAP)):
            rows = self._all(RESOURCE_OF[kind], ids=",".join(chunk))
            yield self._mapped(kind, rows, {})
            if kind == "application":
                for step in STEPS:
                    if step.resource in CHILDREN:
                        children = self._all(step.resource, application_ids=",".join(chunk))
                        yield self._mapped(step.kind, children, {})

    def _page(self, step: Step, place: Payload, after: str) -> Iterator[Page]:
        try:
            listing = self._list(step, str(place["cursor"]), after)
        except Forbidden as refusal:
            beyond = place | {"step": place["step"] + 1, "cursor": ""}
            yield Page(step.kind, (Row("", {}, warning=refusal.sentence),), beyond)
            return
        beyond = place | {"server_time": place["server_time"] or listing.date, "cursor": listing.cursor}
        if not listing.cursor:
            beyond["step"] = place["step"] + 1
        if after and step.resource in ("openings", "approval_flows"):
            yield from self._touched_jobs(listing.rows, place)
        rows = [] if step.resource == "approval_flows" else listing.rows
        yield self._mapped(step.kind, rows, beyond)

    def _list(self, step: Step, cursor: str, after: str) -> Any:
        params: dict[str, Any] = dict(step.params) | {"per_page": step.per_page}
        if after:
            params["updated_at"] = f"gte|{after}"
        try:
            return self.client.list(step.resource, params, cursor=cursor)
        except (Rejected, Gone):
            if not cursor:
                raise
            # A cursor that outlived its list: reading the list again from its start changes nothing twice.
            return self.client.list(step.resource, params)

    def _touched_jobs(self, rows: list[Payload], place: Payload) -> Iterator[Page]:
        """Jobs whose openings or approvals changed, which does not move the job's own updated_at."""
        ids = [str(row["job_id"]) for row in rows if row.get("job_id")]
        for page in self.reread("requisition", ids):
            yield Page(page.kind, page.rows, place)

    def _mapped(self, kind: str, rows: list[Payload], position: Payload) -> Page:
        read = self._reader(kind, rows)
        return Page(kind, tuple(_row(payload, read) for payload in rows), position)

    def _reader(self, kind: str, rows: list[Payload]) -> Callable[[Payload], Record]:
        if kind == "requisition":
            parts = self._parts([str(row["id"]) for row in rows if row.get("id")])
            return lambda row: mapping.requisition(row, parts, self._references)
        plain: dict[str, Callable[[Payload], Record]] = {
            "user": mapping.user,
            "candidate": mapping.candidate,
            "application": lambda row: mapping.application(row, self._references),
            "stage": lambda row: mapping.stage(row, self._references),
            "rejection": lambda row: mapping.rejection(row, self._references),
            "offer": mapping.offer,
            "hire": mapping.hire,
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


def _row(payload: Payload, read: Callable[[Payload], Record]) -> Row:
    """One bad record is a warning and never stops its page."""
    if not isinstance(payload, dict):
        return Row("", {}, warning="A record is not an object.")
    number = str(payload.get("id") or "")
    try:
        return Row(number, payload, record=read(payload))
    except Skipped as reason:
        return Row(number, payload, skipped=str(reason))
    except Unreadable as fault:
        return Row(number, payload, warning=str(fault))
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        # A shape nobody foresaw, anywhere inside the payload.
        return Row(number, payload, warning=f"unexpected shape ({type(fault).__name__})")
