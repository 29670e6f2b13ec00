"""People as the scheduler sees them: plain facts, read once, asked at any instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from crm.policies.reachability import ContactFacts, reasons
from journeys.policies import refusals
from journeys.policies.branching import Plan
from journeys.policies.calendars import calendar_for
from journeys.policies.file_format import JourneyFile
from journeys.policies.pressure import Budget, Overrides, budget_for
from journeys.policies.refusals import Refusal
from journeys.policies.timing import Place, at_wall


@dataclass(frozen=True, slots=True)
class House:
    """What the workspace says about time and pressure."""

    zone: ZoneInfo
    budget: Budget
    topics: Overrides = field(default_factory=dict)
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One person; what may change with the clock alone is asked with it."""

    id: int
    email: str
    country: str
    zone: ZoneInfo
    owner_id: int | None
    contact: ContactFacts
    left_alone_until: datetime | None
    in_process: bool
    is_gone: bool
    topics_declined: tuple[str, ...]
    preferred_gap_days: int | None
    not_before: date | None
    # Topics a colleague closed for this person or their company, and what to read before writing.
    topics_closed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    # How often colleagues want this person written to, by topic; "" is all mail.
    overrides: Overrides = field(default_factory=dict)

    def block_at(self, now: datetime) -> str:
        """The strongest reason not to write to them at that instant; empty when there is none."""
        found = reasons(self.contact, now=now)
        if self.left_alone_until is not None and self.left_alone_until > now:
            return found[0] if found else "do_not_contact"
        return found[0] if found else ""

    def place(self, holidays: str) -> Place:
        """Where the person lives, with the holidays a journey asks for."""
        return _place(self.zone, holidays, self.country)

    def window_place(self, journey: JourneyFile, house: House) -> Place:
        """The clock the journey's window is read on."""
        named = journey.settings.window.zone if journey.settings.window else "candidate"
        zone = self.zone
        if named != "candidate":
            zone = house.zone if named == "workspace" else ZoneInfo(named)
        return _place(zone, journey.settings.holidays, self.country)

    def budget(self, house: House, topic: str = "") -> Budget:
        """How often this person may hear from us about the topic."""
        gap = self.preferred_gap_days
        return budget_for(house.budget, gap, topic=topic, topics=house.topics, theirs=self.overrides)

    def earliest(self) -> datetime | None:
        """The start of the day the person asked to hear from us again."""
        return at_wall(self.not_before, time(0), self.zone) if self.not_before else None


def block_for(person: Person, plan: Plan, topic: str, now: datetime) -> Refusal | None:
    """The strongest reason this person may not be written to about this topic."""
    if person.is_gone:
        return refusals.refusal("archived")
    if code := person.block_at(now):
        return refusals.refusal(code)
    if person.in_process and "in_process" in plan.journey.settings.exit_on:
        return refusals.refusal("in_process")
    return _topic_block(person, topic)


def _topic_block(person: Person, topic: str) -> Refusal | None:
    for code, closed in (("topic_declined", person.topics_declined), ("topic_closed", person.topics_closed)):
        if topic in closed:
            return refusals.refusal(code)
    return None


@lru_cache(maxsize=4096)
def _place(zone: ZoneInfo, holidays: str, country: str) -> Place:
    return Place(zone, calendar_for(holidays, country))
