"""One page of Workday's rows, with what is read beside it: report rows, workers of the teams."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from integrations.providers import fields
from integrations.providers.base import Forbidden, Gone, Page, Payload, Rejected, Row
from integrations.providers.rows import Unreadable, derived, page_of, row_of
from integrations.providers.workday import history, mapping, people, reports, requisitions, soap
from integrations.providers.workday.client import Client, named
from integrations.providers.workday.mapping import Context, Held
from integrations.providers.workday.reports import Contract

_WID = re.compile(r"[0-9a-f]{32}")
# Of a worker nothing is kept but who they are and where they can be written to.
_WORKER = ("Worker_Reference", "Worker_Descriptor")


class Reader:
    """Tells the pages of one request. Reports nobody named are left out."""

    def __init__(self, client: Client, moment: datetime, *, is_change: bool = False) -> None:
        self.client, self.moment, self.is_change = client, moment, is_change
        self.settings = client.access.settings
        self.refused: list[str] = []

    def requisitions(self, rows: list[Payload]) -> Iterator[Page]:
        """The requisitions, dated by the report; then the people of their teams."""
        workers = self._workers(rows)
        told = self.report(reports.REQUISITIONS, _wids(rows, "Job_Requisition_Reference"))
        dates = reports.by(told, "Job_Req_ID", "Job_Requisition_WID")
        context = Context(
            self.moment,
            self.is_change,
            {number: worker for worker in workers for number in _all_ids(worker)},
            {number: held[0] for number, held in dates.items()},
            requisitions.own_statuses(str(self.settings.get("statuses") or "")),
        )
        kept = tuple(self._requisition(row, context) for row in rows)
        yield Page("requisition", (*kept, *self._complaints()))
        yield page_of("user", workers, people.user)

    def people(self, rows: list[Payload], *, only: frozenset[str] = frozenset()) -> Iterator[Page]:
        """The people first, then their applications, then what hangs on these."""
        context = Context(self.moment, self.is_change)
        found = tuple(
            _row(row, lambda one: people.candidate(one, context), "Candidate_Reference") for row in rows
        )
        gone = tuple(row.external_id for row in found if row.skipped == "purged")
        yield Page("candidate", found, gone=gone)
        held = [one for row in rows for one in mapping.applications(row)]
        yield from self._applications(
            [
                one
                for one in held
                if not set(gone) & set(ids(one.candidate, "Candidate_Reference"))
                and (not only or only & set(ids(one.applied, "Job_Application_Reference")))
            ]
        )

    def report(self, contract: Contract, wids: Sequence[str]) -> list[Payload]:
        """The rows about these, asked for by so many at once that the address stays short."""
        name = str(self.settings.get(contract.setting) or "")
        found: list[Payload] = []
        for start in range(0, len(wids) if name else 0, reports.CHUNK):
            asked = {contract.prompt: "!".join(wids[start : start + reports.CHUNK])}
            try:
                found += self.client.report(name, asked)
            except (Forbidden, Gone, Rejected) as refusal:
                words = f"The report “{name}” could not be read: {refusal.sentence}"
                if contract.is_vital:
                    raise Rejected(
                        f"{words} Share it again, or clear its name in the connection."
                    ) from refusal
                self.refused.append(words)
                break
        return found

    def _requisition(self, row: Payload, context: Context) -> Row:
        found = _row(row, lambda one: requisitions.requisition(one, context), "Job_Requisition_Reference")
        dates = context.dates.get(requisitions.code(row), {})
        payload = row | ({"Report": dates} if dates else {})
        return Row(found.external_id, payload, found.record, found.skipped, found.warning)

    def _applications(self, held: list[Held]) -> Iterator[Page]:
        wids = _wids([one.applied for one in held], "Job_Application_Reference")
        past = reports.by(self.report(reports.HISTORY, wids), "Job_Application_ID", "Job_Application_WID")
        full = [
            Held(
                one.candidate,
                one.applied,
                tuple(line for number in _own(one) for line in past.get(number, ())),
            )
            for one in held
        ]
        rows = tuple(_application(one) for one in full)
        yield Page("application", (*rows, *self._complaints()))
        kept = [one for one, row in zip(full, rows, strict=True) if row.record]
        stages = [(one, _safely(history.stages, one)) for one in kept]
        whole = tuple(one.number for one, found in stages if found is not None and one.history)
        yield Page("stage", derived(one for _, found in stages for one in found or ()), whole=whole)
        yield Page("rejection", derived(end for held in kept if (end := mapping.rejection(held))))
        yield Page("offer", derived(one for held in kept for one in _safely(history.offers, held) or ()))
        yield Page("hire", derived(one for held in kept if (one := history.hire(held))))
        yield from self._meetings(kept)

    def _meetings(self, kept: list[Held]) -> Iterator[Page]:
        numbers = {number: one.number for one in kept for number in _own(one)}
        told = self.report(
            reports.INTERVIEWS, _wids([one.applied for one in kept], "Job_Application_Reference")
        )
        rows = [row for row in told if reports.value(row, "Job_Application_ID") in numbers]

        def application_of(row: Payload) -> str:
            return numbers[reports.value(row, "Job_Application_ID")]

        yield page_of(
            "interview",
            history.once(rows, "Interview_ID"),
            lambda row: history.interview(row, application_of(row)),
            identity="Interview_ID",
        )
        yield page_of(
            "scorecard",
            history.once(rows, "Feedback_ID"),
            lambda row: history.scorecard(row, application_of(row)),
            identity="Feedback_ID",
        )

    def _complaints(self) -> Iterator[Row]:
        """A report that failed is said once per request, on the run."""
        yield from (Row("", {}, warning=words) for words in dict.fromkeys(self.refused))
        self.refused = []

    def _workers(self, rows: list[Payload]) -> list[Payload]:
        """Only those who have a role on these requisitions: nobody else of the workforce is read."""
        roles = dict.fromkeys(pair for row in rows for pair in requisitions.team_ids(row))
        seats = [number for kind, number in roles if kind == "Position_ID"]
        people = [pair for pair in roles if pair[0] != "Position_ID"]
        asked = []
        if seats:
            places = (soap.reference("Position_Reference", "Position_ID", number) for number in seats)
            asked.append(soap.node("Request_Criteria", *places))
        if people:
            asked.append(named("Worker_Reference", people))
        group = soap.node(
            "Response_Group",
            *(soap.node(f"Include_{name}", "true") for name in _WORKER_PARTS),
        )
        found: list[Payload] = []
        for criteria in asked:
            try:
                found += self._every_worker(criteria, group)
            except (Forbidden, Rejected) as refusal:
                self.refused.append(refusal.sentence)
        return [_spare(row) for row in found if isinstance(row, dict)]

    def _every_worker(self, criteria: Any, group: Any) -> Iterator[Payload]:
        number = 1
        while number:
            listing = self.client.page(
                "Get_Workers", criteria, number=number, group=group, service="Human_Resources"
            )
            yield from listing.rows
            number = listing.following


_WORKER_PARTS = ("Reference", "Personal_Information", "Employment_Information")


def references(thing: str, numbers: Sequence[str]) -> Any:
    """Request_References to things by WID, or by their own id where it is none."""
    own = "Candidate_ID" if thing == "Candidate" else f"{thing}_ID"
    pairs = [("WID" if _WID.fullmatch(number) else own, number) for number in numbers]
    return named(f"{thing}_Reference", pairs)


def ids(row: Payload, name: str) -> list[str]:
    """Every id of a reference, whatever its type."""
    held = fields.inner(row, name)
    return [str(value) for kind, value in held.items() if kind != "Descriptor" and isinstance(value, str)]


def _wids(rows: Sequence[Payload], name: str) -> list[str]:
    return [str(wid) for row in rows if (wid := fields.inner(row, name).get("WID"))]


def _own(held: Held) -> list[str]:
    return ids(held.applied, "Job_Application_Reference")


def _all_ids(worker: Payload) -> list[str]:
    """By which a role may name a worker: their own ids and those of their positions."""
    return [*ids(worker, "Worker_Reference"), *worker.get("Positions", [])]


def _spare(row: Payload) -> Payload:
    """A worker without all that is nobody's business here."""
    data = fields.inner(row, "Worker_Data")
    personal, job = fields.inner(data, "Personal_Data"), fields.inner(data, "Employment_Data")
    jobs = [one for one in _list(job.get("Worker_Job_Data")) if isinstance(one, dict)]
    positions = [
        number
        for one in jobs
        for place in _list(one.get("Position_Data"))
        if isinstance(place, dict)
        for number in (*ids(place, "Position_Reference"), fields.text(place, "Position_ID"))
        if number
    ]
    kept = {name: row[name] for name in _WORKER if name in row}
    mails = {"Email_Address_Data": fields.inner(personal, "Contact_Data").get("Email_Address_Data")}
    status = fields.inner(job, "Worker_Status_Data").get("Active", "1")
    return kept | {
        "Positions": list(dict.fromkeys(positions)),
        "Worker_Data": {
            "Personal_Data": {"Name_Data": fields.inner(personal, "Name_Data"), "Contact_Data": mails},
            "Employment_Data": {"Worker_Status_Data": {"Active": status}},
        },
    }


def _list(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [held] if held else []


def _row(row: Payload, read: Callable[[Payload], Any], reference: str) -> Row:
    """With its id even where it cannot be read."""
    found = row_of(row, read)
    number = next(iter(_wids([row], reference) if isinstance(row, dict) else []), found.external_id)
    return Row(found.external_id or number, found.payload, found.record, found.skipped, found.warning)


def _application(held: Held) -> Row:
    found = _row(held.applied, lambda _: mapping.application(held), "Job_Application_Reference")
    payload = {**held.applied, "History": list(held.history)}
    return Row(found.external_id, payload, found.record, found.skipped, found.warning)


def _safely(read: Callable[[Held], list[Any]], held: Held) -> list[Any] | None:
    """A history that cannot be read is left as it is here."""
    try:
        return read(held)
    except (Unreadable, AttributeError, KeyError, TypeError, ValueError):
        return None
