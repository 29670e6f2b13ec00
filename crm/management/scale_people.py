"""The rows of people made up by seed_scale, as lines for COPY. Nothing here asks the database."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.management.scale_words import (
    COMPANIES,
    FIRST,
    HIRING,
    KINDS,
    LAST,
    PLACES,
    REASONS,
    SENIORITIES,
    SKILLS,
    STAGES,
    TITLES,
)

__all__ = ["COLUMNS", "FAMILIES", "SKILLS", "WRITTEN", "Rows", "World", "requisitions", "rows"]

FAMILIES = tuple(TITLES)
_MINUTES = 1_000_000
"""How far back anything happened: not quite two years."""
COLUMNS = {
    "crm_candidate": (
        "id", "first_name", "last_name", "email", "current_title", "current_company", "city", "country",
        "source", "role_family", "seniority", "stage", "availability", "years_experience", "email_state",
        "consent",
        "engagement_key", "last_engaged_at", "created_at", "updated_at",
        "origin", "headline", "region", "time_zone", "locale", "languages", "custom", "topics_declined",
        "edited_fields", "in_process",
    ),
    "crm_contactpoint": ("candidate_id", "value", "normalized", "created_at", "kind", "label", "is_primary"),
    "crm_candidateskill": ("candidate_id", "skill_id"),
    "crm_event": ("kind", "candidate_id", "occurred_at", "recorded_at", "data", "ref"),
    "crm_application": (
        "candidate_id", "requisition_id", "applied_at", "outcome", "ended_at", "rejection_reason",
        "furthest_stage", "furthest_rank", "created_at", "updated_at", "source", "rejection_reason_text",
        "current_stage", "current_stage_name", "is_pushed",
    ),
    "crm_requisition": (
        "id", "title", "role_family", "department", "opened_at", "created_at", "updated_at", "code", "status",
        "openings", "location", "country", "is_remote", "seniority", "skills", "description",
        "hiring_manager_name",
    ),
}  # fmt: skip
WRITTEN = ("crm_candidate", "crm_contactpoint", "crm_candidateskill", "crm_event", "crm_application")
_SOURCES = ("Referral", "Job board", "Meetup", "Sourced")
_AVAILABILITY = ("", "not_looking", "open", "active")
_CONSENT = ("granted", "none", "withdrawn")
_BY_SOMEBODY = frozenset({"message.opened", "message.clicked"})
# What is the same for everybody: the last columns of each table.
_OF_CANDIDATE = "scale\t\t\t\t\t{}\t{}\t{}\t{}\tf"
_OF_POINT = "email\t\tt"
_OF_APPLICATION = "\t\t\t\tf"
_OF_REQUISITION = "\topen\t1\t\t\tf\t\t{}\t\t"


@dataclass(frozen=True, slots=True)
class World:
    """What the people refer to, and the moment they are made at."""

    now: datetime
    skills: Sequence[int]
    requisitions: dict[str, Sequence[int]]


Rows = dict[str, str]
"""Lines for COPY, each with its end, by table."""


def requisitions(world: World) -> str:
    """The requisitions of the world."""
    found = []
    for family, ids in world.requisitions.items():
        titles = TITLES[family]
        for n, pk in enumerate(ids):
            opened = (world.now - timedelta(days=30 * n)).isoformat()
            head = f"{pk}\t{titles[n % len(titles)]}\t{family}\t{family.capitalize()}"
            found.append(f"{head}\t{opened}\t{opened}\t{opened}\t{_OF_REQUISITION}\n")
    return "".join(found)


def rows(world: World, number: int, ids: Sequence[int]) -> Rows:
    """Table by table, the rows of these people; the same number makes the same people."""
    made = _Batch(world, number).rows(ids)
    return {table: "\n".join([*lines, ""]) for table, lines in made.items()}


class _Batch:
    """People of one seed. Their every choice is a share of one roll: this runs a million times."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.roll = random.Random(number).random
        start = world.now - timedelta(minutes=_MINUTES)
        self.first_day = start.timestamp() / 86_400
        self.days = [(start + timedelta(days=n)).date().isoformat() for n in range(_MINUTES // 1_440 + 2)]
        self.offset = start.hour * 60 + start.minute

    def rows(self, ids: Sequence[int]) -> dict[str, list[str]]:
        made: dict[str, list[str]] = {table: [] for table in WRITTEN}
        candidates, points, skills, events, applications = made.values()
        roll, known = self.roll, self.world.skills
        for pk in ids:
            family = FAMILIES[_share(roll(), (0.45, 0.7, 0.85))]
            happened = sorted(self._events()) if roll() < 0.4 else []
            for minute, kind in happened:
                events.append(self._event(pk, minute, kind))
            created, email = self._at(roll() * _MINUTES), f"person.{pk}@scale.example"
            candidates.append(self._candidate(pk, family, (email, created, happened)))
            points.append(f"{pk}\t{email}\t{email}\t{created}\t{_OF_POINT}")
            first, step = int(roll() * len(known)), 1 + int(roll() * 3)
            for n in range(1 + int(roll() * 4)):
                skills.append(f"{pk}\t{known[(first + n * step) % len(known)]}")
            if roll() < 0.2:
                applications.append(self._application(pk, family))
        return made

    def _candidate(self, pk: int, family: str, told: tuple[str, str, list[tuple[int, str]]]) -> str:
        email, created, happened = told
        roll = self.roll
        city, country = PLACES[int(roll() * len(PLACES))]
        seniority = SENIORITIES[int(roll() * len(SENIORITIES))]
        titles = TITLES[family]
        key = engaged = r"\N"
        if happened:
            last = happened[-1][0]
            engaged = self._at(last)
            key = repr(roll() * 6.5 + (self.first_day + last / 1_440) / 60)
        return (
            f"{pk}\t{FIRST[int(roll() * len(FIRST))]}\t{LAST[int(roll() * len(LAST))]}\t{email}\t"
            f"{seniority.title()} {titles[int(roll() * len(titles))]}\t"
            f"{COMPANIES[int(roll() * len(COMPANIES))]}\t"
            f"{city}\t{country}\t{_SOURCES[int(roll() * 4)]}\t{family}\t{seniority}\t"
            f"{STAGES[_share(roll(), (0.4, 0.7, 0.85, 0.95))]}\t{_AVAILABILITY[int(roll() * 4)]}\t"
            f"{int(roll() * 26)}\t{'ok' if roll() < 0.97 else 'bounced'}\t"
            f"{_CONSENT[_share(roll(), (0.7, 0.95))]}\t{key}\t{engaged}\t{created}\t{created}\t"
            f"{_OF_CANDIDATE}"
        )

    def _events(self) -> Iterator[tuple[int, str]]:
        """In which minute, and what."""
        roll = self.roll
        for _ in range(1 + int(roll() * 5)):
            yield int(roll() * _MINUTES), KINDS[_share(roll(), (0.3, 0.55, 0.7, 0.78, 0.9))]

    def _event(self, pk: int, minute: int, kind: str) -> str:
        at = self._at(minute)
        data = '{"actor": "human"}' if kind in _BY_SOMEBODY else "{}"
        return f"{kind}\t{pk}\t{at}\t{at}\t{data}\t"

    def _application(self, pk: int, family: str) -> str:
        roll, ids = self.roll, self.world.requisitions[family]
        rank, minute = _share(roll(), (0.3, 0.6, 0.78, 0.9, 0.95)), int(roll() * _MINUTES)
        is_over = rank == 5 or roll() < 0.9
        outcome = "hired" if rank == 5 else "rejected" if is_over else "active"
        ended = self._at(min(_MINUTES, minute + 1_440 * (5 + roll() * 85))) if is_over else r"\N"
        reason = REASONS[int(roll() * len(REASONS))] if outcome == "rejected" else ""
        applied = self._at(minute)
        head = f"{pk}\t{ids[int(roll() * len(ids))]}\t{applied}\t{outcome}\t{ended}\t{reason}"
        return f"{head}\t{HIRING[rank]}\t{rank}\t{applied}\t{applied}\t{_OF_APPLICATION}"

    def _at(self, minute: float) -> str:
        """So many minutes after the earliest moment, as text."""
        whole = int(minute) + self.offset
        of_day = whole % 1_440
        return f"{self.days[whole // 1_440]} {of_day // 60:02}:{of_day % 60:02}Z"


def _share(roll: float, ends: tuple[float, ...]) -> int:
    """Which share a roll between 0 and 1 falls into, by where the shares end."""
    for place, end in enumerate(ends):
        if roll < end:
            return place
    return len(ends)
