"""How Harvest v3 lists rows: bare arrays, cursor-only pages, piped dates, capped ids."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.simulators.greenhouse_tables import Row, Table

IDS_CAP = 50
COMMON = {"per_page", "ids", "created_at", "updated_at", "fields"}
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "gt": lambda have, limit: have > limit,
    "gte": lambda have, limit: have >= limit,
    "lt": lambda have, limit: have < limit,
    "lte": lambda have, limit: have <= limit,
}
APPLICATION_STATUS = {
    "active": "in_process",
    "rejected": "rejected",
    "hired": "hired",
    "converted": "converted",
}

# filter -> column, per resource; "*_ids" filters take a comma list of at most 50
FILTERS: dict[str, dict[str, str]] = {
    "users": {"primary_email": "primary_email", "deactivated": "deactivated", "show_service_accounts": ""},
    "rejection_reasons": {"include_defaults": ""},
    "jobs": {
        "status": "status",
        "department_id": "department_id",
        "office_id": "office_ids",
        "requisition_id": "requisition_id",
        "confidential": "confidential",
        "opened_at": "opened_at",
    },
    "openings": {
        "job_ids": "job_id",
        "application_ids": "application_id",
        "close_reason_ids": "close_reason_id",
        "open": "open",
        "opening_id": "opening_id",
    },
    "job_owners": {"job_ids": "job_id", "user_ids": "user_id"},
    "job_hiring_managers": {"job_ids": "job_id", "user_ids": "user_id"},
    "approval_flows": {"job_ids": "job_id", "offer_ids": "offer_id", "approval_type": "approval_type"},
    "approver_groups": {"approval_flow_ids": "approval_flow_id"},
    "approvers": {"approver_group_ids": "approver_group_id"},
    "job_interview_stages": {"job_ids": "job_id", "active": "active"},
    "candidates": {
        "email": "email_addresses",
        "tag": "tags",
        "private": "private",
        "last_activity_at": "last_activity_at",
    },
    "applied_candidate_tags": {"candidate_ids": "candidate_id", "candidate_tag_ids": "candidate_tag_id"},
    "applications": {
        "candidate_ids": "candidate_id",
        "job_ids": "job_id",
        "source_ids": "source_id",
        "stage_ids": "stage_id",
        "stage_name": "stage_name",
        "prospect": "prospect",
        "status": "status",
        "last_activity_at": "last_activity_at",
    },
    "application_stages": {"application_ids": "application_id", "current": "current"},
    "rejection_details": {"application_ids": "application_id"},
    "prospect_details": {"application_ids": "application_id"},
    "offers": {
        "application_ids": "application_id",
        "job_ids": "job_id",
        "candidate_ids": "candidate_id",
        "opening_ids": "opening_id",
        "status": "status",
        "current_only": "",
        "starts_on": "starts_on",
    },
    "interviews": {"application_ids": "application_id", "job_ids": "job_id"},
    "interviewers": {"interview_ids": "interview_id"},
    "scorecards": {"application_ids": "application_id"},
    "notes": {"candidate_ids": "candidate_id", "application_ids": "application_id"},
    "attachments": {"application_ids": "application_id", "candidate_ids": "candidate_id", "type": "type"},
}
CHOICES: dict[tuple[str, str], set[str]] = {
    ("applications", "status"): set(APPLICATION_STATUS),
    ("offers", "status"): {"Created", "Accepted", "Rejected", "Deprecated"},
    ("jobs", "status"): {"open", "draft", "closed"},
}
DATES = {"created_at", "updated_at", "last_activity_at", "opened_at", "starts_on"}
MOMENT = re.compile(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))?$")


class Unprocessable(Exception):
    """Answered as 422; ``errors`` mixes sentences and objects, as the vendor does."""

    def __init__(self, *errors: str | dict[str, str]) -> None:
        super().__init__(str(errors))
        self.errors = list(errors)


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    cursor: str | None


def page(resource: str, table: Table, query: list[tuple[str, str]]) -> Page:
    """One page of the list, or Unprocessable."""
    params = dict(query)
    below: int | None = None
    if "cursor" in params:
        if len(query) > 1:
            raise Unprocessable("When passing a cursor, do not include other query params.")
        params, below = _opened(params["cursor"])
    _refuse_unknown(resource, params)
    size = _page_size(params)
    rows: list[Row] = []
    more = False
    for row in _matching(resource, table, params, below):
        if len(rows) == size:
            more = True
            break
        rows.append(row)
    cursor = _sealed(params, rows[-1]["id"]) if more else None
    return Page(_only_fields(rows, params.get("fields")), cursor)


def _opened(cursor: str) -> tuple[dict[str, str], int]:
    try:
        kept = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return dict(kept["params"]), int(kept["below"])
    except (ValueError, KeyError, TypeError) as fault:
        raise Unprocessable({"cursor": "is invalid"}) from fault


def _sealed(params: dict[str, str], below: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"params": params, "below": below}).encode()).decode()


def _refuse_unknown(resource: str, params: dict[str, str]) -> None:
    allowed = COMMON | set(FILTERS.get(resource, {}))
    unknown = [{name: "is not allowed"} for name in params if name not in allowed]
    if unknown:
        raise Unprocessable(*unknown)
    if "created_at" in params and "updated_at" in params:
        raise Unprocessable("created_at and updated_at cannot be combined.")
    for name, value in params.items():
        choices = CHOICES.get((resource, name))
        if choices is not None and value not in choices:
            raise Unprocessable({name: f"`{value}` must be one of: {', '.join(sorted(choices))}"})


def _page_size(params: dict[str, str]) -> int:
    text = params.get("per_page", "100")
    if not text.isdigit() or int(text) < 1:
        raise Unprocessable({"per_page": f"`{text}` must be a number from 1 to 500"})
    if int(text) > 500:
        raise Unprocessable({"per_page": f"`{text}` number is greater than: 500"})
    return int(text)


def _matching(resource: str, table: Table, params: dict[str, str], below: int | None) -> Iterator[Row]:
    tests = [
        _test(resource, name, value) for name, value in params.items() if name not in ("per_page", "fields")
    ]
    tests.append(_shown(resource, params))
    for row in _candidates(resource, table, params, below):
        if all(test(row) for test in tests):
            yield row


def _shown(resource: str, params: dict[str, str]) -> Callable[[Row], bool]:
    """Service accounts and built-in rejection reasons stay away unless asked for."""
    if resource == "users" and params.get("show_service_accounts") != "true":
        return lambda row: row["primary_email"] != ""
    if resource == "rejection_reasons" and params.get("include_defaults") != "true":
        return lambda row: not row.get("_built_in")
    return lambda row: True


def _candidates(resource: str, table: Table, params: dict[str, str], below: int | None) -> Iterable[Row]:
    """The narrowest set an index gives, newest first."""
    numbers: set[int] | None = None
    if "ids" in params:
        numbers = set(_numbers("ids", params["ids"])) & table.rows.keys()
    for name, column in FILTERS.get(resource, {}).items():
        if name in params and column in table.by:
            found = set().union(
                *(table.by[column].get(value, set()) for value in _numbers(name, params[name]))
            )
            numbers = found if numbers is None else numbers & found
    if numbers is None:
        return table.descending(below)
    return [table.rows[n] for n in sorted(numbers, reverse=True) if below is None or n < below]


def _numbers(name: str, text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > IDS_CAP:
        raise Unprocessable({name: f"size cannot be greater than {IDS_CAP}"})
    if not parts or not all(part.isdigit() for part in parts):
        raise Unprocessable({name: "must be a list of numbers"})
    return [int(part) for part in parts]


def _test(resource: str, name: str, value: str) -> Callable[[Row], bool]:
    if name in DATES:
        return _date_test(name, value)
    if name == "ids" or (resource, name) == ("rejection_reasons", "include_defaults"):
        return lambda row: True
    return _value_test(resource, name, value)


def _date_test(name: str, value: str) -> Callable[[Row], bool]:
    operator, _, limit = value.partition("|")
    if operator not in OPERATORS or not MOMENT.match(limit):
        raise Unprocessable({name: f"`{value}` must look like gte|2026-11-01T00:00:00Z"})
    compare, bound = OPERATORS[operator], _comparable(limit)
    return lambda row: bool(row.get(name)) and compare(_comparable(row[name]), bound)


def _comparable(text: str) -> str:
    """One textual form, so that moments compare as text."""
    if len(text) == 10:
        return text
    if text.endswith("Z") and len(text) == 20:
        return text
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _value_test(resource: str, name: str, value: str) -> Callable[[Row], bool]:
    column = FILTERS[resource][name]
    if name.endswith("_ids"):
        wanted = set(_numbers(name, value))
        return lambda row: row.get(column) in wanted
    if (resource, name) == ("applications", "status"):
        return _plain_test(column, APPLICATION_STATUS[value])
    special: dict[str, Callable[[Row], bool]] = {
        "show_service_accounts": lambda row: True,
        "current_only": lambda row: value != "true" or row["status"] != "Deprecated",
        "email": lambda row: any(e["value"].lower() == value.lower() for e in row["email_addresses"]),
        "tag": lambda row: value in row["tags"],
    }
    return special.get(name) or _plain_test(column, value)


def _plain_test(column: str, value: str) -> Callable[[Row], bool]:
    def matches(row: Row) -> bool:
        have: Any = row.get(column)
        if isinstance(have, bool):
            return str(have).lower() == value.lower()
        if isinstance(have, list):
            return value in {str(item) for item in have}
        return str(have) == value

    return matches


def _only_fields(rows: list[Row], fields: str | None) -> list[Row]:
    if fields is None:
        return [{name: value for name, value in row.items() if name[0] != "_"} for row in rows]
    names = [name.strip() for name in fields.split(",") if name.strip()]
    if len(names) > IDS_CAP:
        raise Unprocessable({"fields": f"size cannot be greater than {IDS_CAP}"})
    return [{name: row[name] for name in names if name in row} for row in rows]
