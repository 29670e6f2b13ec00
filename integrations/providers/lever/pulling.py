"""The walk over a Lever account. One opportunity tells a person, an application and its history at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from integrations.policies import hiring_words
from integrations.providers.base import Forbidden, Gone, Page, Payload, Rejected, Row
from integrations.providers.lever import mapping, postings
from integrations.providers.lever.client import Client, Listing
from integrations.providers.lever.mapping import References
from integrations.providers.rows import derived, page_of, row_of
from integrations.providers.walking import Listed, Step, walk

EXPANDED = {"expand": "applications,contact"}
STEPS = (
    Step("users", "user"),
    Step("requisitions", "requisition"),
    Step("postings", "requisition"),
    Step("opportunities", "application"),
    # Opportunities are walked by stage: one that moves meanwhile is met by the passes by time.
    Step("updated", "application"),
    Step("archived", "application"),
    Step("advanced", "application"),
    Step("postings/deleted", "requisition"),
    Step("opportunities/deleted", "application"),
    Step("applications/deleted", "application"),
)
BY_TIME = {"updated": "updated_at_start", "archived": "archived_at_start", "advanced": "advanced_at_start"}


class Puller:
    """Reads pages; holds one in memory, plus the reference lists."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        after = _millis(since) if since else 0
        return walk(STEPS, lambda step, place: self._read(step, place, after), position=position)

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        for number in dict.fromkeys(ids):
            try:
                yield from self._again(kind, number)
            except Gone:
                continue

    def _again(self, kind: str, number: str) -> Iterator[Page]:
        if kind == "requisition":
            yield self._postings([self.client.one(f"postings/{number}")])
        elif kind == "application":
            yield from self._opportunities([self.client.one(f"opportunities/{number}", EXPANDED)])
        elif kind == "candidate":
            rows = list(self.client.every("opportunities", EXPANDED | {"contact_id": number}))
            if rows:
                yield self._people(rows)

    def _read(self, step: Step, place: Payload, after: int) -> Listed:
        cursor = str(place["cursor"])
        if step.name in BY_TIME:
            # A full walk is caught up from its own beginning, and only by what was touched.
            start = after or (_millis(_time(place["server_time"])) if step.name == "updated" else 0)
            return self._found(BY_TIME[step.name], start, cursor) if start else Listed(())
        if step.name.endswith("/deleted"):
            return self._deleted(step, after, cursor) if after else Listed(())
        if step.name == "requisitions":
            return self._touched(after)
        return self._listed(step, cursor, after)

    def _listed(self, step: Step, cursor: str, after: int) -> Listed:
        if step.name == "users":
            listing = self._list("users", {"includeDeactivated": "true"}, cursor)
            return Listed((page_of("user", listing.rows, mapping.user),), listing.offset, listing.date)
        if step.name == "postings":
            listing = self._list("postings", {"updated_at_start": after} if after else {}, cursor)
            return Listed((self._postings(listing.rows),), listing.offset, listing.date)
        if after:
            return Listed(())
        listing = self._list("opportunities", EXPANDED, cursor)
        return Listed(tuple(self._opportunities(listing.rows)), listing.offset, listing.date)

    def _found(self, parameter: str, start: int, cursor: str) -> Listed:
        listing = self._list("opportunities", EXPANDED | {parameter: start}, cursor)
        return Listed(tuple(self._opportunities(listing.rows)), listing.offset, listing.date)

    def _deleted(self, step: Step, after: int, cursor: str) -> Listed:
        try:
            listing = self._list(step.name, {"deleted_at_start": after}, cursor)
        except (Gone, Forbidden, Rejected):
            # Not every account has these lists; the weekly comparison finds the same.
            return Listed(())
        name = "opportunityId" if step.name.startswith("applications") else "id"
        gone = tuple(str(row.get(name) or row.get("id")) for row in listing.rows)
        return Listed((Page(step.kind, (), gone=gone),), listing.offset, listing.date)

    def _touched(self, after: int) -> Listed:
        """Requisitions have no filter by time: those changed since have their postings read again."""
        if not after:
            return Listed(())
        changed = [
            row
            for row in {str(row["id"]): row for row in self._references.requisitions.values()}.values()
            if int(row.get("updatedAt") or row.get("createdAt") or 0) >= after
        ]
        numbers = {str(number) for row in changed for number in row.get("postings") or ()}
        return Listed(tuple(self.reread("requisition", sorted(numbers))))

    def _list(self, path: str, params: dict[str, Any], cursor: str) -> Listing:
        try:
            return self.client.list(path, params, offset=cursor)
        except (Rejected, Gone):
            if not cursor:
                raise
            # An offset that outlived its list: reading it again from its start changes nothing twice.
            return self.client.list(path, params)

    def _postings(self, rows: list[Payload]) -> Page:
        return page_of("requisition", rows, lambda row: postings.requisition(row, self._references))

    def _people(self, rows: Sequence[Payload]) -> Page:
        groups: dict[str, list[Payload]] = {}
        for row in rows:
            groups.setdefault(_contact(row), []).append(row)
        held = [_person(number, group) for number, group in groups.items() if number]
        anonymous = tuple(row.external_id for row in held if row.skipped == "anonymized")
        return Page("candidate", tuple(held), gone=anonymous)

    def _opportunities(self, rows: list[Payload]) -> Iterator[Page]:
        """The people first, then their applications, then what hangs on these."""
        refs = self._references
        rows = [self._expanded(row) for row in rows if isinstance(row, dict)]
        yield self._people(rows)
        applications = page_of("application", rows, lambda row: mapping.application(row, refs))
        yield applications
        kept = {row.external_id for row in applications.rows if row.record}
        told = [row for row in rows if str(row.get("id")) in kept]
        stages = [(row, _safely(lambda row=row: mapping.stages(row, refs))) for row in told]
        whole = tuple(str(row["id"]) for row, found in stages if found is not None)
        yield Page("stage", derived(one for _, found in stages for one in found or ()), whole=whole)
        yield Page("rejection", derived(one for row in told if (one := mapping.rejection(row, refs))))
        yield Page("hire", derived(end for row in told if (end := mapping.hire(row, refs))))
        yield from self._children(told)

    def _expanded(self, row: Payload) -> Payload:
        """Applications named only by id are fetched: not every account expands them."""
        held = row.get("applications") or []
        if not held or isinstance(held[0], dict):
            return row
        return row | {"applications": list(self.client.every(f"opportunities/{row['id']}/applications"))}

    def _children(self, rows: list[Payload]) -> Iterator[Page]:
        """Offers, interviews and scorecards are listed per opportunity: only where there can be any."""
        refs = self._references
        offered = [row for row in rows if self._has_been(row, "offer") or mapping.hire(row, refs)]
        found = [
            row_of(offer, lambda offer, row=row, n=n: mapping.offer(offer, row, n))  # type: ignore[misc]
            for row in offered
            for n, offer in enumerate(self._of(row, "offers"), start=1)
        ]
        yield Page("offer", tuple(found))
        met = [row for row in rows if self._has_been(row, "interview")]
        interviews = [
            row_of(one, lambda one, row=row: mapping.interview(one, row))  # type: ignore[misc]
            for row in met
            for one in self._of(row, "interviews")
        ]
        yield Page("interview", tuple(interviews))
        cards = [
            row_of(one, lambda one, row=row: mapping.scorecard(one, row, refs))  # type: ignore[misc]
            for row in met
            for one in self._of(row, "feedback")
        ]
        yield Page("scorecard", tuple(cards))

    def _has_been(self, row: Payload, word: str) -> bool:
        """Whether it ever stood in such a stage, by our reading of the stages' names."""
        wanted = {"offer"} if word == "offer" else {"interview", "final_interview", "offer"}
        numbers = [*(change.get("toStageId") for change in row.get("stageChanges") or ()), row.get("stage")]
        names = (self._references.stages.get(_plain(number), _plain(number)) for number in numbers)
        return any(hiring_words.stage(name) in wanted for name in names)

    def _of(self, row: Payload, name: str) -> list[Payload]:
        """Oldest first; nothing where the key may not look (the check names that right)."""
        try:
            rows = list(self.client.every(f"opportunities/{row['id']}/{name}"))
        except (Forbidden, Gone):
            return []
        return sorted(rows, key=lambda one: one.get("createdAt") or 0)

    @cached_property
    def _references(self) -> References:
        requisitions: dict[str, Payload] = {}
        for row in self._readable("requisitions"):
            # By id, by code, and by the postings it names.
            keys = (row.get("id"), row.get("requisitionCode"), *(row.get("postings") or ()))
            requisitions |= {str(key): row for key in keys if key}
        return References(
            users={str(row["id"]): row for row in self._readable("users", includeDeactivated="true")},
            stages={str(row["id"]): str(row.get("text") or row["id"]) for row in self._readable("stages")},
            reasons={str(row["id"]): row for row in self._readable("archive_reasons")},
            requisitions=requisitions,
        )

    def _readable(self, path: str, **params: str) -> list[Payload]:
        """The whole list, or nothing when the key may not see it: the check names that right."""
        try:
            return list(self.client.every(path, params))
        except Forbidden:
            return []


def _person(number: str, group: list[Payload]) -> Row:
    """The contact, told by all of the opportunities at hand that can be read, newest first."""
    ordered = sorted(group, key=_age, reverse=True)
    rows = [row_of(one, lambda one: mapping.candidate([one])) for one in ordered]
    good = [one for one, row in zip(ordered, rows, strict=True) if row.record]
    row = row_of(good[0], lambda _: mapping.candidate(good)) if good else rows[0]
    held = ordered[0].get("contact")
    return Row(number, held if isinstance(held, dict) else ordered[0], row.record, row.skipped, row.warning)


def _age(row: Payload) -> int:
    times = [row.get(name) for name in ("updatedAt", "createdAt")]
    return next((time for time in times if isinstance(time, int)), 0)


def _contact(row: Payload) -> str:
    held = row.get("contact")
    return str((held.get("id") if isinstance(held, dict) else held) or row.get("id") or "")


def _safely(read: Any) -> Any:
    """A history that cannot be read is left as it is here."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _plain(number: Any) -> str:
    return str(number.get("id") if isinstance(number, dict) else number or "")


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
