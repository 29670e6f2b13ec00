"""What happens in the account by itself: a requisition that opens while somebody watches."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from tests.simulators.greenhouse_tables import Row, Tables, stamp

# What belongs to a job and comes with it: its people and the stages of its process.
BELONGINGS = ("job_owners", "job_hiring_managers", "job_interview_stages")


def open_job(tables: Tables, order: dict[str, Any], at: datetime) -> Row:
    """A new job like the first of the department the order names, with its own name and skills."""
    model = _first_of(tables, order["department"])
    fields = copy.deepcopy(model["custom_fields"])
    fields["skills"]["value"] = list(order["skills"])
    job = tables["jobs"].add(
        model
        | {"id": None, "created_at": stamp(at), "updated_at": stamp(at)}
        | {"name": order["name"], "requisition_id": order["number"], "custom_fields": fields}
        | {"status": "open", "opened_at": stamp(at), "closed_at": None},
        at=at,
    )
    for resource in BELONGINGS:
        for row in tables[resource].where("job_id", model["id"]):
            own = {name: value for name, value in row.items() if not name.endswith("_at")}
            tables[resource].add(own | {"id": None, "job_id": job["id"]}, at=at)
    opening: Row = {"job_id": job["id"], "opening_id": f"{order['number']}-1", "opened_at": stamp(at)}
    opening |= {"closed_at": None, "sort_order": 0, "application_id": None, "close_reason_id": None}
    tables["openings"].add(opening | {"target_start_on": None, "open": True, "custom_fields": {}}, at=at)
    return job


def _first_of(tables: Tables, department: str) -> Row:
    wanted = [row["id"] for row in tables["departments"].rows.values() if row["name"] == department]
    jobs = tables["jobs"].rows.values()
    return next(row for row in jobs if row["department_id"] in wanted and not row["is_template"])
