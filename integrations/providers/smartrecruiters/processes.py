"""A person in full with their processes: no list of SmartRecruiters has them, each is asked for by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integrations.providers.base import InterviewRecord, Page, Payload, Row
from integrations.providers.rows import Unreadable, derived, row_of
from integrations.providers.smartrecruiters import mapping
from integrations.providers.smartrecruiters.client import INTERVIEWS, REVIEWS, Client
from integrations.providers.smartrecruiters.mapping import Assignment

_MET = ("INTERVIEW", "OFFERED", "OFFER", "HIRED", "HIRE")
_OFFERED = ("OFFERED", "OFFER", "HIRED", "HIRE")


@dataclass(frozen=True, slots=True)
class Process:
    """One person's process for one job as it was told, with what hangs on it."""

    held: Assignment
    row: Row
    offers: tuple[Payload, ...] = ()
    reviews: tuple[Payload, ...] = ()
    meetings: tuple[Payload, ...] = ()


@dataclass(frozen=True, slots=True)
class Processes:
    """Those of one person; `bad` are the ones whose history cannot be read."""

    good: tuple[Process, ...] = ()
    bad: tuple[Row, ...] = ()


def of_person(client: Client, row: Payload, *, job: str = "", own_id: str = "") -> Processes:
    """Each process of the person; of one job only when it is named."""
    good: list[Process] = []
    bad: list[Row] = []
    for assigned in mapping.assignments(row):
        number = str(assigned["job"]["id"])
        if job and number != job:
            continue
        try:
            history = client.readable(f"/candidates/{row['id']}/jobs/{number}/status/history")
            good.append(_process(client, Assignment(row, assigned, mapping.in_order(history)), own_id))
        except (Unreadable, KeyError) as fault:
            bad.append(Row(mapping.application_id(str(row.get("id")), number), assigned, warning=str(fault)))
    return Processes(tuple(good), tuple(bad))


def pages(people: Sequence[Processes]) -> Iterator[Page]:
    """Applications with their stages, ends, offers, scorecards and interviews."""
    told = [process for person in people for process in person.good]
    yield Page("application", (*(one.row for one in told), *(row for person in people for row in person.bad)))
    kept = [process for process in told if process.row.record]
    held = [process.held for process in kept]
    whole = tuple(one.number for one in held)
    yield Page("stage", derived(stay for one in held for stay in mapping.stages(one)), whole=whole)
    yield Page("rejection", derived(end for one in held if (end := mapping.rejection(one))))
    yield Page("hire", derived(hire for one in held if (hire := mapping.hire(one))))
    yield Page("offer", tuple(row for process in kept for row in _offers(process)))
    yield Page("scorecard", tuple(row for process in kept for row in _scorecards(process)))
    yield Page("interview", derived(meeting for process in kept for meeting in _interviews(process)))


def _process(client: Client, held: Assignment, own_id: str) -> Process:
    """Offers, reviews and interviews are asked for only where there can be any."""
    row = row_of(held.assigned, lambda _: mapping.application(held))
    payload = {**held.assigned, "history": list(held.history)}
    told = Row(held.number, payload, row.record, row.skipped, row.warning)
    if not row.record:
        return Process(held, told)
    seen = {str(entry.get("status")) for entry in held.history}
    person = held.candidate["id"]
    offers: Sequence[Payload] = ()
    reviews: Sequence[Payload] = ()
    meetings: Sequence[Payload] = ()
    if seen & set(_OFFERED):
        offers = client.readable(f"/candidates/{person}/jobs/{held.job_id}/offers")
    if seen & set(_MET):
        reviews = client.readable(REVIEWS, candidateId=person, jobId=held.job_id)
        # By the application's own id, which a webhook tells and an assignment may.
        number = own_id or str(held.assigned.get("applicationId") or held.assigned.get("id") or "")
        meetings = client.readable(INTERVIEWS, applicationId=number) if number else ()
    return Process(held, told, tuple(offers), tuple(reviews), tuple(meetings))


def _offers(process: Process) -> Iterator[Row]:
    rows = sorted(process.offers, key=lambda row: str(row.get("createdOn")))
    for version, row in enumerate(rows, start=1):
        yield row_of(row, lambda row, version=version: mapping.offer(row, process.held, version))  # type: ignore[misc]


def _scorecards(process: Process) -> Iterator[Row]:
    for row in process.reviews:
        yield row_of(row, lambda row: mapping.scorecard(row, process.held.number))


def _interviews(process: Process) -> Iterator[InterviewRecord]:
    for row in process.meetings:
        try:
            yield from mapping.interviews(row, process.held.number)
        except (Unreadable, AttributeError, KeyError, TypeError):
            continue
