"""The walk over a tenant: requisitions, people with their applications, then what only reports saw."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from integrations.providers.base import Gone, Page, Payload
from integrations.providers.walking import Listed, Step, walk
from integrations.providers.workday import reports, soap
from integrations.providers.workday.client import TELLS_CHANGES, Client, Listing, changed, people_group
from integrations.providers.workday.reading import Reader, ids, references

STEPS = (
    Step("requisitions", "requisition"),
    Step("candidates", "candidate"),
    # Offers and hires may leave no trace in the log of the person.
    Step("history", "application"),
)
BATCH = 50
WINDOW = timedelta(days=7)
_JOB_PARTS = (
    *("Reference", "Job_Requisition_Definition_Data", "Job_Requisition_Restrictions_Data"),
    *("Organizations", "Roles"),
)


class Puller:
    """Reads pages; holds one in memory, plus the ids of the people met by this worker."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._met: set[str] = set()

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        return walk(STEPS, lambda step, place: self._read(step, place, since), position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        """A candidate comes with the applications; an application is found through the history report."""
        numbers = list(dict.fromkeys(ids))
        moment = self.client.moment() if numbers else ""
        for start in range(0, len(numbers), BATCH):
            chunk = numbers[start : start + BATCH]
            if kind == "requisition":
                listing = self._jobs(references("Job_Requisition", chunk), moment=moment)
                yield from self._reader(moment).requisitions(listing.rows)
            elif kind == "candidate":
                yield from self._named(chunk, moment)
            elif kind == "application":
                yield from self._owners(chunk, moment)

    def _read(self, step: Step, place: Payload, since: datetime | None) -> Listed:
        # One moment for the whole walk: what is entered meanwhile is the next one's.
        moment = str(place["server_time"] or self.client.moment())
        if step.name == "history":
            return self._touched(str(place["cursor"]), since, moment)
        number = int(place["cursor"] or 1)
        window = self._window(step, since, moment)
        reader = self._reader(moment, is_change=window is not None)
        if step.name == "requisitions":
            listing = self._jobs(window, moment=moment, number=number)
            pages = list(reader.requisitions(listing.rows))
        else:
            listing = self._people(window, moment=moment, number=number)
            self._met |= {number for row in listing.rows for number in ids(row, "Candidate_Reference")}
            pages = list(reader.people(listing.rows))
        first = Page(pages[0].kind, pages[0].rows, expected=listing.total, gone=pages[0].gone)
        following = str(listing.following) if listing.following else ""
        return Listed((first, *pages[1:]), following, moment)

    def _window(self, step: Step, since: datetime | None, moment: str) -> Any:
        """Of the transaction log; None = everything, as where this version has no log of people."""
        if since is None or (step.name == "candidates" and not self.client.tells(TELLS_CHANGES)):
            return None
        return changed(since.isoformat(timespec="milliseconds"), moment)

    def _touched(self, cursor: str, since: datetime | None, moment: str) -> Listed:
        """Whoever has a row that changed in this window, unless the log named them a moment ago."""
        name = str(self.client.access.settings.get(reports.HISTORY.setting) or "")
        if since is None or not name:
            return Listed((), date=moment)
        begin, end = (_time(cursor) if cursor else since), _time(moment)
        until = min(begin + WINDOW, end)
        prompts = {"From_Moment": begin.isoformat(), "To_Moment": until.isoformat()}
        rows = self.client.report(name, prompts)
        people = dict.fromkeys(reports.value(row, "Candidate_ID") for row in rows)
        wanted = [number for number in people if number and number not in self._met]
        pages: list[Page] = []
        for start in range(0, len(wanted), BATCH):
            pages += self._named(wanted[start : start + BATCH], moment)
        return Listed(tuple(pages), until.isoformat() if until < end else "", moment)

    def _named(self, numbers: Sequence[str], moment: str) -> Iterator[Page]:
        listing = self._people(references("Candidate", numbers), moment=moment)
        yield from self._reader(moment, is_change=True).people(listing.rows)

    def _owners(self, numbers: Sequence[str], moment: str) -> Iterator[Page]:
        """Who applied stands in the report; without it a full walk has met whatever is there."""
        reader = self._reader(moment, is_change=True)
        owners = dict.fromkeys(
            number
            for row in reader.report(reports.HISTORY, numbers)
            if (number := reports.value(row, "Candidate_ID"))
        )
        if owners:
            listing = self._people(references("Candidate", list(owners)), moment=moment)
            yield from reader.people(listing.rows, only=frozenset(numbers))

    def _jobs(self, criteria: Any, *, moment: str, number: int = 1) -> Listing:
        group = soap.node("Response_Group", *(soap.node(f"Include_{name}", "true") for name in _JOB_PARTS))
        return self._page("Get_Job_Requisitions", criteria, number=number, moment=moment, group=group)

    def _people(self, criteria: Any, *, moment: str, number: int = 1) -> Listing:
        group = people_group(self.client)
        return self._page("Get_Candidates", criteria, number=number, moment=moment, group=group)

    def _page(self, operation: str, criteria: Any, **how: Any) -> Listing:
        try:
            return self.client.page(operation, criteria, **how)
        except Gone:
            return Listing([], 0, 0)

    def _reader(self, moment: str, *, is_change: bool = False) -> Reader:
        return Reader(self.client, _time(moment), is_change=is_change)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
