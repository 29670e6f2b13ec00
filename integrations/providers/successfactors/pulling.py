"""The walk over a SuccessFactors company: parents first, an application with all that hangs on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

from integrations.providers.base import Forbidden, Gone, Page, Payload, Record, Rejected, Row
from integrations.providers.rows import derived, page_of, row_of
from integrations.providers.successfactors import asking, extras, mapping, odata, requisitions
from integrations.providers.successfactors.client import Client
from integrations.providers.successfactors.lists import Listing, Query
from integrations.providers.successfactors.refusals import UnknownField
from integrations.providers.successfactors.schema import Schema
from integrations.providers.walking import Listed, Step, walk

STEPS = (
    Step("users", "user"),
    Step("requisitions", "requisition"),
    Step("candidates", "candidate"),
    Step("applications", "application"),
    *(Step(entity, "application") for entity in asking.TOUCHED),
    Step("open", "application"),
)
BATCH = 40
# No child's change is certain to move its application's stamp: those under way are read again once a day.
REREAD_EVERY = timedelta(hours=20)


class Puller:
    """Reads pages; holds one in memory."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.read: set[str] = set()

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        return walk(STEPS, lambda step, place: self._read(step, place, since, marks), position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        wanted = [number for number in dict.fromkeys(ids) if odata.is_number(number)]
        for start in range(0, len(wanted), BATCH):
            chunk = wanted[start : start + BATCH]
            if kind == "requisition":
                query = asking.requisitions(self._schema, odata.any_of("jobReqId", chunk))
                yield self._requisitions(self._every(query))
            elif kind == "candidate":
                query = asking.candidates(self._schema, odata.any_of("candidateId", chunk))
                yield self._people(self._every(query))
            elif kind == "application":
                query = self._application_query(odata.any_of("applicationId", chunk))
                yield from self._applications(self._every(query))

    def _read(self, step: Step, place: Payload, since: datetime | None, marks: Payload) -> Listed:
        cursor = str(place["cursor"])
        if step.name in asking.TOUCHED:
            return self._touched(step.name, since, cursor)
        if step.name == "open":
            return self._open(place, cursor, since, marks)
        ask, told = self._lists(since)[step.name]
        found = self._listed(ask, cursor, told)
        is_first = step is STEPS[0] and not cursor
        return replace(found, pages=(*self._counts(since), *found.pages)) if is_first else found

    def _lists(
        self, since: datetime | None
    ) -> dict[str, tuple[Callable[[], Query], Callable[[list[Payload]], list[Page]]]]:
        changed = asking.changed_since(since)
        return {
            "users": (
                lambda: asking.users(self._schema),
                lambda rows: [page_of("user", rows, mapping.user, identity="userId")],
            ),
            "requisitions": (
                lambda: asking.requisitions(self._schema, changed),
                lambda rows: [self._requisitions(rows)],
            ),
            "candidates": (
                lambda: asking.candidates(self._schema, changed),
                lambda rows: [self._people(rows)],
            ),
            "applications": (
                lambda: self._application_query(changed, *asking.SENT),
                lambda rows: list(self._applications(rows)),
            ),
        }

    def _counts(self, since: datetime | None) -> Iterator[Page]:
        """How much there is to read, said before any of it is."""
        for step in STEPS[1:4]:
            ask, _ = self._lists(since)[step.name]
            try:
                total = self.client.count(ask())
            except (Forbidden, Gone, Rejected):
                continue
            yield Page(step.kind, (), expected=total)

    def _listed(
        self, ask: Callable[[], Query], cursor: str, told: Callable[[list[Payload]], list[Page]]
    ) -> Listed:
        last, _, link = cursor.partition(" ")
        try:
            listing = self._asked(ask, last, link)
        except Forbidden:
            # One of the navigations may be what is forbidden: without it there is still the rest.
            if "forbidden" in self.__dict__ or not self.forbidden:
                raise
            listing = self._asked(ask, last, link)
        key = ask().key
        reached = max((str(row.get(key) or "") for row in listing.rows), key=_order, default=last)
        pages = told(listing.rows)
        return Listed(tuple(pages), f"{reached} {listing.next}" if listing.next else "", listing.date)

    def _asked(self, ask: Callable[[], Query], last: str, link: str) -> Listing:
        """The next page; where its snapshot is over, the rest of the list behind the last key."""
        if link:
            try:
                return self.client.follow(link)
            except (Rejected, Gone):
                pass
        try:
            return self.client.page(ask().behind(last))
        except UnknownField:
            # The templates were changed since we read what they have.
            self.__dict__.pop("_schema", None)
            return self.client.page(ask().behind(last))

    def _touched(self, entity: str, since: datetime | None, cursor: str) -> Listed:
        """Children that changed without their parent: the parents are read again."""
        if since is None or not self._schema.knows(entity):
            return Listed(())
        query = asking.touched(entity, since)
        try:
            found = self._listed(lambda: query, cursor, lambda rows: [Page("row", tuple(_bare(rows)))])
        except (Forbidden, Gone, Rejected):
            # The check names the right; the daily reading of what is open finds the same.
            return Listed(())
        name = asking.TOUCHED[entity][2]
        ids = {_parent(row.payload, name) for page in found.pages for row in page.rows} - {""}
        kind = "requisition" if name == "jobReqId" else "application"
        missed = sorted(ids if kind == "requisition" else ids - self.read)
        return replace(found, pages=tuple(self.reread(kind, missed)))

    def _open(self, place: Payload, cursor: str, since: datetime | None, marks: Payload) -> Listed:
        """Applications under way, once a day. A full walk has just read them."""
        started_at = str(place["server_time"] or datetime.now(UTC).isoformat())
        held = str(marks.get("open_read_at") or "")
        is_due = since is not None and (not held or _time(started_at) - _time(held) >= REREAD_EVERY)
        if not cursor and not is_due:
            return Listed((), marks={"open_read_at": held if since is not None else started_at})
        found = self._listed(
            lambda: self._application_query("status eq 0"),
            cursor,
            lambda rows: list(self._applications(rows)),
        )
        return replace(found, marks={} if found.cursor else {"open_read_at": started_at})

    def _requisitions(self, rows: list[Payload]) -> Page:
        skills = self._schema.named_like("JobRequisition", "skill")
        page = page_of(
            "requisition", rows, lambda row: requisitions.requisition(row, skills), identity="jobReqId"
        )
        return replace(page, gone=_skipped(page, "deleted"))

    def _people(self, rows: list[Payload]) -> Page:
        links = self._schema.named_like("Candidate", "linkedin")
        skills = self._schema.named_like("Candidate", "skill")
        page = page_of(
            "candidate", rows, lambda row: mapping.candidate(row, links, skills), identity="candidateId"
        )
        return replace(page, gone=_skipped(page, "anonymized"))

    def _applications(self, rows: list[Payload]) -> Iterator[Page]:
        rows = self._filled([row for row in rows if isinstance(row, dict)])
        page = page_of("application", rows, mapping.application, identity="applicationId")
        yield page
        kept = {row.external_id for row in page.rows if row.record}
        told = [row for row in rows if str(row.get("applicationId")) in kept]
        self.read |= kept
        trails = [mapping.trail(row) for row in told]
        whole = tuple(
            str(row["applicationId"]) for row, held in zip(told, trails, strict=True) if held.is_told
        )
        yield Page("stage", derived(stay for held in trails for stay in held.stays), whole=whole)
        yield Page("rejection", derived(one for row in told if (one := mapping.rejection(row))))
        yield Page("hire", derived(end for row in told if (end := mapping.hire(row))))
        yield Page("offer", tuple(one for row in told for one in _offers(row)))
        meetings = [(one, row) for row in told for one in odata.many(row, "jobApplicationInterview")]
        yield Page("interview", tuple(_part(one, row, extras.interview) for one, row in meetings))
        cards = (_part(one, row, extras.scorecard) for one, row in meetings)
        yield Page("scorecard", tuple(card for card in cards if not card.skipped))

    def _filled(self, rows: list[Payload]) -> list[Payload]:
        """What was not expanded is read on its own."""
        for nav, (entity, number_of) in asking.PARTS.items():
            lacking = [str(row.get("applicationId")) for row in rows if odata.is_deferred(row, nav)]
            if not lacking or nav in self._without or not self._schema.knows(entity):
                continue
            found: dict[str, list[Payload]] = {number: [] for number in lacking}
            try:
                for start in range(0, len(lacking), BATCH):
                    for one in self._every(asking.parts(nav, lacking[start : start + BATCH], self._schema)):
                        found.setdefault(_parent(one, number_of), []).append(one)
            except Forbidden:
                continue
            rows = [
                row | {nav: {"results": found[str(row.get("applicationId"))]}}
                if str(row.get("applicationId")) in found
                else row
                for row in rows
            ]
        return rows

    def _every(self, query: Query) -> list[Payload]:
        return self.client.every(query)

    def _application_query(self, *filters: str) -> Query:
        return asking.applications(self._schema, *filters, without=self._without)

    @cached_property
    def forbidden(self) -> tuple[str, ...]:
        """Navigations of an application the user may not see, each asked for once."""
        return tuple(nav for nav, entity in asking.OPTIONAL.items() if not self._may_read(entity))

    @property
    def _without(self) -> tuple[str, ...]:
        return self.forbidden if "forbidden" in self.__dict__ else ()

    def _may_read(self, entity: str) -> bool:
        try:
            self.client.get(f"/{entity}", {"$format": "json", "$top": "1"})
        except Forbidden:
            return False
        except (Rejected, Gone):
            return self._schema.knows(entity)
        return True

    @cached_property
    def _schema(self) -> Schema:
        return self.client.schema


def _offers(row: Payload) -> Iterator[Row]:
    """The letters; an approval nobody sent a letter for is counted, not taken for an offer."""
    number = str(row["applicationId"])
    held = extras.letters(row)
    for version, letter in enumerate(held, start=1):
        yield row_of(
            letter, partial(extras.offer, application_id=number, version=version), identity="offerLetterId"
        )
    for one in odata.many(row, "jobOffer") if not held else ():
        yield row_of(one, partial(extras.approval, application_id=number), identity="offerApprovalId")


def _part(one: Payload, row: Payload, read: Callable[[Payload, Payload], Record]) -> Row:
    return row_of(one, lambda part: read(part, row), identity="applicationInterviewId")


def _skipped(page: Page, reason: str) -> tuple[str, ...]:
    return tuple(row.external_id for row in page.rows if row.skipped == reason)


def _bare(rows: list[Payload]) -> Iterator[Row]:
    return (Row("", row) for row in rows if isinstance(row, dict))


def _parent(row: Payload, name: str) -> str:
    nav, _, field = name.rpartition("/")
    return str((odata.first(row, nav) if nav else row).get(field) or "")


def _order(key: str) -> tuple[int, str]:
    """Numbers by their size, texts by their letters."""
    return (len(key), key) if odata.is_number(key) else (0, key)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
