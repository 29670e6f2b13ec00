"""Many believable people with their history, by COPY and from a fixed seed: the same people every time."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing import get_context

from django.db import connection

from crm.kernel.tenancy import current_workspace_id, workspace_scope
from crm.management import scale_people
from crm.management.scale_people import COLUMNS, WRITTEN, Rows, World

BATCH = 10_000
_AHEAD = 4
"""Batches made before they are asked for, by processes of their own, while PostgreSQL writes."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many there are now."""

    candidates: int
    events: int


def seed(*, candidates: int, now: datetime) -> Seeded:
    """Add so many people to the workspace in scope, through row-level security like everybody."""
    world, events = _world(now), 0
    for number, ids in _batches(candidates):
        rows = scale_people.rows(world, number, ids)
        for table in WRITTEN:
            _copy_through_policy(table, rows[table])
        events += rows["crm_event"].count("\n")
    return Seeded(candidates, events)


def seed_directly(
    *, workspace_id: int, candidates: int, now: datetime, say: Callable[[str], object] = lambda _: None
) -> Seeded:
    """The same people, as a superuser and in one transaction: COPY into the tables themselves.

    Keys stay unchecked, since the rows are made to satisfy them. Where there are fewer people so far, the
    indexes are set aside meanwhile, and nobody else can use these tables until it is done.
    """
    with workspace_scope(workspace_id):
        world = _world(now)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0")
        aside = _set_indexes_aside() if _people() < candidates else []
        events = 0
        for done, rows in enumerate(_made_ahead(world, candidates), 1):
            for table in WRITTEN:
                _copy_directly(table, rows[table])
            events += rows["crm_event"].count("\n")
            say(f"{min(done * BATCH, candidates):,} of {candidates:,} people")
        say(f"Building {len(aside)} indexes")
        _build(aside)
    return Seeded(candidates, events)


def is_superuser() -> bool:
    """Whether this session may do it directly."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def settle() -> None:
    """Leave the visibility map and statistics as autovacuum would, for plans that hold from the start."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join((*WRITTEN, 'crm_requisition', 'crm_skill'))}")


def _batches(candidates: int) -> Iterator[tuple[int, list[int]]]:
    for number, start in enumerate(range(0, candidates, BATCH)):
        yield number, _ids("crm_candidate", min(BATCH, candidates - start))


def _made_ahead(world: World, candidates: int) -> Iterator[Rows]:
    batches = _batches(candidates)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as makers:

        def begin(count: int) -> list[Future[Rows]]:
            return [makers.submit(scale_people.rows, world, *batch) for batch in islice(batches, count)]

        coming = begin(_AHEAD)
        while coming:
            rows = coming.pop(0).result()
            coming += begin(1)
            yield rows


def _copy_directly(table: str, rows: str) -> None:
    names, here = ", ".join(COLUMNS[table]), current_workspace_id()
    with connection.cursor() as cursor:
        # What a new row's workspace is, is the same for all of them.
        lines = rows.replace("\n", f"\t{here}\n")
        cursor.cursor.copy_expert(f"COPY {table} ({names}, workspace_id) FROM STDIN", io.StringIO(lines))


def _copy_through_policy(table: str, rows: str) -> None:
    """COPY into a table of this session, then INSERT … SELECT: row-level security forbids the direct way."""
    names = ", ".join(COLUMNS[table])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE copied AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        cursor.cursor.copy_expert(f"COPY copied ({names}) FROM STDIN", io.StringIO(rows))
        cursor.execute(
            f"INSERT INTO {table} (workspace_id, {names}) SELECT %s, {names} FROM copied",  # noqa: S608
            [current_workspace_id()],
        )
        cursor.execute("DROP TABLE copied")


def _set_indexes_aside() -> list[str]:
    """Drop the indexes but the primary keys; returns the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(WRITTEN)])
        found = cursor.fetchall()
        for drop, _ in found:
            cursor.execute(drop)
    return [create for _, create in found]


_INDEXES = """
    SELECT CASE WHEN k.conname IS NULL THEN format('DROP INDEX %%I', c.relname)
                ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', i.indrelid::regclass, k.conname) END,
           CASE WHEN k.conname IS NULL THEN pg_get_indexdef(c.oid)
                ELSE format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', i.indrelid::regclass, k.conname,
                            pg_get_constraintdef(k.oid)) END
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype = 'u'
    WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisprimary ORDER BY i.indrelid, c.relname
"""


def _build(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for statement in statements:
            cursor.execute(statement)


def _world(now: datetime) -> World:
    """What the people refer to: a few skills, and ten requisitions a family, made each time."""
    skills, families = list(scale_people.SKILLS), scale_people.FAMILIES
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_skill (workspace_id, name, folded)"
            " SELECT %s, name, lower(name) FROM unnest(%s) AS name ON CONFLICT DO NOTHING",
            [current_workspace_id(), skills],
        )
        cursor.execute(
            "SELECT id FROM crm_skill WHERE workspace_id = %s AND name = ANY(%s) ORDER BY id",
            [current_workspace_id(), skills],
        )
        known = [row[0] for row in cursor.fetchall()]
    ids = _ids("crm_requisition", 10 * len(families))
    world = World(now, known, {family: ids[n * 10 : n * 10 + 10] for n, family in enumerate(families)})
    _copy_through_policy("crm_requisition", scale_people.requisitions(world))
    return world


def _people() -> int:
    """How many people the planner believes there are, in all workspaces."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'crm_candidate'::regclass")
        return int(cursor.fetchone()[0])


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]
