"""An invented company's hiring, told in no vendor's words: each simulator renders it in its own shapes.

``World(people=60, applications=120, seed=7)`` is the truth a sync must converge to (`truth`).
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.simulators.greenhouse_words import (
    EMPLOYERS,
    FAMILIES,
    FIRST_NAMES,
    LAST_NAMES,
    OFFICES,
    SENIORITIES,
    STAFF,
)

STAGES = ("Application Review", "Phone Screen", "Technical Interview", "Onsite", "Offer")
# words, whether it was the candidate's decision
REASONS = (
    ("Lacking required skills", False),
    ("Runner-up, another finalist was chosen", False),
    ("Bad timing, strong candidate", False),
    ("Headcount frozen", False),
    ("Withdrew: accepted another offer", True),
    ("Declined our offer", True),
)
DECLINED = 5
SOURCES = ("LinkedIn", "Referral", "Career site", "Rekindle")
SPAN = 400


@dataclass
class Staff:
    id: str
    first: str
    last: str
    email: str
    is_active: bool = True


@dataclass
class Person:
    id: str
    first: str
    last: str
    email: str
    phone: str
    link: str
    city: str
    country: str
    title: str
    company: str
    created: datetime
    updated: datetime
    tags: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    is_anonymized: bool = False


@dataclass
class Job:
    id: str
    code: str
    title: str
    department: str
    city: str
    country: str
    status: str  # open, on_hold, closed, filled
    openings: int
    opened: datetime
    approved: datetime
    closed: datetime | None
    held: datetime | None
    updated: datetime
    recruiter: Staff
    manager: Staff
    request_id: str


@dataclass
class Offer:
    id: str
    status: str  # pending, accepted, declined
    extended: datetime
    resolved: datetime | None


@dataclass
class Meeting:
    id: str
    title: str
    scheduled: datetime
    starts: datetime
    rating: str
    submitted: datetime
    interviewer: Staff


@dataclass
class Application:
    id: str
    person: Person
    job: Job
    applied: datetime
    source: str
    steps: list[tuple[int, datetime]]
    outcome: str = "active"  # active, rejected, withdrawn, hired
    reason: int | None = None
    ended: datetime | None = None
    offer: Offer | None = None
    meetings: list[Meeting] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    updated: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    @property
    def stays(self) -> list[tuple[str, datetime, datetime | None]]:
        ends = [*(at for _, at in self.steps[1:]), self.ended]
        return [(STAGES[number], at, end) for (number, at), end in zip(self.steps, ends, strict=True)]


class World:
    """People, jobs and applications from a seed, and the verbs of a hiring team."""

    def __init__(self, *, people: int = 60, applications: int = 0, seed: int = 7, today: datetime) -> None:
        self.random = random.Random(seed)
        self.today = today.replace(microsecond=0)
        self.people: dict[str, Person] = {}
        self.jobs: dict[str, Job] = {}
        self.applications: dict[str, Application] = {}
        self.by_person: dict[str, dict[str, Application]] = defaultdict(dict)
        self.version = 0  # counts what happened, for whoever keeps a drawing of it
        self.deleted_applications: list[tuple[str, datetime]] = []
        self.staff = [self._colleague(first, last) for first, last, _ in STAFF]
        self._fill(people, applications or people * 2)

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    # What a hiring team does; `at` is the vendor's clock.

    def rename(self, person: Person, title: str, at: datetime) -> None:
        self.version += 1
        person.title, person.updated = title, at
        for application in self.of_person(person):
            application.updated = at

    def reject(self, application: Application, reason: int, at: datetime) -> None:
        self.version += 1
        at = self._after(application, at)
        application.outcome = "withdrawn" if REASONS[reason][1] else "rejected"
        application.reason, application.ended, application.updated = reason, at, at

    def unreject(self, application: Application, at: datetime) -> None:
        self.version += 1
        application.outcome, application.reason, application.ended = "active", None, None
        application.updated = at

    def advance(self, application: Application, at: datetime) -> None:
        self.version += 1
        at = self._after(application, at)
        application.steps.append((min(application.steps[-1][0] + 1, len(STAGES) - 1), at))
        application.updated = at

    def delete_application(self, application: Application, at: datetime) -> None:
        self.version += 1
        del self.applications[application.id]
        self.by_person[application.person.id].pop(application.id)
        self.deleted_applications.append((application.id, at))

    def delete_person(self, person: Person, at: datetime) -> None:
        self.version += 1
        for application in list(self.of_person(person)):
            self.delete_application(application, at)
        del self.people[person.id]

    def anonymize(self, person: Person, at: datetime) -> None:
        self.version += 1
        person.is_anonymized, person.updated = True, at
        person.first = person.last = person.email = person.phone = person.link = ""
        for application in self.of_person(person):
            application.updated = at

    def merge(self, gone: Person, kept: Person, at: datetime) -> None:
        self.version += 1
        for application in list(self.of_person(gone)):
            application.person, application.updated = kept, at
            self.by_person[kept.id][application.id] = self.by_person[gone.id].pop(application.id)
        kept.updated = at
        del self.people[gone.id]

    def add_person(self, *, first: str, last: str, email: str, at: datetime) -> Person:
        self.version += 1
        person = Person(self.new_id(), first, last, email, "", "", "", "", "", "", at, at)
        self.people[person.id] = person
        return person

    def add_application(self, person: Person, job: Job, *, source: str, at: datetime) -> Application:
        self.version += 1
        made = Application(self.new_id(), person, job, at, source, [(0, at)], updated=at)
        self.applications[made.id] = self.by_person[person.id][made.id] = made
        return made

    def of_person(self, person: Person) -> list[Application]:
        return list(self.by_person[person.id].values())

    def by_email(self, email: str) -> list[Person]:
        return [person for person in self.people.values() if person.email.casefold() == email.casefold()]

    # Making it all up.

    def _colleague(self, first: str, last: str) -> Staff:
        return Staff(self.new_id(), first, last, f"{first}.{last}@acme.example".lower())

    def _fill(self, people: int, applications: int) -> None:
        jobs = [self._job(number) for number in range(max(4, people // 15))]
        crowd = [self._person(number) for number in range(people)]
        for number in range(applications):
            person = crowd[number % len(crowd)]
            # A stride that differs from round to round, so that nobody applies twice to one job.
            job = jobs[(number % len(crowd) + number // len(crowd) * 3) % len(jobs)]
            self._application(person, job)

    def _job(self, number: int) -> Job:
        family, office = FAMILIES[number % len(FAMILIES)], OFFICES[number % len(OFFICES)]
        status = ("open", "filled", "closed", "on_hold", "open")[number % 5]
        opened = self._ago(SPAN - 20 - number % 40)
        closed = self._ago(5 + number % 7) if status in ("filled", "closed") else None
        held = self._ago(12) if status == "on_hold" else None
        title = f"{SENIORITIES[number % len(SENIORITIES)]} {family.titles[number % len(family.titles)]}"
        job = Job(
            id=self.new_id(),
            code=f"{family.prefix}-{number + 1:04d}",
            title=title.strip(),
            department=family.department,
            city=office.name,
            country=office.country,
            status=status,
            openings=1 + number % 2,
            opened=opened,
            approved=opened,
            closed=closed,
            held=held,
            updated=closed or held or opened,
            recruiter=self.staff[number % 3],
            manager=self.staff[4 + number % 6],
            request_id=self.new_id(),
        )
        self.jobs[job.id] = job
        return job

    def _person(self, number: int) -> Person:
        first = FIRST_NAMES[number % len(FIRST_NAMES)]
        last = LAST_NAMES[number * 7 % len(LAST_NAMES)]
        office = OFFICES[number % len(OFFICES)]
        created = self._ago(SPAN - number % 300)
        person = Person(
            id=self.new_id(),
            first=first,
            last=last,
            email=f"person{number}@example.org",
            phone=f"+49 30 5550{number % 1000:03d}" if number % 3 == 0 else "",
            link=f"https://www.linkedin.com/in/person-{number}",
            city=office.name,
            country=office.country,
            title=f"{SENIORITIES[number % 6]} {FAMILIES[number % 4].titles[0]}".strip(),
            company=EMPLOYERS[number % len(EMPLOYERS)],
            created=created,
            updated=created,
        )
        self.people[person.id] = person
        return person

    def _application(self, person: Person, job: Job) -> None:
        made = self.add_application(
            person,
            job,
            source=SOURCES[self.random.randrange(3)],
            at=self._ago(self.random.randrange(60, 340)),
        )
        reached = min(self.random.choice((0, 0, 1, 1, 2, 2, 3, 4)), len(STAGES) - 1)
        for number in range(1, reached + 1):
            made.steps.append(
                (number, made.steps[-1][1] + timedelta(days=self.random.randint(1, 7), hours=2))
            )
        self._meet(made)
        fate = self.random.random()
        end = made.steps[-1][1] + timedelta(days=3)
        if reached == len(STAGES) - 1:
            self._offer(made, fate, end)
        elif fate < 0.75 or job.closed:
            self.reject(made, self.random.randrange(5), end)
        made.updated = made.ended or made.steps[-1][1]
        person.updated = max(person.updated, made.updated)

    def _meet(self, application: Application) -> None:
        for number, at in application.steps:
            if number in (2, 3):
                self._meeting(application, f"{STAGES[number]} with the team", at)

    def _meeting(self, application: Application, title: str, at: datetime) -> None:
        times = {"scheduled": at, "starts": at + timedelta(hours=20), "submitted": at + timedelta(hours=23)}
        who = self.random.choice(self.staff[4:])
        application.meetings.append(
            Meeting(self.new_id(), title, rating="3 - Hire", interviewer=who, **times)
        )

    def _offer(self, application: Application, fate: float, end: datetime) -> None:
        extended = application.steps[-1][1] + timedelta(days=1)
        offer = application.offer = Offer(self.new_id(), "pending", extended, None)
        if fate < 0.6:
            offer.status, offer.resolved = "accepted", end
            application.outcome, application.ended = "hired", end
        elif fate < 0.85:
            offer.status, offer.resolved = "declined", end
            self.reject(application, DECLINED, end)

    def _ago(self, days: int) -> datetime:
        moment = self.today - timedelta(days=days, minutes=self.random.randrange(600))
        return moment.replace(second=0)

    @staticmethod
    def _after(application: Application, at: datetime) -> datetime:
        """Never before what happened last; whole seconds, which every vendor can tell."""
        return max(at, application.steps[-1][1] + timedelta(seconds=1)).replace(microsecond=0)
