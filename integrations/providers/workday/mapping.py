"""Workday rows → common records. Pure: no network, no database, no clock.

Applications live inside candidates and tell the present only; what they were before stands in the rows of
the history report (`history.py`). Records are known by their WID, the id of every thing in Workday.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.policies.countries import country_code
from integrations.policies import hiring_words
from integrations.providers import fields
from integrations.providers.base import (
    ApplicationRecord,
    Payload,
    RejectionRecord,
)
from integrations.providers.rows import Unreadable
from integrations.providers.workday import reports
from integrations.providers.workday.client import several

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:?\d{2})?")
_HIRED = ("READY_FOR_HIRE", "HIRE", "HIRED")


@dataclass(frozen=True, slots=True)
class Context:
    """What is read beside a page: its moment, workers by any of their ids, the statuses of this tenant.

    `is_change` says that the transaction log named these records: they were touched until that moment.
    """

    moment: datetime
    is_change: bool = False
    workers: Mapping[str, Payload] = field(default_factory=dict)
    dates: Mapping[str, Payload] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """One application: its candidate, what the web service tells, and its rows of the history report."""

    candidate: Payload
    applied: Payload
    history: tuple[Payload, ...] = ()

    @property
    def number(self) -> str:
        return identity(self.applied, "Job_Application_Reference")

    @property
    def candidate_number(self) -> str:
        return identity(self.candidate, "Candidate_Reference")


def applications(row: Payload) -> list[Held]:
    """The applications of a candidate; older versions tell the reference a level deeper, and repeat there."""
    found = []
    for block in several(fields.inner(row, "Candidate_Data"), "Job_Application_Data"):
        if not isinstance(block, dict):
            continue
        for entry in several(block, "Job_Applied_To_Data"):
            if isinstance(entry, dict):
                outer = fields.inner(block, "Job_Application_Reference")
                told = fields.inner(entry, "Job_Application_Reference") or outer
                found.append(Held(row, entry | {"Job_Application_Reference": told or _own(entry)}))
    return found


def application(held: Held) -> ApplicationRecord:
    applied_at = when(held.applied, "Job_Application_Date") or status_at(held)
    if applied_at is None:
        raise Unreadable("Job_Application_Date is missing")
    end = outcome(held)
    return ApplicationRecord(
        external_id=held.number,
        updated_at=status_at(held) or applied_at,
        candidate_id=held.candidate_number,
        requisition_id=identity(held.applied, "Job_Requisition_Reference"),
        applied_at=applied_at,
        source=descriptor(held.applied, "Source_Reference"),
        outcome=end,
        ended_at=ended_at(held) if end in ("rejected", "withdrawn") else None,
        stage_name=stage(held.applied),
    )


def rejection(held: Held) -> RejectionRecord | None:
    end = outcome(held)
    if end not in ("rejected", "withdrawn"):
        return None
    words = reason(held)
    return RejectionRecord(held.number, held.number, end, ended_at(held), hiring_words.reason(words), words)


def outcome(held: Held) -> str:
    """A disposition ends an application; whoever became a worker was hired. Nothing else is guessed."""
    if _disposition(held) or _said(held, "Disposition_Date"):
        return "withdrawn" if hiring_words.reason(reason(held)) == "withdrew" else "rejected"
    if hired_at(held):
        return "hired"
    status = fields.inner(fields.inner(held.candidate, "Candidate_Data"), "Status_Data")
    return "withdrawn" if is_true(status.get("Withdrawn")) else "active"


def hired_at(held: Held) -> datetime | None:
    """As the report tells; without one only somebody who is a worker by now, at the end of the process."""
    if told := _said(held, "Hire_Date"):
        return moment(told, "Hire_Date")
    stage_id = str(fields.inner(held.applied, "Stage_Reference").get("Recruiting_Stage_ID") or "")
    is_worker = fields.inner(fields.inner(held.candidate, "Candidate_Data"), "Worker_Reference")
    return status_at(held) if not held.history and is_worker and stage_id in _HIRED else None


def ended_at(held: Held) -> datetime | None:
    told = _said(held, "Disposition_Date")
    return moment(told, "Disposition_Date") if told else status_at(held)


def status_at(held: Held) -> datetime | None:
    return when(held.applied, "Status_Timestamp")


def reason(held: Held) -> str:
    reference = _disposition(held)
    told = fields.text(reference, "Descriptor") or _said(held, "Disposition_Reason")
    return told or _words(str(reference.get("Recruiting_Disposition_ID") or ""))


def stage(row: Payload) -> str:
    """Stage and step as one name, by the stage's own id: descriptors change with the user's language."""
    reference = fields.inner(row, "Stage_Reference")
    own = str(reference.get("Recruiting_Stage_ID") or "")
    return stage_name(own, fields.text(reference, "Descriptor"), descriptor(row, "Workflow_Step_Reference"))


def stage_name(own_id: str, words: str, step: str) -> str:
    name = _words(own_id) or words
    return name if not step or step.casefold() in (name.casefold(), words.casefold()) else f"{name}: {step}"


# What every part of this folder reads the same way.


def identity(row: Payload, name: str) -> str:
    """The WID of a reference; a named id where there is none."""
    reference = fields.inner(row, name)
    named = [str(text) for kind, text in reference.items() if kind != "Descriptor" and isinstance(text, str)]
    found = str(reference.get("WID") or next(iter(named), ""))
    if not found:
        raise Unreadable(f"{name} is missing")
    return found[:120]


def descriptor(row: Payload, name: str) -> str:
    """The words of a reference; its named id where the tenant sends no words."""
    reference = fields.inner(row, name)
    told = fields.text(reference, "Descriptor")
    ids = (str(text) for kind, text in reference.items() if kind not in ("WID", "Descriptor"))
    return told or next(ids, "").replace("_", " ")


def when(row: Payload, name: str) -> datetime | None:
    return moment(fields.text(row, name), name)


def moment(text: str, name: str) -> datetime | None:
    """A moment with the tenant's offset, or a day, which may carry an offset too."""
    day = _DAY.fullmatch(text)
    return fields.day({name: day[1]}, name) if day else fields.moment({name: text}, name)


def country(reference: Payload) -> str:
    for kind in ("ISO_3166-1_Alpha-2_Code", "ISO_3166-1_Alpha-3_Code", "Descriptor"):
        try:
            if told := str(reference.get(kind) or ""):
                return country_code(told)
        except ValueError:
            continue
    return ""


def is_true(value: Any) -> bool:
    return str(value).casefold() in ("1", "true")


def times(held: Held) -> list[datetime]:
    """Leniently: a bad time is a warning of its application, not of the person."""
    found = []
    for name in ("Job_Application_Date", "Status_Timestamp"):
        try:
            found.append(when(held.applied, name))
        except Unreadable:
            continue
    return [time for time in found if time]


def _own(entry: Payload) -> Payload:
    number = fields.text(entry, "Job_Application_ID")
    return {"Job_Application_ID": number} if number else {}


def _disposition(held: Held) -> Payload:
    return fields.inner(held.applied, "Disposition_Reference")


def _said(held: Held, name: str) -> str:
    """A column about the whole application, which every row of it repeats."""
    return next((text for row in held.history if (text := reports.value(row, name))), "")


def _words(own_id: str) -> str:
    """`BACKGROUND_CHECK` as words; an id of hexadecimal digits says nothing."""
    if re.fullmatch(r"[0-9a-f]{32}", own_id):
        return ""
    return own_id.replace("_", " ").strip().capitalize()
