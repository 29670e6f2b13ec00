"""Requisitions and users of an ATS. A field somebody changed here keeps their value."""

from datetime import datetime
from typing import Any

from crm.actions import hiring, holds, rowsets
from crm.kernel.tenancy import current_workspace_id
from crm.models import Membership, Requisition
from integrations.actions.records.matching import Fresh, Outcome
from integrations.models import Connection
from integrations.providers.base import RequisitionRecord

_BLANK: dict[str, Any] = {"is_remote": False, "description": ""}
_TIMES = ("opened_at", "approved_at", "closed_at", "filled_at")


def apply_users(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """Their users are matched to ours by address; nobody gets an account here by a sync."""
    ours = _members({item.record.email for item in fresh})
    return {
        item.row.external_id: Outcome(
            "changed" if item.ref else "created", object_id=ours.get(item.record.email, 0)
        )
        for item in fresh
    }


def apply_requisitions(connection: Connection, fresh: list[Fresh], now: datetime) -> dict[str, Outcome]:
    """Create and change requisitions; two statements and their events."""
    ids = [item.ref.object_id for item in fresh if item.ref]
    current = Requisition.objects.in_bulk(ids)
    members = _members({address for item in fresh for address in _addresses(item.record)})
    created = [item for item in fresh if not (item.ref and item.ref.object_id in current)]
    new_ids = dict(
        zip(
            (item.row.external_id for item in created),
            rowsets.new_ids(Requisition, len(created)),
            strict=True,
        )
    )
    outcomes: dict[str, Outcome] = {}
    new, changed = [], []
    for item in fresh:
        values = _values(item.record, members)
        kept = _as_kept(values) | ({"said": dict(item.record.said)} if item.record.said else {})
        if item.row.external_id in new_ids:
            new.append(_BLANK | values | {"id": new_ids[item.row.external_id]})
            outcomes[item.row.external_id] = Outcome("created", new_ids[item.row.external_id], applied=kept)
            continue
        assert item.ref is not None
        row = current[item.ref.object_id]
        wanted = {
            name: value for name, value in values.items() if is_ours_to_set(name, row, item.ref.applied)
        }
        is_different = any(getattr(row, name) != value for name, value in wanted.items())
        if is_different:
            held = {name: getattr(row, name) for name in values}
            changed.append(held | wanted | {"id": row.pk})
        outcomes[item.row.external_id] = Outcome(
            "changed" if is_different else "unchanged", row.pk, applied=kept
        )
    hiring.save_requisitions(new=new, changed=changed)
    holds.save_holds(_holds(fresh, outcomes))
    return outcomes


def _holds(fresh: list[Fresh], outcomes: dict[str, Outcome]) -> dict[int, holds.Told]:
    """Only of those the ATS still has the word about: a status somebody set here keeps its own holds."""
    told: dict[int, holds.Told] = {}
    for item in fresh:
        pk, record = outcomes[item.row.external_id].object_id, item.record
        if pk:
            told[pk] = holds.Told(record.holds, record.status == "on_hold", record.updated_at)
    return told


def _values(record: RequisitionRecord, members: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": record.title[:200],
        "code": record.code[:60],
        "status": record.status,
        "openings": min(record.openings, 30_000),
        "department": record.department[:120],
        "location": record.location[:120],
        "country": record.country,
        "role_family": record.role_family,
        "seniority": record.seniority,
        "skills": list(record.skills),
        "hiring_manager_id": members.get(record.hiring_manager_email),
        "hiring_manager_name": record.hiring_manager_name[:120],
        "recruiter_id": members.get(record.recruiter_email),
    }
    return values | {name: getattr(record, name) for name in _TIMES}


def is_ours_to_set(name: str, row: Requisition, applied: dict[str, Any]) -> bool:
    """Not when the row no longer holds what the ATS said last: somebody changed it here."""
    return name not in applied or _plain(getattr(row, name)) == applied[name]


def _as_kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _addresses(record: RequisitionRecord) -> tuple[str, str]:
    return record.hiring_manager_email, record.recruiter_email


def _members(addresses: set[str]) -> dict[str, int]:
    """Our colleagues by address."""
    from_here = Membership.objects.filter(
        workspace_id=current_workspace_id(),
        deactivated_at=None,
        user__email__in=[address for address in addresses if address],
    )
    return dict(from_here.values_list("user__email", "user_id"))
