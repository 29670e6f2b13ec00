"""The walk over a SmartRecruiters company. Lists are thin: each person and job is asked for in full."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from integrations.providers.base import Forbidden, Gone, Page, Payload, Record, Rejected, Row
from integrations.providers.rows import page_of, row_of
from integrations.providers.smartrecruiters import jobs, mapping, processes
from integrations.providers.smartrecruiters.client import AT_ONCE, Client, Listing
from integrations.providers.smartrecruiters.processes import Processes
from integrations.providers.together import together
from integrations.providers.walking import Listed, Step, walk

STEPS = (
    Step("users", "user"),
    Step("jobs", "requisition"),
    Step("candidates", "candidate"),
    Step("offers", "offer"),
)
_OFFER = re.compile(r"/candidates/([^/]+)/jobs/([^/]+)/offers")


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
            yield page_of("requisition", [self.client.one(f"/jobs/{number}")], self._job)
        elif kind == "candidate":
            yield page_of("candidate", [self.client.one(f"/candidates/{number}")], mapping.candidate)
        elif kind == "application":
            pair, _, own_id = number.partition("|")
            candidate, _, job = pair.partition(":")
            row = self.client.one(f"/candidates/{candidate}")
            yield from processes.pages([processes.of_person(self.client, row, job=job, own_id=own_id)])

    def _read(self, step: Step, cursor: str, since: datetime | None) -> Listed:
        if step.name == "offers":
            return self._offers(int(cursor or 0), since) if since else Listed(())
        if step.name == "users":
            listing = self.client.users(_after("updatedAfter", since), page_id=cursor)
            pages = [page_of("user", listing.rows, mapping.user), *(() if cursor else self._counts(since))]
            return self._listed(listing, pages)
        if step.name == "jobs":
            listing = self._list("/jobs", _after("lastActivityAfter", since), cursor)
            told = together(self._whole_job, listing.rows, at_once=AT_ONCE)
            return self._listed(listing, [Page("requisition", tuple(filter(None, told)))])
        listing = self._list("/candidates", _after("updatedAfter", since), cursor)
        people = [one for one in together(self._whole, listing.rows, at_once=AT_ONCE) if one]
        rows = tuple(row for row, _ in people)
        return self._listed(
            listing, [Page("candidate", rows), *processes.pages([held for _, held in people])]
        )

    def _counts(self, since: datetime | None) -> Iterator[Page]:
        """How much there is to read, said before any of it is."""
        for path, kind, name in (
            ("/jobs", "requisition", "lastActivityAfter"),
            ("/candidates", "candidate", "updatedAfter"),
        ):
            try:
                yield Page(
                    kind, (), expected=self.client.list(path, {"limit": 1, **_after(name, since)}).total
                )
            except (Forbidden, Gone, Rejected):
                continue

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

    def _whole(self, listed: Payload) -> tuple[Row, Processes] | None:
        """One person with everything that is asked for by itself; None when they are gone meanwhile."""
        full = self._full("/candidates", listed)
        if full is None:
            return None
        row = row_of(full, mapping.candidate)
        return row, processes.of_person(self.client, full) if row.payload else Processes()

    def _whole_job(self, listed: Payload) -> Row | None:
        full = self._full("/jobs", listed)
        return None if full is None else row_of(full, self._job)

    def _full(self, path: str, row: Payload) -> Payload | None:
        """The record in full; None when it is gone since the list was made."""
        number = row.get("id") if isinstance(row, dict) else None
        if not number:
            return row
        try:
            return self.client.one(f"{path}/{number}")
        except Gone:
            return None

    def _job(self, row: Payload) -> Record:
        if row.get("template") or row.get("status") == "CREATED":
            return jobs.requisition(row, jobs.JobParts())
        path = f"/jobs/{row['id']}"
        parts = jobs.JobParts(
            history=mapping.in_order(self.client.readable(f"{path}/status/history")),
            team=self.client.readable(f"{path}/hiring-team"),
            positions=self.client.readable(f"{path}/positions"),
            users=self._users,
        )
        return jobs.requisition(row, parts)

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


def _after(name: str, since: datetime | None) -> dict[str, Any]:
    if since is None:
        return {}
    moment = since.astimezone(UTC)
    return {name: f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"}
