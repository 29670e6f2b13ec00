"""Many believable people with their history, by COPY and from a fixed seed: the same people every time."""

import io
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from crm.kernel.tenancy import current_workspace_id
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

BATCH = 50_000
ENGAGED = 0.4


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of some people, table by table."""

    candidates: list[tuple[Any, ...]]
    skills: list[tuple[Any, ...]]
    events: list[tuple[Any, ...]]
    applications: list[tuple[Any, ...]]


_CANDIDATE = [
    "id",
    "first_name",
    "last_name",
    "email",
    "current_title",
    "current_company",
    "city",
    "country",
    "source",
    "origin",
    "role_family",
    "seniority",
    "stage",
    "availability",
    "years_experience",
    "email_state",
    "consent",
    "engagement_key",
    "last_engaged_at",
    "created_at",
]
_DEFAULTS = {
    "headline": "''",
    "region": "''",
    "time_zone": "''",
    "locale": "''",
    "languages": "'{}'",
    "custom": "'{}'",
    "topics_declined": "'{}'",
    "edited_fields": "'{}'",
    "in_process": "false",
    "updated_at": "created_at",
}


def seed(*, candidates: int, now: datetime, say: Callable[[str], object] = lambda _: None) -> int:
    """Add so many people to the workspace in scope; returns how many events they come with."""
    chance = random.Random(candidates)
    requisitions, skills = _requisitions(now), _skills()
    events = 0
    for start in range(0, candidates, BATCH):
        size = min(BATCH, candidates - start)
        batch = _batch(_ids("crm_candidate", size), chance, requisitions, skills, now)
        _copy("crm_candidate", _CANDIDATE, batch.candidates, _DEFAULTS)
        _copy("crm_candidateskill", ("candidate_id", "skill_id"), batch.skills)
        _copy(
            "crm_event",
            ("kind", "candidate_id", "occurred_at", "data"),
            batch.events,
            {"recorded_at": "occurred_at", "ref": "''"},
        )
        _copy("crm_application", _APPLICATION, batch.applications, _OF_APPLICATION)
        events += len(batch.events)
        say(f"{start + size:,} of {candidates:,} people")
    return events


_APPLICATION = [
    "candidate_id",
    "requisition_id",
    "applied_at",
    "outcome",
    "ended_at",
    "rejection_reason",
    "furthest_stage",
    "furthest_rank",
]
_OF_APPLICATION = {
    "source": "''",
    "rejection_reason_text": "''",
    "current_stage": "''",
    "current_stage_name": "''",
    "is_pushed": "false",
    "created_at": "applied_at",
    "updated_at": "applied_at",
}


def _batch(
    ids: Sequence[int],
    chance: random.Random,
    requisitions: dict[str, list[int]],
    skills: list[int],
    now: datetime,
) -> Batch:
    batch = Batch([], [], [], [])
    for pk in ids:
        family = chance.choices(tuple(TITLES), (45, 25, 15, 15))[0]
        happened = sorted(_events(pk, chance, now), key=lambda event: event[2])
        batch.events.extend(happened)
        batch.candidates.append(_candidate(pk, family, chance, happened[-1][2] if happened else None, now))
        batch.skills.extend((pk, skill) for skill in chance.sample(skills, chance.randint(1, 4)))
        if chance.random() < 0.2:
            batch.applications.append(_application(pk, chance.choice(requisitions[family]), chance, now))
    return batch


def _candidate(
    pk: int, family: str, chance: random.Random, engaged_at: datetime | None, now: datetime
) -> tuple[Any, ...]:
    pick = chance.choice
    first, last = pick(FIRST), pick(LAST)
    city, country = pick(PLACES)
    seniority = pick(SENIORITIES)
    key = None
    if engaged_at is not None:
        key = chance.uniform(0, 6.5) + engaged_at.timestamp() / 86_400 / 60
    consent = chance.choices(("granted", "none", "withdrawn"), (70, 25, 5))[0]
    return (
        pk,
        first,
        last,
        f"person.{pk}@scale.example",
        f"{seniority.title()} {pick(TITLES[family])}",
        pick(COMPANIES),
        city,
        country,
        pick(("Referral", "Job board", "Meetup", "Sourced")),
        "scale",
        family,
        seniority,
        chance.choices(STAGES, (40, 30, 15, 10, 5))[0],
        pick(("", "not_looking", "open", "active")),
        chance.randint(0, 25),
        chance.choices(("ok", "bounced"), (97, 3))[0],
        consent,
        key,
        engaged_at,
        now - timedelta(minutes=chance.randint(0, 1_000_000)),
    )


def _events(pk: int, chance: random.Random, now: datetime) -> Iterator[tuple[Any, ...]]:
    if chance.random() > ENGAGED:
        return
    for _ in range(chance.randint(1, 5)):
        kind = chance.choices(KINDS, (30, 25, 15, 8, 12, 10))[0]
        at = now - timedelta(minutes=chance.randint(0, 1_000_000))
        yield kind, pk, at, json.dumps({"actor": "human"} if kind.endswith(("opened", "clicked")) else {})


def _application(pk: int, requisition: int, chance: random.Random, now: datetime) -> tuple[Any, ...]:
    rank = chance.choices(range(6), (30, 30, 18, 12, 5, 5))[0]
    applied = now - timedelta(minutes=chance.randint(0, 1_000_000))
    is_over = rank == 5 or chance.random() < 0.9
    outcome = "hired" if rank == 5 else "rejected" if is_over else "active"
    ended = min(now, applied + timedelta(days=chance.randint(5, 90))) if is_over else None
    reason = chance.choice(REASONS) if outcome == "rejected" else ""
    return pk, requisition, applied, outcome, ended, reason, HIRING[rank], rank


def _requisitions(now: datetime) -> dict[str, list[int]]:
    """Ten requisitions a family, made once."""
    found: dict[str, list[int]] = {}
    for family, titles in TITLES.items():
        rows = [(titles[n % len(titles)], family, now - timedelta(days=30 * n)) for n in range(10)]
        ids = _ids("crm_requisition", len(rows))
        columns = ("id", "title", "role_family", "opened_at")
        defaults = {
            "code": "''",
            "status": "'open'",
            "openings": "1",
            "department": "initcap(role_family)",
            "location": "''",
            "country": "''",
            "is_remote": "false",
            "seniority": "''",
            "skills": "'{}'",
            "description": "''",
            "hiring_manager_name": "''",
            "created_at": "opened_at",
            "updated_at": "opened_at",
        }
        _copy("crm_requisition", columns, [(pk, *row) for pk, row in zip(ids, rows, strict=True)], defaults)
        found[family] = ids
    return found


def _skills() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_skill (workspace_id, name, folded)"
            " SELECT %s, name, lower(name) FROM unnest(%s) AS name ON CONFLICT DO NOTHING",
            [current_workspace_id(), list(SKILLS)],
        )
        cursor.execute("SELECT id FROM crm_skill WHERE name = ANY(%s) ORDER BY id", [list(SKILLS)])
        return [row[0] for row in cursor.fetchall()]


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], defaults: dict[str, str] | None = None
) -> None:
    """COPY into a table of this session, then INSERT … SELECT: row-level security forbids the direct way."""
    if not rows:
        return
    names, more = ", ".join(columns), defaults or {}
    every, values = ", ".join((*columns, *more)), ", ".join((*columns, *more.values()))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE copied AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        cursor.cursor.copy_expert(f"COPY copied ({names}) FROM STDIN", io.StringIO(_lines(rows)))
        cursor.execute(
            f"INSERT INTO {table} (workspace_id, {every}) SELECT %s, {values} FROM copied",  # noqa: S608
            [current_workspace_id()],
        )
        cursor.execute("DROP TABLE copied")


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    return "\n".join("\t".join(_cell(value) for value in row) for row in rows) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value).replace("\\", "\\\\")
