"""Requisitions made and changed by hand. What an ATS tells about them comes through `hiring`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.actions import events
from crm.kernel.errors import DomainError
from crm.models import Requisition, RequisitionHold, User

Status = Requisition.Status
# Which column says when a requisition came into a status.
_TIMES = {
    Status.OPEN: "opened_at",
    Status.FILLED: "filled_at",
    Status.CLOSED: "closed_at",
    Status.CANCELED: "closed_at",
}
_FACTS = {
    Status.OPEN: "requisition.opened",
    Status.ON_HOLD: "requisition.held",
    Status.FILLED: "requisition.filled",
    Status.CLOSED: "requisition.closed",
    Status.CANCELED: "requisition.canceled",
}


class UntitledRequisition(DomainError):
    """A requisition needs a title."""

    code = "untitled"


class ClosedBeforeOpened(DomainError):
    """A requisition cannot end before it opened."""

    code = "closed_before_opened"


class ToldByAts(DomainError):
    """The ATS says what its requisitions' status is."""

    code = "told_by_ats"
    status = 409


class UnknownStatus(DomainError):
    """There is no such status."""

    code = "unknown_status"
    status = 400


@transaction.atomic
def create(*, columns: Mapping[str, Any], by: User | None) -> Requisition:
    """A new requisition; it opens now unless the columns say otherwise, and recruiters are told."""
    requisition = Requisition(**_clean(columns))
    _stamp(requisition, timezone.now())
    _check(requisition)
    requisition.save()
    _hold(requisition, timezone.now())
    _record(requisition, by)
    return requisition


@transaction.atomic
def change(*, requisition: Requisition, columns: Mapping[str, Any], by: User | None) -> Requisition:
    """Change what the columns name. A new status takes its date; a hold begins or ends with it.

    Setting what is already so changes and records nothing.
    """
    requisition = Requisition.objects.select_for_update(of=("self",)).get(pk=requisition.pk)
    before = requisition.status
    changed = {name: value for name, value in _clean(columns).items() if getattr(requisition, name) != value}
    if not changed:
        return requisition
    for name, value in changed.items():
        setattr(requisition, name, value)
    if requisition.status != before:
        _reopen(requisition, changed)
        _stamp(requisition, timezone.now())
    _check(requisition)
    requisition.save()
    _hold(requisition, timezone.now())
    if requisition.status != before:
        _record(requisition, by)
    else:
        events.record(
            "requisition.changed",
            by=by,
            data={"requisition": requisition.pk, "fields": sorted(changed)},
        )
    return requisition


def move(*, requisition: Requisition, status: str, by: User | None) -> Requisition:
    """Give a requisition made here another status. Refuses those an ATS tells of; twice is once."""
    if status not in Status.values:
        raise UnknownStatus
    if requisition.read_from:
        raise ToldByAts(
            f"{requisition.read_from} says what the status of “{requisition.title}” is: change it there."
        )
    return change(requisition=requisition, columns={"status": status}, by=by)


def _clean(columns: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = dict(columns)
    if "title" in cleaned:
        cleaned["title"] = cleaned["title"].strip()
    if "skills" in cleaned:
        named: dict[str, str] = {}
        for skill in cleaned["skills"]:
            named.setdefault(skill.strip().casefold(), skill.strip())
        cleaned["skills"] = [skill for folded, skill in named.items() if folded]
    return cleaned


def _reopen(requisition: Requisition, changed: Mapping[str, Any]) -> None:
    """Back among the living: what ended it before no longer holds."""
    if requisition.status in (Status.OPEN, Status.ON_HOLD):
        for column in ("closed_at", "filled_at"):
            if column not in changed:
                setattr(requisition, column, None)


def _stamp(requisition: Requisition, now: datetime) -> None:
    if requisition.opened_at is None:
        requisition.opened_at = now
    column = _TIMES.get(Status(requisition.status))
    if column and getattr(requisition, column) is None:
        setattr(requisition, column, now)


def _check(requisition: Requisition) -> None:
    if not requisition.title:
        raise UntitledRequisition(fields={"title": "Give it a title."})
    for column in ("closed_at", "filled_at"):
        ended, opened = getattr(requisition, column), requisition.opened_at
        if ended and opened and ended < opened:
            raise ClosedBeforeOpened(fields={column: "This is before the requisition opened."})


def _hold(requisition: Requisition, now: datetime) -> None:
    open_holds = RequisitionHold.objects.filter(requisition=requisition, ended_at=None)
    if requisition.status != Status.ON_HOLD:
        open_holds.update(ended_at=now)
    elif not open_holds.exists():
        RequisitionHold.objects.create(requisition=requisition, started_at=now)


def _record(requisition: Requisition, by: User | None) -> None:
    column = _TIMES.get(Status(requisition.status))
    at = getattr(requisition, column) if column else timezone.now()
    # The same ref as a sync uses: opened once a day, whoever says it.
    events.record(
        _FACTS[Status(requisition.status)],
        by=by,
        at=at,
        ref=f"{requisition.pk}:{at.date()}" if column else "",
        data={"requisition": requisition.pk},
    )
