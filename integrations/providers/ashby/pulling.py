"""The walk over an Ashby account, each list with its own sync token from run to run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from integrations.providers.ashby import mapping, meetings
from integrations.providers.ashby.client import Client, Listing
from integrations.providers.ashby.mapping import References
from integrations.providers.base import Forbidden, Gone, Page, Payload, Record, Row
from integrations.providers.rows import Skipped, Unreadable, derived, page_of, row_of
from integrations.providers.walking import Listed, Step, walk

STEPS = (
    Step("user", "user"),
    Step("job", "requisition"),
    Step("opening", "requisition"),
    Step("candidate", "candidate"),
    Step("application", "application"),
    Step("offer", "offer"),
    Step("interviewSchedule", "interview"),
    Step("applicationFeedback", "scorecard"),
)
# Draft jobs are left out unless asked for, and a job may go back to being one.
BODIES: dict[str, Payload] = {
    "user": {"includeDeactivated": True},
    "job": {"status": ["Draft", "Open", "Closed", "Archived"]},
}


class Puller:
    """Reads pages; holds one in memory, plus the reference lists."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        return walk(STEPS, lambda step, place: self._read(step, place, marks), position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        for number in dict.fromkeys(ids):
            try:
                yield from self._again(kind, number)
            except Gone:
                continue

    def _again(self, kind: str, number: str) -> Iterator[Page]:
        if kind == "requisition":
            yield self._jobs([self.client.info("job.info", {"id": number})])
        elif kind == "candidate":
            yield page_of(
                "candidate", [self.client.info("candidate.info", {"id": number})], mapping.candidate
            )
        elif kind == "application":
            row = self.client.info("application.info", {"applicationId": number})
            yield from self._applications([row])
            of_it = {"applicationId": number}
            yield self._offers(self._readable("offer", of_it))
            yield self._interviews(self._readable("interviewSchedule", of_it))
            yield self._scorecards(self._readable("applicationFeedback", of_it))

    def _read(self, step: Step, place: Payload, marks: Payload) -> Listed:
        token = str(marks.get(step.name) or "")
        if step.name == "opening" and not token:
            # A full walk has just read every job with its openings.
            return self._listed(step, self._list(step, str(place["cursor"]), ""), ())
        listing = self._list(step, str(place["cursor"]), token)
        if step.name == "opening":
            jobs = dict.fromkeys(job for row in listing.rows for job in mapping.jobs_of(row))
            return self._listed(step, listing, tuple(self.reread("requisition", list(jobs))))
        return self._listed(step, listing, tuple(self._pages(step.name, listing.rows)))

    def _listed(self, step: Step, listing: Listing, pages: tuple[Page, ...]) -> Listed:
        marks = {step.name: listing.sync_token} if listing.sync_token else {}
        return Listed(pages, listing.cursor, listing.date, marks)

    def _list(self, step: Step, cursor: str, token: str) -> Listing:
        body = BODIES.get(step.name, {})
        place = {"cursor": cursor} if cursor else {}
        synced = {"syncToken": token} if token else {}
        try:
            return self.client.list(step.name, {**body, **place, **synced})
        except Gone:
            if not place and not synced:
                raise
            # A cursor or token that ended: reading the list in full changes nothing twice.
            return self.client.list(step.name, body)

    def _pages(self, name: str, rows: list[Payload]) -> Iterator[Page]:
        if name == "application":
            yield from self._applications(rows)
            return
        readers: dict[str, Callable[[list[Payload]], Page]] = {
            "user": lambda rows: page_of("user", rows, mapping.user),
            "job": self._jobs,
            "candidate": lambda rows: page_of("candidate", rows, mapping.candidate),
            "offer": self._offers,
            "interviewSchedule": self._interviews,
            "applicationFeedback": self._scorecards,
        }
        yield readers[name](rows)

    def _jobs(self, rows: list[Payload]) -> Page:
        return page_of("requisition", rows, self._job)

    def _job(self, row: Payload) -> Record:
        if row.get("status") == "Draft":
            raise Skipped("draft")
        seats = (seat["id"] for seat in self._references.openings if row["id"] in mapping.jobs_of(seat))
        approvals = self._approvals("job", row["id"])
        if not approvals:
            approvals = [one for seat in seats for one in self._approvals("opening", seat)]
        return mapping.requisition(row, self._references, approvals)

    def _applications(self, rows: list[Payload]) -> Iterator[Page]:
        """The applications, then what their histories tell. Gone since the list was made: left out."""
        page = page_of("application", rows, mapping.application)
        yield page
        kept = {row.external_id for row in page.rows if row.record}
        told = [row for row in rows if isinstance(row, dict) and str(row.get("id")) in kept]
        histories = [(row, self._history(row)) for row in told]
        refs = self._references
        stages, whole = [], []
        for row, history in histories:
            try:
                stages += mapping.stages(str(row["id"]), history or (), refs)
            except Unreadable:
                continue  # a history that cannot be read is left as it is here
            whole += [str(row["id"])] if history is not None else []
        yield Page("stage", derived(stages), whole=tuple(whole))
        yield Page("rejection", derived(one for row in told if (one := mapping.rejection(row))))
        hires = (mapping.hire(row, history or (), refs) for row, history in histories)
        yield Page("hire", derived(one for one in hires if one))

    def _history(self, row: Payload) -> list[Payload] | None:
        """All its stays; None when it cannot be told any more."""
        if isinstance(row.get("applicationHistory"), list):
            return list(row["applicationHistory"])
        try:
            listing = self._history_page(row, {})
            rows = listing.rows
            while listing.cursor:
                listing = self._history_page(row, {"cursor": listing.cursor})
                rows = rows + listing.rows
        except (Gone, Forbidden):
            return None
        return rows

    def _history_page(self, row: Payload, place: Payload) -> Listing:
        return self.client.list("application", {"applicationId": row["id"], **place}, verb="listHistory")

    def _offers(self, rows: list[Payload]) -> Page:
        return page_of("offer", rows, self._offer)

    def _offer(self, row: Payload) -> Record:
        version = row.get("latestVersion")
        number = version.get("id") if isinstance(version, dict) else None
        return mapping.offer(row, self._approvals("offer", number) if number else [])

    def _interviews(self, rows: list[Payload]) -> Page:
        found: list[Row] = []
        for row in rows:
            try:
                records = meetings.interviews(row, self._references)
            except (Skipped, ValueError, AttributeError, KeyError, TypeError):
                # The row says why there is nothing to take from it.
                found.append(row_of(row, lambda row: meetings.interviews(row, self._references)[0]))
                continue
            found += derived(records)
        return Page("interview", tuple(found))

    def _scorecards(self, rows: list[Payload]) -> Page:
        return page_of("scorecard", rows, meetings.scorecard)

    def _approvals(self, kind: str, number: Any) -> list[Payload]:
        if not self._may_see_approvals:
            return []
        return self._readable("approval", {"entityType": kind, "entityId": number})

    @cached_property
    def _may_see_approvals(self) -> bool:
        try:
            self.client.list("approval", {"entityType": "job", "limit": 1})
        except Forbidden:
            return False
        except Gone:
            return True
        return True

    @cached_property
    def _references(self) -> References:
        archived = {"includeArchived": True}
        plans = self._readable("interviewPlan")
        stages = [
            row for plan in plans for row in self._readable("interviewStage", {"interviewPlanId": plan["id"]})
        ]
        return References(
            departments=_by_id(self._readable("department", archived)),
            locations=_by_id(self._readable("location", archived)),
            users=_by_id(self._readable("user", BODIES["user"])),
            stages=_by_id(stages),
            openings=self._readable("opening"),
        )

    def _readable(self, endpoint: str, body: Payload | None = None) -> list[Payload]:
        """The whole list, or nothing when the key may not see it: the check names that right."""
        try:
            return list(self.client.every(endpoint, body))
        except (Forbidden, Gone):
            return []


def _by_id(rows: Sequence[Payload]) -> dict[str, Payload]:
    return {str(row["id"]): row for row in rows}
