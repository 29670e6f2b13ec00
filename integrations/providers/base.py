"""The contract every applicant tracking system is connected by: records, pages, verdicts, refusals.

A vendor is a folder with a client (HTTP, sign-in, paging, limits), a mapping (pure functions from
payload to these records) and a connector that fulfils `Connector`; `registry.py` names it in one line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from crm.policies.account_options import Option as Option
from integrations.policies.field_targets import Reading as Reading
from integrations.providers.faults import Forbidden as Forbidden
from integrations.providers.faults import Gone as Gone
from integrations.providers.faults import Rejected as Rejected
from integrations.providers.faults import Retryable as Retryable
from integrations.providers.faults import Revoked as Revoked
from integrations.providers.faults import Terminal as Terminal
from integrations.providers.faults import VendorFault as VendorFault
from integrations.providers.records import ApplicationRecord as ApplicationRecord
from integrations.providers.records import CandidateRecord as CandidateRecord
from integrations.providers.records import Contact as Contact
from integrations.providers.records import HireRecord as HireRecord
from integrations.providers.records import InterviewRecord as InterviewRecord
from integrations.providers.records import OfferRecord as OfferRecord
from integrations.providers.records import Record as Record
from integrations.providers.records import RejectionRecord as RejectionRecord
from integrations.providers.records import RequisitionRecord as RequisitionRecord
from integrations.providers.records import ScorecardRecord as ScorecardRecord
from integrations.providers.records import StageRecord as StageRecord
from integrations.providers.records import UserRecord as UserRecord
from integrations.providers.vendors import Vendor as Vendor

Payload = dict[str, Any]
# What a pushed candidate is tagged with in the ATS.
TAG = "rekindle"


class Vault(Protocol):
    """Where the credentials of a connection are kept; reads and writes outside every transaction."""

    def read(self) -> Mapping[str, str]:
        """The credentials as they are now: another worker may have renewed them."""
        ...

    def keep(self, changed: Mapping[str, str]) -> None:
        """Store what the ATS gave us (a new refresh token) before it is used."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """What a client needs to sign in. The secret never leaves the process and is never logged."""

    workspace_id: int
    connection_id: int
    settings: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)
    vault: Vault | None = field(default=None, repr=False)


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
    """Rows of one kind, and the position from which a later run goes on after them.

    `expected` is how many of the kind the walk will meet in all, where the ATS tells. `whole` names
    applications whose records of this kind are all on this page: what else we hold of them is gone there.
    `gone` are ids the ATS says it has deleted.
    """

    kind: str
    rows: tuple[Row, ...]
    position: Payload = field(default_factory=dict)
    expected: int | None = None
    whole: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


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
class File:
    """A CV that goes along with a push."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


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
    cv: File | None = None
    # Two letters, blank when nobody knows.
    country: str = ""
    # Fields the customer made up, by where they stand in a payload: for somebody new to the ATS.
    own: tuple[tuple[str, Any], ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Found:
    """What the ATS already holds for a person: candidates, and applications for the requisition.

    `lacking` is what it would still ask for before it takes the application.
    """

    candidates: tuple[str, ...]
    applications: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


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

    def pages(self, *, since: datetime | None, marks: Payload, position: Payload) -> Iterator[Page]:
        """Every page after `position` (empty = from the start), changed since then (None = everything).

        `marks` is what the last finished walk left in its position under that name: sync tokens.
        """
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

    def take_back(self, pushed: Pushed, requisition_id: str, note: str) -> bool:
        """Undo a push: True when the application is gone there, False when a note is all one may leave."""
        ...

    def signature_is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the webhook was signed over these very bytes with our secret."""
        ...

    def hint(self, body: bytes, headers: Mapping[str, str]) -> Hint:
        """What to read again after this webhook. Unknown events give an empty hint."""
        ...

    def subscribe(self, url: str) -> Mapping[str, str]:
        """Have webhooks sent to us; returns what to keep (secrets, ids). Only where `Vendor.subscribes`."""
        ...

    def close(self) -> None: ...
