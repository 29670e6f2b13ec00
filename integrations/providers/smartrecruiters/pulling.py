"""The walk over a SmartRecruiters company. Lists are thin: each person and job is asked for in full."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from integrations.providers.base import Forbidden, Gone, Page, Payload, Record, Rejected, Row
from integrations.providers.rows import Unreadable, derived, page_of, row_of
from integrations.providers.smartrecruiters import jobs, mapping
from integrations.providers.smartrecruiters.client import INTERVIEWS, REVIEWS, Client, Listing
from integrations.providers.smartrecruiters.mapping import Assignment
from integrations.providers.walking import Listed, Step, walk

STEPS = (
    Step("users", "user"),
    Step("jobs", "requisition"),
    Step("candidates", "candidate"),
    Step("offers", "offer"),
)
_OFFER = re.compile(r"/candidates/([^/]+)/jobs/([^/]+)/offers")
_MET = ("INTERVIEW", "OFFERED", "OFFER", "HIRED", "HIRE")
_OFFERED = ("OFFERED", "OFFER", "HIRED", "HIRE")


class Puller:
    """Reads pages; holds one in memory, plus the users."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        return walk(
            STEPS, lambda step, place: self._read(step, str(place["cursor"]), since), position=position
        )

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        for number in dict.fromkeys(ids):
            try:
                yield from self._again(kind, number)
            except Gone:
                continue

    def _again(self, kind: str, number: str) -> Iterator[Page]:
        if kind == "requisition":
            yield self._jobs([self.client.one(f"/jobs/{number}")])
        elif kind == "candidate":
            yield page_of("candidate", [self.client.one(f"/candidates/{number}")], mapping.candidate)
        elif kind == "application":
            pair, _, own_id = number.partition("|")
            candidate, _, job = pair.partition(":")
            row = self.client.one(f"/candidates/{candidate}")
            yield from self._applications([row], job=job, own_id=own_id)

    def _read(self, step: Step, cursor: str, since: datetime | None) -> Listed:
        if step.name == "offers":
            return self._offers(int(cursor or 0), since) if since else Listed(())
        if step.name == "users":
            listing = self.client.users(_after("updatedAfter", since), page_id=cursor)
            return self._listed(listing, [page_of("user", listing.rows, mapping.user)])
        if step.name == "jobs":
            listing = self._list("/jobs", _after("lastActivityAfter", since), cursor)
            return self._listed(listing, [self._jobs(self._all_full("/jobs", listing.rows))])
        listing = self._list("/candidates", _after("updatedAfter", since), cursor)
        rows = self._all_full("/candidates", listing.rows)
        people = page_of("candidate", rows, mapping.candidate)
        return self._listed(listing, [people, *self._applications(rows)])

    def _listed(self, listing: Listing, pages: list[Page]) -> Listed:
        first = Page(pages[0].kind, pages[0].rows, expected=listing.total)
        return Listed((first, *pages[1:]), listing.page_id, listing.date)

    def _list(self, path: str, params: dict[str, Any], cursor: str) -> Listing:
        try:
            return self.client.list(path, params, page_id=cursor)
        except (Rejected, Gone):
            if not cursor:
                raise
            # A page id that outlived its list: reading it again from its start changes nothing twice.
            return self.client.list(path, params)

    def _all_full(self, path: str, rows: list[Payload]) -> list[Payload]:
        return [full for row in rows if (full := self._full(path, row)) is not None]

    def _full(self, path: str, row: Payload) -> Payload | None:
        """The record in full; None when it is gone since the list was made."""
        number = row.get("id") if isinstance(row, dict) else None
        if not number:
            return row
        try:
            return self.client.one(f"{path}/{number}")
        except Gone:
            return None

    def _jobs(self, rows: list[Payload]) -> Page:
        return page_of("requisition", rows, self._job)

    def _job(self, row: Payload) -> Record:
        if row.get("template") or row.get("status") == "CREATED":
            return jobs.requisition(row, jobs.JobParts())
        path = f"/jobs/{row['id']}"
        parts = jobs.JobParts(
            history=mapping.in_order(self._readable(f"{path}/status/history")),
            team=self._readable(f"{path}/hiring-team"),
            positions=self._readable(f"{path}/positions"),
            users=self._users,
        )
        return jobs.requisition(row, parts)

    def _applications(self, rows: list[Payload], *, job: str = "", own_id: str = "") -> Iterator[Page]:
        """Each person's processes with what hangs on them; of one job only when it is named."""
        found: list[Assignment] = []
        bad: list[Row] = []
        for row in rows:
            for assigned in mapping.assignments(row):
                number = str(assigned["job"]["id"])
                if job and number != job:
                    continue
                try:
                    found.append(Assignment(row, assigned, self._history(row, number)))
                except (Unreadable, KeyError) as fault:
                    bad.append(
                        Row(mapping.application_id(str(row.get("id")), number), assigned, warning=str(fault))
                    )
        told = [self._told(held) for held in found]
        yield Page("application", (*told, *bad))
        kept = [held for held, row in zip(found, told, strict=True) if row.record]
        whole = tuple(held.number for held in kept)
        yield Page("stage", derived(one for held in kept for one in mapping.stages(held)), whole=whole)
        yield Page("rejection", derived(one for held in kept if (one := mapping.rejection(held))))
        yield Page("hire", derived(end for held in kept if (end := mapping.hire(held))))
        yield from self._children(kept, own_id)

    def _told(self, held: Assignment) -> Row:
        row = row_of(held.assigned, lambda _: mapping.application(held))
        return Row(
            held.number,
            {**held.assigned, "history": list(held.history)},
            row.record,
            row.skipped,
            row.warning,
        )

    def _history(self, row: Payload, job: str) -> tuple[Payload, ...]:
        return mapping.in_order(self._readable(f"/candidates/{row['id']}/jobs/{job}/status/history"))

    def _children(self, kept: list[Assignment], own_id: str) -> Iterator[Page]:
        """Offers, reviews and interviews are asked for one by one: only where there can be any."""
        offers: list[Row] = []
        cards: list[Row] = []
        meetings: list[Record] = []
        for held in kept:
            path = f"/candidates/{held.candidate['id']}/jobs/{held.job_id}"
            seen = {str(entry.get("status")) for entry in held.history}
            if seen & set(_OFFERED):
                rows = sorted(self._readable(f"{path}/offers"), key=lambda row: str(row.get("createdOn")))
                offers += [
                    row_of(row, lambda row, held=held, n=n: mapping.offer(row, held, n))  # type: ignore[misc]
                    for n, row in enumerate(rows, start=1)
                ]
            if seen & set(_MET):
                asked = {"candidateId": held.candidate["id"], "jobId": held.job_id}
                cards += [
                    row_of(row, lambda row, held=held: mapping.scorecard(row, held.number))  # type: ignore[misc]
                    for row in self._readable(REVIEWS, **asked)
                ]
                meetings += self._interviews(held, own_id)
        yield Page("offer", tuple(offers))
        yield Page("scorecard", tuple(cards))
        yield Page("interview", derived(meetings))

    def _interviews(self, held: Assignment, own_id: str) -> Iterator[Record]:
        """By the application's own id, which a webhook tells and an assignment may."""
        number = own_id or str(held.assigned.get("applicationId") or held.assigned.get("id") or "")
        for row in self._readable(INTERVIEWS, applicationId=number) if number else ():
            try:
                yield from mapping.interviews(row, held.number)
            except (Unreadable, AttributeError, KeyError, TypeError):
                continue

    def _offers(self, offset: int, since: datetime) -> Listed:
        """Offers change without their person: those touched since have their application read again."""
        listing = self.client.counted("/offers", offset=offset)
        touched = dict.fromkeys(
            mapping.application_id(*found.groups())
            for row in listing.rows
            if str(row.get("updatedOn") or "") >= since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            and (found := _OFFER.search(str(row.get("actions"))))
        )
        return Listed(tuple(self.reread("application", list(touched))), listing.page_id, listing.date)

    @cached_property
    def _users(self) -> dict[str, Payload]:
        try:
            listing = self.client.users({})
            rows = listing.rows
            while listing.page_id:
                listing = self.client.users({}, page_id=listing.page_id)
                rows = rows + listing.rows
        except (Forbidden, Gone):
            return {}
        return {str(row["id"]): row for row in rows}

    def _readable(self, path: str, **params: str) -> list[Payload]:
        """The whole list, or nothing when it may not be seen or is not there: the check names the right."""
        try:
            return list(self.client.every(path, params))
        except (Forbidden, Gone):
            return []


def _after(name: str, since: datetime | None) -> dict[str, Any]:
    if since is None:
        return {}
    moment = since.astimezone(UTC)
    return {name: f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"}
