"""Candidates from a CSV or XLSX file: every line created, updated, unchanged or refused for a reason."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.actions import custom_fields as own_fields
from crm.actions import events, rowsets
from crm.actions.upserts import Ghosts, Outcome, Upsert
from crm.kernel.errors import DomainError
from crm.kernel.jobs import enqueue
from crm.kernel.tenancy import workspace_scope
from crm.models import CustomField, ImportRow, ImportRun, User
from crm.policies import csv_files, import_mapping, people, xlsx_files
from crm.policies.csv_files import Decoded, Line, UnreadableFile
from crm.policies.people import InvalidPerson, Person
from crm.queries.people import custom_fields, member_ids

BATCH = 5_000
LARGEST = 50_000_000
_TURN = timedelta(seconds=60)


class BadFile(DomainError):
    """This file cannot be imported."""

    code = "bad_file"


class BadMapping(DomainError):
    """Some columns do not fit."""

    code = "bad_mapping"


class NotWaiting(DomainError):
    """This import is not waiting to be started."""

    code = "not_waiting"
    status = 409


@transaction.atomic
def upload(*, file_name: str, content: bytes, by: User | None = None) -> ImportRun:
    """Keep the file with what was found out about it: encoding, delimiter, a first mapping of its columns.

    Refuses what is empty, larger than 50 MB (a workbook: 20 MB) or no table.
    """
    if not content.strip():
        raise BadFile("The file is empty.")
    if len(content) > LARGEST:
        raise BadFile(f"The file has {len(content):,} bytes; the limit is {LARGEST:,}.")
    try:
        is_book = xlsx_files.is_workbook(content)
        decoded = Decoded(xlsx_files.as_csv(content), "xlsx") if is_book else csv_files.decode(content)
    except UnreadableFile as wrong:
        raise BadFile(str(wrong)) from wrong
    delimiter = "," if is_book else csv_files.delimiter_of(decoded.text)
    lines = csv_files.read(decoded.text, delimiter)
    headers = [cell.strip() for cell in next(lines, Line(1, [])).cells]
    if len(set(headers)) < len(headers) or not any(headers):
        raise BadFile("The first line must name the columns, each name once.")
    return ImportRun.objects.create(
        file_name=file_name[:200],
        content=decoded.text.encode(),
        encoding=decoded.encoding,
        delimiter=delimiter,
        mapping=import_mapping.guess(headers, {k: field.label for k, field in custom_fields().items()}),
        rows_total=sum(1 for _ in lines),
        created_by=by,
    )


@transaction.atomic
def start(
    *, run: ImportRun, mapping: Mapping[str, str], is_dry_run: bool = False, in_background: bool = True
) -> ImportRun:
    """Confirm the columns and let the import run in the background; a dry run writes nothing and may be
    started for real afterwards. Columns mapped to "new" become fields of the workspace."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    is_rehearsed = locked.is_dry_run and locked.state in (ImportRun.State.FINISHED, ImportRun.State.CANCELED)
    if locked.state != ImportRun.State.DRAFT and not is_rehearsed:
        raise NotWaiting
    headers = _headers(locked)
    if wrong := import_mapping.faults(mapping, headers, custom_fields()):
        raise BadMapping(wrong.get("", "Some columns do not fit."), fields=wrong)
    locked.rows.all().delete()
    locked.mapping = {header: _field(header, mapping.get(header, ""), is_dry_run) for header in headers}
    locked.is_dry_run, locked.state = is_dry_run, ImportRun.State.WAITING
    locked.rows_done = locked.rows_created = locked.rows_updated = locked.rows_unchanged = (
        locked.rows_refused
    ) = 0
    locked.started_at = locked.finished_at = None
    locked.save()
    if in_background:
        enqueue("crm.import_candidates", run_id=locked.pk)
    return locked


@transaction.atomic
def cancel(*, run: ImportRun, by: User | None = None) -> None:
    """Stop after the batch that is being written; what was written stays. Twice is once."""
    unfinished = (ImportRun.State.DRAFT, ImportRun.State.WAITING, ImportRun.State.RUNNING)
    stopped = ImportRun.objects.filter(pk=run.pk, state__in=unfinished)
    if stopped.update(state=ImportRun.State.CANCELED, finished_at=timezone.now()):
        events.record("import.canceled", by=by, data={"import": run.pk})


def carry_on(*, workspace_id: int, run_id: int, without_limit: bool = False) -> bool:
    """Import batch after batch, each in a transaction of its own, for at most a minute; whether it is done.

    Killed anywhere, it goes on after the last batch written. A second worker at the same file stops.
    """
    until = timezone.now() + _TURN
    with workspace_scope(workspace_id):
        run = ImportRun.objects.get(pk=run_id)
        reading = _Reading(run)
    with reading.ahead:
        while reading.has_more:
            with workspace_scope(workspace_id):
                if timezone.now() > until and not without_limit and not run.is_dry_run:
                    enqueue("crm.import_candidates", run_id=run_id)
                    return False
                if not reading.write_batch():
                    return False
    return True


class _Reading:
    """One worker's way through the file."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.has_more = run.state in (ImportRun.State.WAITING, ImportRun.State.RUNNING)
        if run.is_dry_run:
            ImportRow.objects.filter(run=run).delete()
            ImportRun.objects.filter(pk=run.pk).update(rows_done=0)
            run.rows_done = 0
        self.done = run.rows_done
        self.ghosts: Ghosts | None = {} if run.is_dry_run else None
        text = bytes(run.content or b"").decode()
        lines = csv_files.read(text, run.delimiter)
        headers = [cell.strip() for cell in next(lines).cells]
        self.fields = [run.mapping.get(header, "") for header in headers]
        self.lines = islice(lines, self.done, None)
        self.known, self.members = custom_fields(), member_ids()
        self.country = run.workspace.country
        # Reading needs no database: the next batch is read while PostgreSQL writes this one.
        self.ahead = ThreadPoolExecutor(1)
        self.coming = self.ahead.submit(self._read_batch)

    def write_batch(self) -> bool:
        """Write the next lines with their outcomes; False when another worker or a stop came first."""
        run = (
            ImportRun.objects.select_for_update(skip_locked=True)
            .defer("content")
            .filter(pk=self.run.pk)
            .first()
        )
        if run is None or run.rows_done != self.done or run.state not in ("waiting", "running"):
            self.has_more = False
            return False
        batch, read = self.coming.result()
        self.coming = self.ahead.submit(self._read_batch)
        outcomes = self._outcomes(read)
        self._store(batch, outcomes)
        self.done += len(batch)
        self.has_more = len(batch) == BATCH
        self._count(run, outcomes)
        return True

    def _read_batch(self) -> tuple[list[Line], list[Person | Outcome]]:
        batch = list(islice(self.lines, BATCH))
        return batch, [self._person(line) for line in batch]

    def _outcomes(self, read: list[Person | Outcome]) -> list[Outcome]:
        accepted = [person for person in read if isinstance(person, Person)]
        upsert = Upsert(accepted, "csv", timezone.now(), self.run.created_by, self.ghosts)
        written = iter(upsert.run())
        return [next(written) if isinstance(person, Person) else person for person in read]

    def _person(self, line: Line) -> Person | Outcome:
        if line.fault:
            return Outcome("refused", None, "unreadable", line.fault)
        if len(line.cells) > len(self.fields):
            reason = f"The line has {len(line.cells)} columns, the header {len(self.fields)}."
            return Outcome("refused", None, "columns", reason)
        given = import_mapping.given(line.cells, self.fields)
        try:
            person = people.read(given, custom_fields=self.known, members=self.members, country=self.country)
        except InvalidPerson as wrong:
            return Outcome("refused", None, "invalid", str(wrong)[:300])
        if not person.identities:
            reason = "No e-mail address, profile link or id to know the person by."
            return Outcome("refused", None, "no_identity", reason)
        return person

    def _store(self, batch: list[Line], outcomes: list[Outcome]) -> None:
        # Whom a rehearsal would create is nobody yet.
        rows: list[dict[str, Any]] = [
            {"run_id": self.run.pk, "line": line.number, "outcome": outcome.outcome,
             "reason": outcome.reason[:300],
             "candidate_id": None if self.run.is_dry_run else outcome.candidate_id}
            for line, outcome in zip(batch, outcomes, strict=True)
        ]  # fmt: skip
        rowsets.insert(ImportRow, rows)

    def _count(self, run: ImportRun, outcomes: list[Outcome]) -> None:
        counted = Counter(outcome.outcome for outcome in outcomes)
        now = timezone.now()
        changes: dict[str, Any] = {f"rows_{name}": F(f"rows_{name}") + n for name, n in counted.items()}
        changes |= {"rows_done": self.done, "state": ImportRun.State.RUNNING}
        if run.started_at is None:
            changes["started_at"] = now
        if not self.has_more:
            changes |= {"state": ImportRun.State.FINISHED, "finished_at": now}
        ImportRun.objects.filter(pk=run.pk).update(**changes)
        if not self.has_more and not run.is_dry_run:
            _finish(ImportRun.objects.get(pk=run.pk))


def _finish(run: ImportRun) -> None:
    """Of the file only the refused lines are kept, for somebody to correct."""
    refused = dict(run.rows.filter(outcome="refused").values_list("line", "reason"))
    lines = csv_files.read(bytes(run.content or b"").decode(), run.delimiter)
    headers = next(lines).cells
    kept = [[line.number, refused[line.number], *line.cells] for line in lines if line.number in refused]
    run.content = "".join(csv_files.written([["line", "reason", *headers], *kept])).encode()
    run.save(update_fields=["content"])
    counts = {name: getattr(run, f"rows_{name}") for name in ("created", "updated", "unchanged", "refused")}
    events.record("import.finished", by=run.created_by, data={"import": run.pk, **counts})


def _headers(run: ImportRun) -> list[str]:
    lines = csv_files.read(bytes(run.content or b"").decode(), run.delimiter)
    return [cell.strip() for cell in next(lines).cells]


def _field(header: str, field: str, is_dry_run: bool) -> str:
    """A column mapped to a new field gets it when the import is meant."""
    if field != import_mapping.NEW or is_dry_run:
        return "" if field == import_mapping.NEW else field
    key = import_mapping.key_for(header)
    own_fields.ensure(label=header[:120], kind=CustomField.Kind.TEXT, key=key)
    return f"{import_mapping.CUSTOM}{key}"
