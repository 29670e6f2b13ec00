"""A CSV of 100,000 people through the import, beside COPY of the same rows into the same indexed tables."""

import csv
import io
import os
import random
from collections.abc import Iterator
from functools import partial

import psycopg2

from benchmarks import seeding
from benchmarks.report import Bench, Figure, Memory, once
from crm.actions import custom_fields, imports, workspaces
from crm.kernel.tenancy import workspace_scope
from crm.models import ImportRun, Workspace

ROWS = 100_000
TABLES = (
    "crm_skill",
    "crm_tag",
    "crm_candidate",
    "crm_contactpoint",
    "crm_candidateskill",
    "crm_candidatetag",
    "crm_consent",
    "crm_event",
    "crm_importrun",
    "crm_importrow",
)
HEADER = (
    "First name",
    "Last name",
    "Email",
    "Phone",
    "Title",
    "City",
    "Country",
    "Skills",
    "Source",
    "Team size",
)
SKILLS = ("Python", "Go", "React", "SQL", "Kubernetes", "Salesforce", "Negotiation", "Excel", "SAP", "Figma")


def run(bench: Bench) -> Iterator[Figure]:
    """The import, then the floor, then the same file again, which changes nothing."""
    rows = min(ROWS, bench.people)
    content = _file(rows)
    workspace, twin = _workspace("bench-import"), _workspace("bench-import-floor")
    memory = Memory()
    ours = once(lambda: _import(workspace, content, rows))
    peak = memory.grown_mb
    floor = _copy(workspace.pk, twin.pk)
    yield Figure(f"import CSV, {rows:,} rows", ours, floor, "≤ 3 × COPY", peak_mb=peak)
    per_second, by_copy = rows / ours * 1_000, rows / floor * 1_000
    yield Figure("import CSV", per_second, by_copy, "≥ 5,000 rows/s", unit="rows/s", peak_mb=peak)
    again = once(lambda: _import(workspace, content, 0))
    yield Figure(f"import the same file again, {rows:,} rows", again, 0, "changes nothing")


def _workspace(name: str) -> Workspace:
    made = workspaces.create(name=name, owner=seeding.owner())
    with workspace_scope(made.pk):
        custom_fields.ensure(label="Team size", kind="number", key="team_size")
    return made


def _file(rows: int) -> bytes:
    chance = random.Random(3)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(rows):
        skills = "; ".join(chance.sample(SKILLS, 3))
        person = (f"Given{number % 997}", f"Family{number}", f"person{number}@bulk.example", "")
        writer.writerow((*person, "Engineer", "Berlin", "Germany", skills, "Import", chance.randint(1, 40)))
    return text.getvalue().encode()


def _import(workspace: Workspace, content: bytes, created: int) -> None:
    with workspace_scope(workspace.pk):
        waiting = imports.upload(file_name="bulk.csv", content=content)
        mapping = waiting.mapping | {"Team size": "custom.team_size"}
        imports.start(run=waiting, mapping=mapping, in_background=False)
    imports.carry_on(workspace_id=workspace.pk, run_id=waiting.pk, without_limit=True)
    with workspace_scope(workspace.pk):
        done = ImportRun.objects.defer("content").get(pk=waiting.pk)
        assert (done.rows_created, done.rows_refused) == (created, 0), (done.rows_created, done.rows_refused)


def _copy(source: int, target: int) -> float:
    """Milliseconds to COPY the imported rows into another workspace; superuser, RLS does not apply."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    taken = 0.0
    with connection, connection.cursor() as cursor:
        for table in TABLES:
            columns = _columns(cursor, table)
            buffer = io.StringIO()
            listed = ", ".join(
                f"{target} AS workspace_id" if c == "workspace_id" else f'"{c}"' for c in columns
            )
            cursor.copy_expert(
                f"COPY (SELECT {listed} FROM {table} WHERE workspace_id = {source}) TO STDOUT", buffer
            )
            buffer.seek(0)
            names = ", ".join(f'"{column}"' for column in columns)
            statement = f"COPY {table} ({names}) FROM STDIN"
            taken += once(partial(cursor.copy_expert, statement, buffer))
        taken += once(connection.commit)
    connection.close()
    return taken


def _columns(cursor: "psycopg2.extensions.cursor", table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return [row[0] for row in cursor.fetchall()]
