"""Many people at once: found again by address or profile, created or updated, a statement a table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any, Literal

from django.db import connection, transaction

from crm.actions import drafts, duplicates
from crm.actions.drafts import Draft
from crm.kernel.tenancy import current_workspace_id
from crm.models import CandidateSkill, CandidateTag, ConsentState, ContactPoint, EmailState, User
from crm.policies.duplicates import verdict
from crm.policies.people import Basis, Person
from crm.queries.duplicates import folded_words, owners_of
from crm.queries.suppressions import suppressed
from crm.queries.vocabulary import skills_meant

Result = Literal["created", "updated", "unchanged", "refused"]
_IDENTITY_LOCK = 7_203_115


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person; `code` and `reason` say why when they were refused."""

    outcome: Result
    candidate_id: int | None = None
    code: str = ""
    reason: str = ""


Ghosts = dict[tuple[str, str], Draft]


@dataclass(slots=True)
class Upsert:
    """One batch. Rows of the same batch that name the same person become one candidate, in their order.

    A person whose identities belong to two candidates is refused (`ambiguous`): merging is for people to
    decide. Somebody who asked to be erased is refused (`erased`). With `ghosts` nothing is written: the
    outcome is what would have happened, and the mapping remembers people between batches.
    """

    people: Sequence[Person]
    origin: str
    now: datetime
    by: User | None = None
    ghosts: Ghosts | None = None
    _owners: dict[tuple[str, str], list[Draft]] = field(default_factory=lambda: defaultdict(list))
    _drafts: dict[int, Draft] = field(default_factory=dict)
    _new: list[Draft] = field(default_factory=list)
    _folded: dict[str, str] = field(default_factory=dict)
    _meant: dict[str, tuple[str, str]] = field(default_factory=dict)
    _conflicts: list[set[int]] = field(default_factory=list)
    _suppressed: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def run(self) -> list[Outcome]:
        """Each person's outcome, in the order they were given. Running it twice changes nothing more."""
        with transaction.atomic():
            if self.ghosts is None:
                _lock_identities()
            self._find()
            results = [self._apply(person) for person in self.people]
            if self.ghosts is None:
                drafts.write(self._new, list(self._drafts.values()), by=self.by, now=self.now)
                self._queue_conflicts()
        return [_named(outcome, draft) for outcome, draft in results]

    def _find(self) -> None:
        identities = {identity for person in self.people for identity in person.identities}
        found = owners_of(identities)
        self._drafts = drafts.load({owner for owners in found.values() for owner in owners})
        for identity, owners in found.items():
            self._owners[identity] = [self._drafts[owner] for owner in dict.fromkeys(owners)]
        for identity in identities & (self.ghosts or {}).keys():
            self._owners[identity].append((self.ghosts or {})[identity])
        self._folded = folded_words({word for p in self.people for word in (*p.skills, *p.tags)})
        skills = {self._folded[word] for p in self.people for word in p.skills}
        self._meant = skills_meant(skills) if skills else {}
        self._suppressed = suppressed({normalized for kind, normalized in identities if kind == "email"})

    def _apply(self, person: Person) -> tuple[Outcome, Draft | None]:
        found = verdict(person.identities, self._owners)
        if found.outcome == "conflict":
            self._conflicts.append({draft.candidate_id for draft in found.records if draft.candidate_id})
            ids = ", ".join(str(draft.candidate_id) for draft in found.records if draft.candidate_id)
            reason = f"This address or profile belongs to more than one candidate ({ids}); merge them first."
            return Outcome("refused", None, "ambiguous", reason), None
        if any(self._reason(identity) == "erased" for identity in person.identities):
            return Outcome("refused", None, "erased", "This person asked to be erased."), None
        draft = next(iter(found.records), None)
        result: Result = "unchanged"
        if draft is None:
            draft, result = Draft(is_new=True), "created"
            draft.columns["origin"] = self.origin
            self._new.append(draft)
        if self._fill(draft, person) and result == "unchanged":
            result = "updated"
        for identity in person.identities:
            self._owners[identity] = [draft]
            if self.ghosts is not None:
                self.ghosts[identity] = draft
        return Outcome(result), draft

    def _queue_conflicts(self) -> None:
        """Somebody decides whether the records one person matched are one."""
        pairs = {pair for ids in self._conflicts for pair in combinations(sorted(ids), 2)}
        if pairs:
            duplicates.queue(dict.fromkeys(pairs, ("given_together",)), now=self.now)

    def _fill(self, draft: Draft, person: Person) -> bool:
        """Put what the person brings into the draft; whether anything changed."""
        columns = self._fill_columns(draft, person)
        draft.changed |= columns
        changed = bool(self._contacts(draft, person)) or bool(columns)
        changed |= self._words(draft, CandidateSkill, person.skills)
        changed |= self._words(draft, CandidateTag, person.tags)
        return self._basis(draft, person) or changed

    def _fill_columns(self, draft: Draft, person: Person) -> set[str]:
        columns = draft.columns
        changed = {name for name, value in person.columns.items() if columns[name] != value}
        if draft.edited and person.read_at:
            read_at = person.read_at.isoformat()
            changed = {name for name in changed if draft.edited.get(name.removesuffix("_id"), "") <= read_at}
        for name in changed:
            columns[name] = person.columns[name]
        if person.custom:
            custom = columns["custom"] | dict(person.custom)
            custom = {key: value for key, value in custom.items() if value is not None}
            if custom != columns["custom"]:
                columns["custom"] = custom
                changed.add("custom")
        return changed

    def _contacts(self, draft: Draft, person: Person) -> int:
        fresh = [c for c in person.contacts if (c.kind, c.normalized) not in draft.known]
        for contact in fresh:
            draft.known.add((contact.kind, contact.normalized))
            draft.contacts.append((contact.kind, contact.value, contact.normalized))
            if contact.kind == ContactPoint.Kind.EMAIL and not draft.columns["email"]:
                self._make_primary(draft, contact.normalized)
        return len(fresh)

    def _make_primary(self, draft: Draft, address: str) -> None:
        draft.columns["email"] = address
        draft.columns["email_state"] = EmailState.OK
        draft.changed.add("email")
        if reason := self._reason(("email", address)):
            draft.columns["email_state"] = (
                EmailState.BOUNCED if reason == "bounced" else EmailState.SUPPRESSED
            )
            if reason == "unsubscribed":
                draft.columns["unsubscribed_at"] = self._suppressed[address][1].isoformat()

    def _words(self, draft: Draft, model: type[Any], words: Sequence[str]) -> bool:
        known = [(self._folded[word], word) for word in words]
        if model is CandidateSkill:
            known = [self._meant.get(folded, (folded, word)) for folded, word in known]
        fresh = {folded: word for folded, word in known if folded not in draft.words[model]}
        draft.words[model] |= fresh.keys()
        draft.new_words[model].update(fresh)
        return bool(fresh)

    def _basis(self, draft: Draft, person: Person) -> bool:
        """Everybody has a lawful basis on record; a withdrawal is undone by a new consent only."""
        basis = person.basis or (Basis(source=self.origin) if draft.is_new and not draft.bases else None)
        if basis is None or draft.columns["consent"] == ConsentState.GRANTED:
            return False
        if draft.columns["consent"] == ConsentState.WITHDRAWN and basis.basis != "consent":
            return False
        draft.bases.append(basis)
        draft.columns["consent"] = ConsentState.GRANTED
        draft.columns["consent_expires_at"] = basis.expires_at and basis.expires_at.isoformat()
        return True

    def _reason(self, identity: tuple[str, str]) -> str:
        kind, normalized = identity
        return self._suppressed[normalized][0] if kind == "email" and normalized in self._suppressed else ""


def _lock_identities() -> None:
    # Two people may hold one address, so no index can stop two requests from creating the same person.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_IDENTITY_LOCK, current_workspace_id() % 2**31]
        )


def _named(outcome: Outcome, draft: Draft | None) -> Outcome:
    return outcome if draft is None else Outcome(outcome.outcome, draft.candidate_id)
