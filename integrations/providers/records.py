"""The common model: what every ATS tells, in our words.

Where somebody mapped fields differently, `filled` is what else a record fills of the person, and `said`
what the ATS said of those of its own that hold something else now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Contact:
    kind: str
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class UserRecord:
    external_id: str
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class RequisitionRecord:
    external_id: str
    updated_at: datetime
    title: str
    code: str
    status: str
    openings: int
    department: str
    location: str
    country: str
    role_family: str
    seniority: str
    skills: tuple[str, ...]
    hiring_manager_email: str
    hiring_manager_name: str
    recruiter_email: str
    opened_at: datetime | None
    approved_at: datetime | None
    closed_at: datetime | None
    filled_at: datetime | None
    # Times on hold as the ATS tells them; empty where it only tells that it is on hold now.
    holds: tuple[tuple[datetime, datetime | None], ...] = ()
    said: Pairs = ()


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    external_id: str
    updated_at: datetime
    created_at: datetime
    first_name: str
    last_name: str
    contacts: tuple[Contact, ...]
    current_title: str
    current_company: str
    city: str
    region: str
    country: str
    time_zone: str
    role_family: str
    seniority: str
    tags: tuple[str, ...]
    skills: tuple[str, ...]
    source: str = ""
    filled: Pairs = ()
    said: Pairs = ()


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    external_id: str
    updated_at: datetime
    candidate_id: str
    requisition_id: str
    applied_at: datetime
    source: str
    outcome: str
    ended_at: datetime | None
    stage_name: str
    filled: Pairs = ()
    said: Pairs = ()


@dataclass(frozen=True, slots=True)
class StageRecord:
    external_id: str
    application_id: str
    name: str
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class RejectionRecord:
    external_id: str
    application_id: str
    outcome: str
    ended_at: datetime | None
    reason: str
    reason_text: str


@dataclass(frozen=True, slots=True)
class OfferRecord:
    external_id: str
    application_id: str
    version: int
    status: str
    extended_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class HireRecord:
    """The vendor's own word that somebody was hired, and when."""

    external_id: str
    application_id: str
    hired_at: datetime


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """An interview somebody set up: a fact of the timeline."""

    external_id: str
    application_id: str
    title: str
    scheduled_at: datetime
    starts_at: datetime | None
    interviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScorecardRecord:
    """What an interviewer handed in: a fact of the timeline."""

    external_id: str
    application_id: str
    title: str
    submitted_at: datetime
    rating: str = ""
    author: str = ""


Record = (
    UserRecord
    | RequisitionRecord
    | CandidateRecord
    | ApplicationRecord
    | StageRecord
    | RejectionRecord
    | OfferRecord
    | HireRecord
    | InterviewRecord
    | ScorecardRecord
)
