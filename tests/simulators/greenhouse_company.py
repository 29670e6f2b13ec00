"""The invented company (`World`) in Harvest's rows. Numbers stay with what they were given to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.greenhouse_tables import RESOURCES, Row, Tables, stamp
from tests.simulators.world import REASONS, SOURCES, STAGES, Application, Job, Offer, Person, World

OFFER_WORDS = {"pending": "Created", "accepted": "Accepted", "declined": "Rejected"}
RATINGS = {"3 - Hire": "yes"}


class Company:
    """The account's tables, drawn anew whenever somebody other than the API changed the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers: dict[str, dict[str, int]] = defaultdict(dict)
        self.things: dict[str, dict[int, Any]] = defaultdict(dict)
        self.tags = ["referral"]
        self.tables = Tables()
        self.drawn = -1

    def current(self) -> Tables:
        if self.drawn != self.world.version:
            self.draw()
        return self.tables

    def number(self, resource: str, key: str) -> int:
        held = self.numbers[resource]
        if key not in held:
            held[key] = max(held.values(), default=RESOURCES[resource][0]) + 1
        return held[key]

    def name(self, resource: str, number: int, key: str, thing: Any) -> None:
        """What the API itself has made is known by the number it got."""
        self.numbers[resource][key] = number
        self.things[resource][number] = thing

    def draw(self) -> None:
        self.tables, self.drawn = Tables(), self.world.version
        self._reference()
        for job in self.world.jobs.values():
            self._job(job)
        for person in self.world.people.values():
            self._person(person)
        for held in self.world.applications.values():
            self._application(held)
        for resource, table in self.tables.items():
            # The next number is new even when the last one was deleted.
            table.first_id = max(self.numbers[resource].values(), default=table.first_id)

    def _add(self, resource: str, key: str, row: Row, at: datetime, changed: datetime | None = None) -> int:
        number = self.number(resource, key)
        times = {"created_at": stamp(at), "updated_at": stamp(changed or at)}
        self.tables[resource].add({"id": number} | row | times, at=at)
        return number

    def _reference(self) -> None:
        at = self.world.today - timedelta(days=900)
        for one in self.world.staff:
            named = {"name": f"{one.first} {one.last}", "first_name": one.first, "last_name": one.last}
            rest = {"primary_email": one.email, "deactivated": not one.is_active, "site_admin": True}
            self._add("users", one.id, named | rest, at)
        for name in SOURCES:
            self._add("sources", name, {"name": name, "type": {"id": 1, "name": "Other"}}, at)
        for number, (words, is_theirs) in enumerate(REASONS):
            key = "THEY_REJECTED_US" if is_theirs else "WE_REJECTED_THEM"
            row = {"name": words, "type": {"id": 1, "key": key, "name": key}, "_built_in": number < 2}
            self._add("rejection_reasons", words, row, at)
        for tag in self.tags:
            self._add("candidate_tags", tag, {"name": tag}, at)

    def _job(self, job: Job) -> None:
        at = job.opened
        department = self.number("departments", job.department)
        if department not in self.tables["departments"].rows:
            self._add("departments", job.department, {"name": job.department}, at)
        office = self.number("offices", job.city)
        if office not in self.tables["offices"].rows:
            self._add("offices", job.city, {"name": job.city, "location": f"{job.city}, {job.country}"}, at)
        row: Row = {"name": job.title, "requisition_id": job.code, "is_template": False, "custom_fields": {}}
        row |= {"status": "closed" if job.closed else "open", "opened_at": stamp(at), "confidential": False}
        row |= {"closed_at": stamp(job.closed) if job.closed else None, "department_id": department}
        number = self._add("jobs", job.id, row | {"office_ids": [office]}, at, job.updated)
        self.things["jobs"][number] = job
        self._around(job, number)
        for order, name in enumerate(STAGES):
            row = {"job_id": number, "name": name, "sort_order": order, "active": True}
            self._add("job_interview_stages", f"{job.id}/{name}", row, at)
        row = {"job_id": number, "open": not job.closed, "application_id": None, "close_reason_id": None}
        row |= {"closed_at": stamp(job.closed) if job.closed else None, "opened_at": stamp(at)}
        self._add("openings", job.id, row, at, job.updated)

    def _around(self, job: Job, number: int) -> None:
        owner: Row = {"user_id": self.number("users", job.recruiter.id), "type": "recruiter"}
        self._add("job_owners", job.id, owner | {"job_id": number, "responsible": True}, job.opened)
        manager = {"job_id": number, "user_id": self.number("users", job.manager.id)}
        self._add("job_hiring_managers", job.id, manager, job.opened)
        flow = {"job_id": number, "approval_type": "open_job", "approval_status": "approved"}
        held = self._add("approval_flows", job.id, flow | {"offer_id": None}, job.approved)
        group = {"approval_flow_id": held, "resolved_at": stamp(job.approved)}
        self._add("approver_groups", job.id, group, job.approved)

    def _person(self, person: Person) -> None:
        row: Row = {"first_name": person.first, "last_name": person.last, "preferred_name": None}
        row |= {"title": person.title, "company": person.company, "private": False, "tags": [*person.tags]}
        row |= {"last_activity_at": stamp(person.updated), "time_zone": None, "custom_fields": {}}
        row["email_addresses"] = _values(person.email, "personal")
        row["phone_numbers"] = _values(person.phone, "mobile")
        row["social_media_addresses"] = _values(person.link, "")
        row["website_addresses"] = []
        row["addresses"] = _values(f"{person.city}, {person.country}" if person.city else "", "home")
        number = self._add("candidates", person.id, row, person.created, person.updated)
        self.things["candidates"][number] = person

    def _application(self, held: Application) -> None:
        job, person = self.number("jobs", held.job.id), self.number("candidates", held.person.id)
        status = {"active": "in_process", "hired": "hired"}.get(held.outcome, "rejected")
        row: Row = {"candidate_id": person, "job_id": job, "status": status, "prospect": False}
        row |= {"source_id": self.number("sources", held.source), "stage_name": STAGES[held.steps[-1][0]]}
        row |= {"rejected_at": stamp(held.ended) if status == "rejected" and held.ended else None}
        row |= {"last_activity_at": stamp(held.updated), "stage_id": None, "custom_fields": {}}
        number = self._add("applications", held.id, row, held.applied, held.updated)
        self.things["applications"][number] = held
        for order, (name, entered, left) in enumerate(held.stays):
            stay: Row = {"application_id": number, "entered_at": stamp(entered), "current": left is None}
            stay["job_interview_stage_id"] = self.number("job_interview_stages", f"{held.job.id}/{name}")
            stay["exited_at"] = stamp(left) if left else None
            is_last = order == len(held.steps) - 1
            changed = held.updated if is_last else left
            self._add("application_stages", f"{held.id}/{order}", stay, entered, changed)
        self._fate(held, number, job, person)
        for order, text in enumerate(held.notes):
            note = {"application_id": number, "candidate_id": person, "body": text}
            self._add("notes", f"{held.id}/{order}", note, held.applied)
        for file in held.person.files:
            kept = {"application_id": number, "candidate_id": person, "filename": file, "type": "resume"}
            self._add("attachments", f"{held.id}/{file}", kept, held.applied)

    def _fate(self, held: Application, number: int, job: int, person: int) -> None:
        if held.reason is not None and held.ended:
            reason = self.number("rejection_reasons", REASONS[held.reason][0])
            row = {"application_id": number, "rejection_reason_id": reason, "rejected_at": stamp(held.ended)}
            self._add("rejection_details", f"{held.id}/{held.ended}", row, held.ended)
        if held.outcome == "hired" and held.ended:
            row = {"job_id": job, "application_id": number, "open": False, "closed_at": stamp(held.ended)}
            self._add("openings", f"hire/{held.id}", row | {"close_reason_id": None}, held.ended)
        if held.offer:
            whom = {"application_id": number, "job_id": job, "candidate_id": person, "version": 1}
            self._offer(held.offer, whom)
        for meeting in held.meetings:
            self._meeting(meeting, number, job)

    def _offer(self, offer: Offer, whom: Row) -> None:
        at = offer.extended
        row = whom | {"status": OFFER_WORDS[offer.status], "sent_on": f"{at:%Y-%m-%d}", "opening_id": None}
        row["resolved_at"] = stamp(offer.resolved) if offer.resolved else None
        self._add("offers", offer.id, row, at, offer.resolved)

    def _meeting(self, meeting: Any, application: int, job: int) -> None:
        who = self.number("users", meeting.interviewer.id)
        row: Row = {"application_id": application, "job_id": job, "name": meeting.title}
        row |= {"scheduled_at": stamp(meeting.scheduled), "starts_at": stamp(meeting.starts)}
        held = self._add("interviews", meeting.id, row | {"status": "complete"}, meeting.scheduled)
        self._add("interviewers", meeting.id, {"interview_id": held, "user_id": who}, meeting.scheduled)
        card: Row = {"application_id": application, "submitter_id": who, "status": "complete"}
        card |= {"submitted_at": stamp(meeting.submitted), "candidate_rating": RATINGS[meeting.rating]}
        self._add("scorecards", meeting.id, card, meeting.submitted)


def _values(value: str, kind: str) -> list[Row]:
    return [{"value": value, "type": kind}] if value else []


def hires_of(world: World, job: Job) -> Iterator[Application]:
    return (held for held in world.applications.values() if held.job is job and held.outcome == "hired")
