"""A believable account from a seed: two years of requisitions, people, stages, rejections and hires."""

from __future__ import annotations

import random
import unicodedata
from datetime import UTC, datetime, timedelta

from tests.simulators.greenhouse_races import Opened, Race
from tests.simulators.greenhouse_tables import Row, Table, Tables, stamp
from tests.simulators.greenhouse_words import (
    EMPLOYERS,
    FAMILIES,
    FIRST_NAMES,
    LAST_NAMES,
    OFFICES,
    REASONS,
    SENIORITIES,
    SOURCES,
    STAFF,
)

SERVICE_USER = 4080215002
SPAN_DAYS = 730
PEOPLE_PER_JOB = 15


class Account:
    """Fills the tables; the same seed, size and day give the same rows."""

    def __init__(self, *, people: int, seed: int, today: datetime) -> None:
        self.people = people
        # The last six o'clock: nothing has happened after the moment somebody asks at.
        six = today.astimezone(UTC).replace(hour=6, minute=0, second=0, microsecond=0)
        self.today = six if six <= today else six - timedelta(days=1)
        self.random = random.Random(seed)
        self.tables = Tables()

    def build(self) -> Tables:
        if self.people >= 0:
            self._reference()
            jobs = [self._job(n) for n in range(max(4, self.people // PEOPLE_PER_JOB))]
            self._others(jobs[0].row)
            self._applicants(jobs)
        return self.tables

    def add(self, resource: str, row: Row, at: datetime, changed: datetime | None = None) -> Row:
        table: Table = self.tables[resource]
        kept = table.add(row, at=at)
        kept["updated_at"] = stamp(min(changed or at, self.today))
        return kept

    def _reference(self) -> None:
        start = self.today - timedelta(days=SPAN_DAYS + 60)
        user: Row = {
            "agency_id": None,
            "deactivated": False,
            "site_admin": False,
            "employee_id": None,
            "office_ids": [],
        }
        user |= {
            "linked_candidate_ids": [],
            "department_ids": [],
            "interviewer_tags": [],
            "custom_fields": {},
        }
        service: Row = {
            "id": SERVICE_USER,
            "first_name": "Integration",
            "last_name": None,
            "name": "Integration",
        }
        service |= {"primary_email": "", "job_title": None, "emails": None}
        for first, last, title in STAFF:
            email = f"{first}.{last}@acme.example".lower()
            names: Row = {
                "first_name": first,
                "last_name": last,
                "name": f"{first} {last}",
                "job_title": title,
            }
            names |= {"primary_email": email, "emails": [email]}
            self.add("users", user | names, start)
        self.add("users", user | service | {"site_admin": True}, start)
        for family in FAMILIES:
            self.add(
                "departments", {"name": family.department, "parent_id": None, "external_id": None}, start
            )
        for office in OFFICES:
            place = {"name": office.name, "parent_id": None, "external_id": None, "location": office.location}
            self.add("offices", place | {"primary_in_house_contact_user_id": None}, start)
        for number, (name, kind) in enumerate(SOURCES):
            self.add("sources", {"name": name, "type": {"id": number + 1, "name": kind}}, start)
        for name, key, label, built_in in REASONS:
            label_row: Row = {"id": 1 if key.startswith("WE") else 2, "key": key, "name": label}
            self.add("rejection_reasons", {"name": name, "type": label_row, "_built_in": built_in}, start)
        for name in ("Hire - New Headcount", "Not filling"):
            self.add("close_reasons", {"name": name}, start)
        for name in ("referral", "conference", "silver medallist"):
            self.add("candidate_tags", {"name": name}, start)

    def _job(self, number: int) -> Opened:
        family = FAMILIES[number % len(FAMILIES)]
        place = self.random.randrange(len(OFFICES))
        total = max(4, self.people // PEOPLE_PER_JOB)
        age = SPAN_DAYS * (1 - (number + self.random.random()) / total)
        is_open = number >= total - max(2, total // 14)
        age = min(age, 10 + 50 * self.random.random()) if is_open else max(age, 76)
        opened_at = self.today - timedelta(days=age, hours=self.random.randrange(8))
        title = f"{self.random.choice(SENIORITIES)} {self.random.choice(family.titles)}".strip()
        department = self.tables["departments"].ids[FAMILIES.index(family)]
        row = self.add(
            "jobs",
            {
                "name": title,
                "requisition_id": f"{family.prefix}-{opened_at:%Y}-{number + 1:03d}",
                "notes": None,
                "confidential": False,
                "status": "open",
                "opened_at": stamp(opened_at),
                "closed_at": None,
                "is_template": False,
                "copied_from_id": None,
                "department_id": department,
                "office_ids": [self.tables["offices"].ids[place]],
                "custom_fields": {"employment_type": _field("Employment Type", "single_select", "Full-time")}
                | {"skills": _field("Skills", "multi_select", self.random.sample(family.skills, 3))},
            },
            opened_at - timedelta(days=6),
            opened_at,
        )
        self._team(row, opened_at)
        self._approval(row, opened_at - timedelta(days=self.random.randint(1, 5), hours=3))
        for order in range(self.random.choice((1, 1, 1, 2))):
            self._opening(row, order, opened_at)
        stages = tuple(
            self.add(
                "job_interview_stages",
                {"job_id": row["id"], "name": name, "sort_order": n, "active": True},
                opened_at,
            )
            for n, name in enumerate(family.stages)
        )
        return Opened(row, family, OFFICES[place], stages, opened_at, is_open)

    def _team(self, job: Row, at: datetime) -> None:
        staff = self.tables["users"].ids[: len(STAFF)]
        owner = {
            "job_id": job["id"],
            "user_id": self.random.choice(staff[:3]),
            "type": "recruiter",
            "responsible": True,
        }
        self.add("job_owners", owner, at)
        self.add("job_hiring_managers", {"job_id": job["id"], "user_id": self.random.choice(staff[4:])}, at)

    def _approval(self, job: Row, at: datetime) -> None:
        flow = {
            "job_id": job["id"],
            "offer_id": None,
            "approval_type": "open_job",
            "sequential": True,
            "version": 1,
        }
        kept = self.add("approval_flows", flow | {"requested_by_id": None, "approval_status": "approved"}, at)
        group = {"approval_flow_id": kept["id"], "approvals_required": 1, "sort_order": 0}
        self.add("approver_groups", group | {"required_for_exception": False, "resolved_at": stamp(at)}, at)

    def _opening(self, job: Row, order: int, at: datetime) -> None:
        row = {
            "job_id": job["id"],
            "opening_id": f"{job['requisition_id']}-{order + 1}",
            "opened_at": stamp(at),
        }
        row |= {"closed_at": None, "sort_order": order, "application_id": None, "close_reason_id": None}
        self.add("openings", row | {"target_start_on": None, "open": True, "custom_fields": {}}, at)

    def _others(self, job: Row) -> None:
        """A template, which must be skipped, and a draft."""
        at = self.today - timedelta(days=400)
        self.add(
            "jobs",
            job | {"id": None, "name": "Engineer template", "is_template": True, "requisition_id": None},
            at,
        )
        draft = {
            "id": None,
            "name": "Staff Engineer",
            "status": "draft",
            "opened_at": None,
            "requisition_id": "ENG-DRAFT",
        }
        self.add("jobs", job | draft, self.today - timedelta(days=4))

    def _applicants(self, jobs: list[Opened]) -> None:
        crowd = [self._person(n, jobs[n % len(jobs)]) for n in range(self.people)]
        for position, job in enumerate(jobs):
            own = crowd[position :: len(jobs)]
            again = self.random.sample(crowd, min(len(crowd), len(own) // 6)) if crowd else []
            known = {row["id"] for row in own}
            Race(self, job, own + [row for row in again if row["id"] not in known]).run()

    def _person(self, number: int, job: Opened) -> Row:
        first, last = self.random.choice(FIRST_NAMES), self.random.choice(LAST_NAMES)
        plain = f"{_ascii(first)}.{_ascii(last)}{number}"
        home = self.random.choice((job.office, job.office, self.random.choice(OFFICES)))
        title = f"{self.random.choice(SENIORITIES)} {self.random.choice(job.family.titles)}".strip()
        tags = [tag for tag in ("referral", "conference") if self.random.random() < 0.06]
        at = job.opened_at + timedelta(days=self.random.random() * 10)
        row: Row = {
            "first_name": first,
            "last_name": last,
            "preferred_name": None,
            "title": title,
            "private": False,
        }
        row |= {
            "company": self.random.choice(EMPLOYERS),
            "last_activity_at": stamp(at),
            "can_email": True,
            "tags": tags,
        }
        row |= {"time_zone": home.time_zone, "linked_user_ids": [], "website_addresses": []}
        row["phone_numbers"] = [{"value": f"{home.dialing} 555{number % 10000:04d}", "type": "mobile"}]
        row["email_addresses"] = [{"value": f"{plain}@example.org", "type": "personal"}]
        if number % 9 == 0:
            row["email_addresses"].append({"value": f"{plain}@work.example", "type": "work"})
        row["addresses"] = [{"value": home.location, "type": "home"}]
        row["social_media_addresses"] = [{"value": f"https://www.linkedin.com/in/{plain.replace('.', '-')}"}]
        skills = self.random.sample(job.family.skills, self.random.randint(2, 5))
        row["custom_fields"] = {
            "skills": _field("Skills", "multi_select", skills),
            "notice_period": _field("Notice period", "number", (14, 30, 60, 90)[number % 4]),
        }
        return self.add("candidates", row, min(at, self.today), at)


def _field(name: str, kind: str, value: object) -> Row:
    return {"name": name, "type": kind, "value": value}


def _ascii(text: str) -> str:
    folded = unicodedata.normalize(
        "NFKD", text.replace("Ł", "L").replace("ł", "l").replace("ø", "o").replace("ı", "i")
    )
    return "".join(c for c in folded if c.isascii() and c.isalnum()).lower()
