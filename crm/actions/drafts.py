"""Candidates as they will be written: read in one statement a table, written in one statement a table."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from crm.actions import event_sets, events, rowsets
from crm.actions.events import NewEvent
from crm.models import (
    Candidate,
    CandidateSkill,
    CandidateTag,
    Consent,
    ConsentState,
    ContactPoint,
    EmailState,
    Skill,
    Tag,
    User,
)
from crm.policies.people import Basis

# What a candidate row holds of a person; everything else on it is kept by other actions.
COLUMNS = (
    "first_name", "last_name", "email", "headline", "current_title", "current_company", "city", "region",
    "country", "time_zone", "locale", "source", "origin", "owner_id", "role_family", "seniority", "stage",
    "availability", "years_experience", "notice_days", "relocation", "languages", "custom", "email_state",
    "consent", "consent_expires_at", "unsubscribed_at", "preferred_gap_days", "not_before",
)  # fmt: skip
_EMPTY: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {
    "owner_id": None, "years_experience": None, "notice_days": None, "relocation": None, "languages": [],
    "custom": {}, "email_state": EmailState.NONE, "consent": ConsentState.NONE, "consent_expires_at": None,
    "unsubscribed_at": None, "preferred_gap_days": None, "not_before": None,
}  # fmt: skip
_MANY = 500
# What a new row says about things nobody knows yet.
_CONSTANTS: dict[str, Any] = {
    "topics_declined": [], "in_process": False, "edited_fields": {},
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Draft:
    """A candidate as it will be written: what is stored plus what this batch adds."""

    candidate_id: int | None = None
    columns: dict[str, Any] = field(default_factory=lambda: dict(_EMPTY))
    edited: dict[str, str] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    words: dict[type[Any], set[str]] = field(default_factory=lambda: defaultdict(set))
    new_words: dict[type[Any], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    bases: list[Basis] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    stage_before: str = ""
    is_new: bool = False

    @property
    def is_touched(self) -> bool:
        """Whether anything of a stored candidate is to be written."""
        return bool(self.changed or self.contacts or self.bases or any(self.new_words.values()))

    @property
    def changed_fields(self) -> list[str]:
        """The names of what changed, as rules and people know them."""
        names = {name.removesuffix("_id") for name in self.changed}
        names |= {"contact_points"} if self.contacts else set()
        names |= {"skills"} if self.new_words[CandidateSkill] else set()
        names |= {"tags"} if self.new_words[CandidateTag] else set()
        return sorted(names | ({"consent"} if self.bases else set()))


def load(candidate_ids: Collection[int]) -> dict[int, Draft]:
    """What is stored of these candidates now. Five statements, however many there are."""
    found: dict[int, Draft] = {}
    if not candidate_ids:
        return found
    wanted = list(candidate_ids)
    for row in Candidate.objects.filter(pk__in=wanted).values("pk", "edited_fields", *COLUMNS):
        columns = {name: _plain(row[name]) for name in COLUMNS}
        draft = Draft(row["pk"], columns, row["edited_fields"], stage_before=row["stage"])
        found[row["pk"]] = draft
    points = ContactPoint.objects.filter(candidate_id__in=wanted)
    for owner, kind, normalized in points.values_list("candidate_id", "kind", "normalized"):
        found[owner].known.add((kind, normalized))
    for model, word in ((CandidateSkill, "skill__folded"), (CandidateTag, "tag__folded")):
        for owner, folded in model.objects.filter(candidate_id__in=wanted).values_list("candidate_id", word):
            found[owner].words[model].add(folded)
    return found


def write(new: Sequence[Draft], known: Sequence[Draft], *, by: User | None, now: datetime) -> None:
    """Write what changed: one statement a table, and an event for each candidate created or changed."""
    for draft, candidate_id in zip(new, rowsets.new_ids(Candidate, len(new)), strict=True):
        draft.candidate_id = candidate_id
    moment = now.isoformat()
    constants = _CONSTANTS | {"created_at": moment, "updated_at": moment}
    if len(new) >= _MANY:
        _be_patient()
    rowsets.insert(Candidate, [{"id": d.candidate_id, **d.columns, **constants} for d in new], on_conflict="")
    touched = [draft for draft in known if draft.is_touched]
    rowsets.update(Candidate, [{"id": d.candidate_id, **d.columns, "updated_at": moment} for d in touched])
    everybody = [*new, *touched]
    # Nobody else has a new person's id yet, so that their rows cannot be there already.
    for drafts, on_conflict in ((new, ""), (touched, "ON CONFLICT DO NOTHING")):
        points = [row for draft in drafts for row in _points(draft, moment)]
        rowsets.insert(ContactPoint, points, on_conflict=on_conflict)
        _write_words(drafts, CandidateSkill, Skill, "skill_id", on_conflict)
        _write_words(drafts, CandidateTag, Tag, "tag_id", on_conflict)
    rowsets.insert(
        Consent, [row for draft in everybody for row in _consents(draft, by, moment)], on_conflict=""
    )
    for origin in {draft.columns["origin"] for draft in new}:
        ids = [draft.candidate_id or 0 for draft in new if draft.columns["origin"] == origin]
        event_sets.record_for(ids, "candidate.created", by=by, at=now, data={"origin": origin})
    events.record_many(fact for draft in touched for fact in _facts(draft, by, now))


def _be_patient() -> None:
    """The trigram index keeps new texts on a list; a longer list is merged in fewer and cheaper passes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '16MB'; SET LOCAL work_mem = '64MB'")


def _points(draft: Draft, moment: str) -> Iterator[dict[str, Any]]:
    for kind, value, normalized in draft.contacts:
        is_primary = kind == ContactPoint.Kind.EMAIL and normalized == draft.columns["email"]
        yield {
            "candidate_id": draft.candidate_id, "kind": kind, "value": value, "normalized": normalized,
            "label": "", "is_primary": is_primary, "created_at": moment,
        }  # fmt: skip


def _write_words(
    drafts: Sequence[Draft], model: type[Any], words: type[Any], column: str, on_conflict: str
) -> None:
    """Skills or tags: the words themselves first, then who has them."""
    fresh = {folded: word for draft in drafts for folded, word in draft.new_words[model].items()}
    if not fresh:
        return
    known = _word_ids(words, fresh)
    missing = [{"name": word, "folded": folded} for folded, word in fresh.items() if folded not in known]
    if rowsets.insert(words, missing) or missing:
        known = _word_ids(words, fresh)
    rows = [
        {"candidate_id": draft.candidate_id, column: known[folded]}
        for draft in drafts
        for folded in draft.new_words[model]
    ]
    rowsets.insert(model, rows, on_conflict=on_conflict)


def _word_ids(words: type[Any], folded: Mapping[str, str]) -> dict[str, int]:
    return dict(words.objects.filter(folded__in=list(folded)).values_list("folded", "pk"))


def _consents(draft: Draft, by: User | None, moment: str) -> Iterator[dict[str, Any]]:
    for basis in draft.bases:
        yield {
            "candidate_id": draft.candidate_id, "purpose": basis.purpose, "basis": basis.basis,
            "source": basis.source[:120], "text_version": basis.text_version,
            "granted_at": basis.granted_at.isoformat() if basis.granted_at else moment,
            "expires_at": basis.expires_at.isoformat() if basis.expires_at else None,
            "recorded_by_id": by.pk if by else None,
        }  # fmt: skip


def _facts(draft: Draft, by: User | None, now: datetime) -> Iterator[NewEvent]:
    actor = by.pk if by else None
    yield NewEvent("candidate.changed", draft.candidate_id, actor, now, data={"fields": draft.changed_fields})
    if draft.columns["stage"] != draft.stage_before:
        moved = {"from": draft.stage_before, "to": draft.columns["stage"]}
        yield NewEvent("stage.changed", draft.candidate_id, actor, now, data=moved)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
