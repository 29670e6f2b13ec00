"""SmartRecruiters' shapes: rows as its API answers them, read off the world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.simulators.server import Row
from tests.simulators.world import REASONS, SOURCES, STAGES, Application, Job, Person, Staff, World

# status and sub-status of each stage, and the name they are known by here
STATUSES = (
    ("NEW", ""),
    ("IN_REVIEW", STAGES[1]),
    ("INTERVIEW", STAGES[2]),
    ("INTERVIEW", STAGES[3]),
    ("OFFERED", ""),
)
NAMES = ("New", f"In review: {STAGES[1]}", f"Interview: {STAGES[2]}", f"Interview: {STAGES[3]}", "Offered")
ENDS = {"rejected": "REJECTED", "withdrawn": "WITHDRAWN", "hired": "HIRED"}
JOBS = {"open": "SOURCING", "on_hold": "ON_HOLD", "filled": "FILLED", "closed": "CANCELLED"}
OFFERS = {"pending": "PENDING_ACCEPTANCE", "accepted": "ACCEPTED", "declined": "NOT_ACCEPTED"}


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else None


def user(one: Staff) -> Row:
    names = {"firstName": one.first, "lastName": one.last, "email": one.email}
    return {"id": one.id, **names, "active": one.is_active, "systemRole": {"id": "BASIC", "name": "Basic"}}


def job(held: Job) -> Row:
    place = {"country": held.country, "countryCode": "", "city": held.city}
    return {
        "id": held.id,
        "title": held.title,
        "refNumber": held.code,
        "createdOn": iso(held.opened - timedelta(days=3)),
        "updatedOn": iso(held.updated),
        "lastActivityOn": iso(held.updated),
        "department": {"id": held.department, "label": held.department},
        "location": place,
        "status": JOBS[held.status],
        "postingStatus": "PUBLIC",
        "template": False,
    }


def jobs(world: World, params: dict[str, str]) -> list[Row]:
    since = params.get("lastActivityAfter", "")[:19]
    rows = [job(held) for held in world.jobs.values()]
    return [row for row in rows if not since or row["lastActivityOn"] >= since]


def job_history(held: Job) -> list[Row]:
    entries = [("CREATED", held.opened - timedelta(days=3)), ("SOURCING", held.opened)]
    end = held.held or held.closed
    entries += [(JOBS[held.status], end)] if end else []
    return [{"changedOn": iso(at), "status": status, "actions": {}} for status, at in entries]


def team(held: Job) -> list[Row]:
    return [{"id": held.recruiter.id, "role": "RECRUITER"}, {"id": held.manager.id, "role": "HIRING_MANAGER"}]


def positions(held: Job) -> list[Row]:
    return [{"id": f"{held.id}-{seat}", "type": "NEW", "status": "OPEN"} for seat in range(held.openings)]


def people(world: World, params: dict[str, str]) -> list[Row]:
    """The thin rows of the list; `q` looks through many fields."""
    since, words = params.get("updatedAfter", "")[:19], params.get("q", "").casefold()
    found = [person for person in world.people.values() if not words or _is_like(person, words)]
    rows = [details(world, person) for person in found]
    rows = [row for row in rows if not since or row["updatedOn"] >= since]
    return [{name: value for name, value in row.items() if name not in _FULL} for row in rows]


def _is_like(person: Person, words: str) -> bool:
    told = (person.first, person.last, person.email, person.title, person.company, person.city)
    text = " ".join(told).casefold()
    return words in text or words.split("@")[0][:3] in text


_FULL = ("phoneNumber", "web", "experience")


def details(world: World, person: Person) -> Row:
    held = world.of_person(person)
    assigned = [_assignment(one) for one in held]
    row: Row = {
        "id": person.id,
        "internal": False,
        "firstName": person.first,
        "lastName": person.last,
        "createdOn": iso(person.created),
        "updatedOn": iso(max([person.updated, *(one.updated for one in held)])),
        "location": {"country": person.country, "city": person.city},
        "tags": list(person.tags),
        "web": {"linkedIn": person.link} if person.link else {},
        "experience": [{"title": person.title, "company": person.company, "current": True}],
        "secondaryAssignments": assigned[1:],
        "actions": {"details": {"url": f"/candidates/{person.id}", "method": "GET"}},
    }
    primary = {"primaryAssignment": assigned[0]} if assigned else {}
    phone = {"phoneNumber": person.phone} if person.phone else {}
    return row | primary | phone | ({"email": person.email} if person.email else {})


def history(held: Application) -> list[Row]:
    rows = [_entry(*STATUSES[number], at) for number, at in held.steps]
    return rows + ([_entry(ENDS[held.outcome], "", held.ended)] if held.ended else [])


def offers(held: Application) -> list[Row]:
    offer = held.offer
    if offer is None:
        return []
    url = f"https://api.smartrecruiters.com/candidates/{held.person.id}/jobs/{held.job.id}/offers/{offer.id}"
    row = {"id": offer.id, "status": OFFERS[offer.status], "createdOn": iso(offer.extended)}
    return [row | {"updatedOn": iso(offer.resolved or offer.extended), "actions": {"details": {"url": url}}}]


def interviews(held: Application | None) -> list[Row]:
    return [
        {
            "id": f"meeting-{one.id}",
            "jobId": held.job.id,
            "createdOn": iso(one.scheduled),
            "timeslots": [
                {"id": one.id, "title": one.title, "startsOn": iso(one.starts), "interviewers": []}
            ],
        }
        for one in (held.meetings if held else ())
        if held
    ]


def reviews(held: Application, *, is_odd: bool) -> list[Row]:
    return [
        {
            "id": f"card-{one.id}",
            "createdOn": iso(one.submitted),
            "score" if is_odd else "rating": 4,
            "reviewer": {"firstName": one.interviewer.first, "lastName": one.interviewer.last},
        }
        for one in held.meetings
    ]


def source_values() -> list[Row]:
    return [{"id": f"source-{n}", "label": name} for n, name in enumerate(SOURCES)]


def _assignment(held: Application) -> Row:
    status, detail = STATUSES[held.steps[-1][0]]
    if held.outcome != "active":
        status, detail = ENDS[held.outcome], ""
    row: Row = {"job": {"id": held.job.id, "title": held.job.title}, "status": status, "source": held.source}
    row |= {"subStatus": detail} if detail else {}
    if held.reason is None:
        return row
    told = {"id": f"reason-{held.reason}", "label": REASONS[held.reason][0]}
    return row | {"reasonOfWithdrawal" if held.outcome == "withdrawn" else "reasonOfRejection": told}


def _entry(status: str, detail: str, at: datetime | None) -> Row:
    row: Row = {"changedOn": iso(at), "status": status, "actions": {}}
    return row | ({"subStatus": detail} if detail else {})
