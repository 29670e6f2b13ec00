"""Rows of the simulated Greenhouse account, with the indexes its filters need."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

# resource -> (first id, indexed foreign keys)
RESOURCES: dict[str, tuple[int, tuple[str, ...]]] = {
    "users": (40200, ()),
    "departments": (88010, ()),
    "offices": (5500, ()),
    "sources": (4000067000, ()),
    "referrers": (60, ()),
    "close_reasons": (1, ()),
    "rejection_reasons": (10, ()),
    "candidate_tags": (900, ()),
    "jobs": (4417000, ()),
    "openings": (990000, ("job_id", "application_id", "close_reason_id")),
    "job_owners": (30, ("job_id", "user_id")),
    "job_hiring_managers": (30, ("job_id", "user_id")),
    "approval_flows": (5000, ("job_id", "offer_id")),
    "approver_groups": (5100, ("approval_flow_id",)),
    "approvers": (5200, ("approver_group_id", "user_id")),
    "job_interview_stages": (5550000, ("job_id",)),
    "candidates": (77000000, ()),
    "applied_candidate_tags": (9100, ("candidate_id", "candidate_tag_id")),
    "applications": (90200000, ("candidate_id", "job_id", "source_id", "stage_id")),
    "application_stages": (70000, ("application_id", "job_interview_stage_id")),
    "rejection_details": (8000, ("application_id", "rejection_reason_id")),
    "prospect_details": (8300, ("application_id",)),
    "offers": (660000, ("application_id", "job_id", "candidate_id", "opening_id")),
    "interviews": (7000, ("application_id", "job_id")),
    "interviewers": (7500, ("interview_id",)),
    "scorecards": (7800, ("application_id",)),
    "notes": (8100, ("candidate_id", "application_id")),
    "attachments": (8200, ("candidate_id", "application_id")),
}


def stamp(moment: datetime) -> str:
    """The vendor's way to write a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Table:
    """Rows of one resource; ids only grow, so ``ids`` is always sorted."""

    first_id: int
    indexed: tuple[str, ...] = ()
    rows: dict[int, Row] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)
    by: dict[str, dict[Any, set[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by = {name: defaultdict(set) for name in self.indexed}

    def add(self, row: Row, *, at: datetime) -> Row:
        number = row.get("id") or max(self.first_id, (self.ids[-1] if self.ids else 0)) + 1
        moment = stamp(at)
        kept = {"id": number, "created_at": moment, "updated_at": moment, **row}
        kept["id"] = number
        self.rows[number] = kept
        self.ids.insert(bisect_left(self.ids, number), number)
        for name in self.indexed:
            self.by[name][kept.get(name)].add(number)
        return kept

    def change(self, number: int, *, at: datetime, **values: object) -> Row:
        row = self.rows[number]
        for name in self.indexed:
            if name in values:
                self.by[name][row.get(name)].discard(number)
                self.by[name][values[name]].add(number)
        row.update(values)
        row["updated_at"] = stamp(at)
        return row

    def drop(self, number: int) -> None:
        row = self.rows.pop(number)
        del self.ids[bisect_left(self.ids, number)]
        for name in self.indexed:
            self.by[name][row.get(name)].discard(number)

    def where(self, name: str, value: object) -> list[Row]:
        return [self.rows[number] for number in sorted(self.by[name].get(value, ()))]

    def descending(self, below: int | None = None) -> Iterator[Row]:
        end = len(self.ids) if below is None else bisect_left(self.ids, below)
        for position in range(end - 1, -1, -1):
            yield self.rows[self.ids[position]]


class Tables(dict[str, Table]):
    """Every resource of the account, empty at first."""

    def __init__(self) -> None:
        super().__init__({name: Table(*spec) for name, spec in RESOURCES.items()})
