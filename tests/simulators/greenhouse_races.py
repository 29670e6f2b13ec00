"""One requisition from its first application to its hire, its rejections, or today."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tests.simulators.greenhouse_tables import Row, Tables, stamp
from tests.simulators.greenhouse_words import EARLY_REASONS, FINALIST_REASONS, Family, Office

STAGE_PASS = (0.62, 0.6, 0.62, 0.7, 0.5)  # chance to leave each stage upwards


class Recorder(Protocol):
    random: random.Random
    tables: Tables
    today: datetime

    def add(self, resource: str, row: Row, at: datetime, changed: datetime | None = None) -> Row: ...


@dataclass(frozen=True)
class Opened:
    """A requisition as the generator walks it."""

    row: Row
    family: Family
    office: Office
    stages: tuple[Row, ...]
    opened_at: datetime
    is_open: bool


class Race:
    """One requisition from its first application to its hire, or to today."""

    def __init__(self, account: Recorder, job: Opened, people: list[Row]) -> None:
        self.account, self.job, self.people = account, job, people
        self.random, self.tables, self.today = account.random, account.tables, account.today
        self.last = len(job.stages) - 1

    def run(self) -> None:
        runners = sorted((self._walk(person) for person in self.people), key=lambda walk: -len(walk[1]))
        openings = list(self.tables["openings"].where("job_id", self.job.row["id"]))
        hires = 0
        places = len(openings) - self.job.is_open  # an open requisition keeps a place to fill
        for application, steps in runners:
            reached = len(steps) - 1
            if reached == self.last and hires < places and self._offer(application, steps, openings[hires]):
                hires += 1
            elif not (self.job.is_open and self.random.random() < 0.6):
                self._reject(application, steps)
        self._close(openings, hires)

    def _walk(self, person: Row) -> tuple[Row, list[Row]]:
        """The application and the stages it entered, one after the other."""
        moment = min(
            self.job.opened_at + timedelta(days=1 + self.random.random() * 25),
            self.today - timedelta(hours=9),
        )
        application = self._application(person, moment)
        steps: list[Row] = []
        for order, stage in enumerate(self.job.stages):
            row: Row = {
                "application_id": application["id"],
                "job_interview_stage_id": stage["id"],
                "entered_at": stamp(moment),
            }
            steps.append(
                self._add(
                    "application_stages",
                    row | {"exited_at": None, "days_in_stage": 0, "current": True},
                    moment,
                )
            )
            later = moment + timedelta(days=self.random.uniform(1.5, 8))
            if (
                order == self.last
                or later > self.today
                or self.random.random() > STAGE_PASS[order % len(STAGE_PASS)]
            ):
                break
            steps[-1].update(exited_at=stamp(later), current=False, updated_at=stamp(later))
            moment = later
        stage = self.job.stages[len(steps) - 1]
        application.update(stage_id=stage["id"], stage_name=stage["name"], updated_at=stamp(moment))
        self.tables["applications"].by["stage_id"][stage["id"]].add(application["id"])
        return application, steps

    def _application(self, person: Row, at: datetime) -> Row:
        sources = self.tables["sources"].ids
        row: Row = {"candidate_id": person["id"], "job_id": self.job.row["id"], "job_post_id": None}
        row |= {"source_id": self.random.choice(sources[:5]), "referrer_id": None, "coordinator_id": None}
        row |= {"recruiter_id": self.tables["users"].ids[0], "agency_note_id": None, "stage_id": None}
        row |= {"stage_name": None, "status": "in_process", "needs_decision": False, "prospect": False}
        row |= {
            "rejected_at": None,
            "last_activity_at": stamp(at),
            "location_address": self.job.office.location,
        }
        return self._add(
            "applications", row | {"answers": [], "prospective_job_ids": [], "custom_fields": {}}, at
        )

    def _offer(self, application: Row, steps: list[Row], opening: Row) -> bool:
        sent = _moment(steps[-1]["entered_at"]) + timedelta(days=self.random.uniform(0.5, 3))
        resolved = sent + timedelta(days=self.random.uniform(1, 6))
        if resolved > self.today:
            return False
        accepted = self.random.random() < 0.8
        row: Row = {"version": 1, "application_id": application["id"], "job_id": self.job.row["id"]}
        row |= {"candidate_id": application["candidate_id"], "opening_id": opening["id"], "custom_fields": {}}
        row |= {
            "status": "Accepted" if accepted else "Rejected",
            "starts_on": f"{resolved + timedelta(days=45):%Y-%m-%d}",
        }
        row |= {"sent_on": f"{sent:%Y-%m-%d}", "resolved_at": stamp(resolved)}
        if self.random.random() < 0.25:
            old = row | {"status": "Deprecated", "sent_on": None, "resolved_at": None, "opening_id": None}
            self._add("offers", old, sent - timedelta(days=1))
            row["version"] = 2
        self._add("offers", row, sent, resolved)
        if not accepted:
            self._reject(application, steps, reason=6, at=resolved)
            return False
        application.update(status="hired", updated_at=stamp(resolved))
        closing = {
            "open": False,
            "closed_at": stamp(resolved),
            "application_id": application["id"],
            "close_reason_id": 2,
        }
        self.tables["openings"].change(opening["id"], at=resolved, **closing)
        return True

    def _reject(
        self, application: Row, steps: list[Row], reason: int | None = None, at: datetime | None = None
    ) -> None:
        late = len(steps) >= self.last
        chosen = self.random.choice(FINALIST_REASONS if late else EARLY_REASONS) if reason is None else reason
        moment = at or _moment(steps[-1]["entered_at"]) + timedelta(days=self.random.uniform(1, 9))
        moment = min(moment, self.today - timedelta(hours=1))
        application.update(status="rejected", rejected_at=stamp(moment), updated_at=stamp(moment))
        row: Row = {
            "application_id": application["id"],
            "rejected_by_id": self.tables["users"].ids[0],
            "rejection_note_id": None,
        }
        row |= {
            "rejection_reason_id": self.tables["rejection_reasons"].ids[chosen],
            "rejected_at": stamp(moment),
        }
        self._add("rejection_details", row | {"question_custom_fields": {}}, moment)

    def _close(self, openings: list[Row], hires: int) -> None:
        if self.job.is_open and hires < len(openings):
            return
        ends = [_moment(row["closed_at"]) for row in openings if row["closed_at"]]
        at = max(ends, default=min(self.job.opened_at + timedelta(days=90), self.today))
        for row in openings[hires:]:
            self.tables["openings"].change(row["id"], at=at, open=False, closed_at=stamp(at))
        self.job.row.update(status="closed", closed_at=stamp(at), updated_at=stamp(at))

    def _add(self, resource: str, row: Row, at: datetime, changed: datetime | None = None) -> Row:
        return self.account.add(resource, row, at, changed)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
