"""The contract every applicant tracking system is connected by: records, pages, verdicts, refusals.

A vendor is a folder with a client (HTTP, sign-in, paging, limits), a mapping (pure functions from
payload to these records) and a connector that fulfils `Connector`; `registry.py` names it in one line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from integrations.providers.faults import Forbidden as Forbidden
from integrations.providers.faults import Gone as Gone
from integrations.providers.faults import Rejected as Rejected
from integrations.providers.faults import Retryable as Retryable
from integrations.providers.faults import Revoked as Revoked
from integrations.providers.faults import Terminal as Terminal
from integrations.providers.faults import VendorFault as VendorFault
from integrations.providers.vendors import Option as Option
from integrations.providers.vendors import Vendor as Vendor

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Access:
    """What a client needs to sign in. The secret never leaves the process and is never logged."""

    workspace_id: int
    connection_id: int
    settings: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)


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


Record = (
    UserRecord
    | RequisitionRecord
    | CandidateRecord
    | ApplicationRecord
    | StageRecord
    | RejectionRecord
    | OfferRecord
    | HireRecord
)


@dataclass(frozen=True, slots=True)
class Row:
    """One payload as it came and what it means here: a record, or why there is none.

    `skipped` is a plain reason ("template"); `warning` is a surprise somebody should see.
    """

    external_id: str
    payload: Payload
    record: Record | None = None
    skipped: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one kind, and the position from which a later run goes on after them."""

    kind: str
    rows: tuple[Row, ...]
    position: Payload
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A capability the product needs of the credentials, in words, and whether they have it."""

    name: str
    purpose: str
    is_granted: bool
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of a live check."""

    account: str
    rights: tuple[Right, ...]
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def missing(self) -> tuple[Right, ...]:
        return tuple(right for right in self.rights if right.is_required and not right.is_granted)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a push sends; `external_id` is the ATS id when we already know it."""

    external_id: str
    first_name: str
    last_name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    links: tuple[str, ...]
    title: str
    company: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the ATS already holds for a person: candidates, and applications for the requisition."""

    candidates: tuple[str, ...]
    applications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push left in the ATS."""

    candidate_id: str
    application_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook says may have changed: kinds and ids to read again, and ids that are gone."""

    event_id: str
    action: str
    reread: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()


class Connector(Protocol):
    """One account of one vendor. Methods raise `Retryable` or `Terminal`; none touches the database."""

    kinds: Sequence[str]

    def check(self) -> Check:
        """Try the credentials and name every right that is missing."""
        ...

    def pages(self, *, since: datetime | None, position: Payload) -> Iterator[Page]:
        """Every page after `position` (empty = from the start), changed since then (None = everything)."""
        ...

    def reread(self, kind: str, ids: Sequence[str]) -> Iterator[Page]:
        """These records as they are now; ids the ATS no longer shows are simply missing."""
        ...

    def find(self, person: Person, requisition_id: str) -> Found:
        """Who this person already is in the ATS: by id when known, else by e-mail."""
        ...

    def is_open(self, requisition_id: str) -> bool:
        """Whether the requisition takes applications now."""
        ...

    def push(self, person: Person, requisition_id: str, candidate_id: str, note: str) -> Pushed:
        """Create what is missing: the candidate (unless `candidate_id`), application, note and tag."""
        ...

    def signature_is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the webhook was signed over these very bytes with our secret."""
        ...

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        """What to read again after this webhook. Unknown events give an empty hint."""
        ...

    def close(self) -> None: ...
