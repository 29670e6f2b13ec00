"""Two records of one person become one, and two again when that was wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from crm.actions import contact_points, engagement, events
from crm.kernel.errors import DomainError
from crm.models import (
    Application,
    Candidate,
    CandidateSkill,
    CandidateTag,
    Consent,
    ConsentState,
    ContactPoint,
    DoNotContact,
    Event,
    Message,
    Note,
    Task,
    User,
    Withdrawal,
)

# What moves as it is, and what the other keeps where the one merged into has the same already.
_MOVED: tuple[type[Any], ...] = (Consent, Withdrawal, DoNotContact, Message, Note, Task, Application, Event)
_SHARED: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (CandidateSkill, ("skill_id",)),
    (CandidateTag, ("tag_id",)),
    (ContactPoint, ("kind", "normalized")),
)
CHOOSABLE = (
    "first_name", "last_name", "headline", "current_title", "current_company", "city", "region", "country",
    "time_zone", "locale", "source", "owner_id", "role_family", "seniority", "stage", "availability",
    "years_experience", "notice_days", "relocation", "languages", "preferred_gap_days", "not_before",
)  # fmt: skip
# Facts about contact: the stricter one holds for the person who remains.
_SUMMARIES = (
    "consent",
    "consent_expires_at",
    "unsubscribed_at",
    "do_not_contact_at",
    "last_contacted_at",
    "in_process",
)


class CannotMerge(DomainError):
    """These two cannot be merged."""

    code = "cannot_merge"
    status = 409


class UnknownField(DomainError):
    """Some of these fields cannot be chosen."""

    code = "invalid"
    status = 400


@dataclass(slots=True)
class Merge:
    """Moves what hangs on `other` to `keep`; the receipt (an event's id) undoes it.

    `fields` are those whose value comes from `other`; where `keep` has nothing, `other`'s value is taken
    anyway. Values trade places between the two rows, so nothing is lost and no copy is kept elsewhere.
    Refuses a person with themselves, and people merged or erased before.
    """

    keep: Candidate
    other: Candidate
    fields: Collection[str] = ()
    by: User | None = None
    moved: dict[str, list[int]] = field(default_factory=dict)

    def run(self) -> int:
        names = {"owner_id" if name == "owner" else name for name in self.fields} - {"email", "custom"}
        if unknown := sorted(names - set(CHOOSABLE)):
            raise UnknownField(fields=dict.fromkeys((f"fields.{name}" for name in unknown), "Unknown field."))
        with transaction.atomic():
            self._lock()
            before = {name: _plain(getattr(self.keep, name)) for name in _SUMMARIES}
            traded = self._trade(names | self._missing())
            self._take_email()
            self._move()
            self._summarize()
            data = {"other": self.other.pk, "fields": traded, "moved": self.moved, "before": before}
            receipt = events.record("candidate.merged", candidate=self.keep, by=self.by, data=data)
            engagement.refold(candidate_ids=[self.keep.pk, self.other.pk])
        assert receipt is not None
        return receipt.pk

    def _lock(self) -> None:
        if self.keep.pk == self.other.pk:
            raise CannotMerge("A person cannot be merged with themselves.")
        both = (
            Candidate.objects.select_for_update().filter(pk__in=[self.keep.pk, self.other.pk]).order_by("pk")
        )
        found = {candidate.pk: candidate for candidate in both}
        self.keep, self.other = found[self.keep.pk], found[self.other.pk]
        if any(c.anonymized_at or c.merged_into_id for c in (self.keep, self.other)):
            raise CannotMerge("One of the two was merged or erased before.")

    def _missing(self) -> set[str]:
        return {
            n for n in CHOOSABLE if _is_empty(getattr(self.keep, n)) and not _is_empty(getattr(self.other, n))
        }

    def _trade(self, names: Collection[str]) -> list[str]:
        _swap(self.keep, self.other, names)
        added = {key: value for key, value in self.other.custom.items() if key not in self.keep.custom}
        self.keep.custom = self.keep.custom | added
        self.other.merged_into = self.keep
        for candidate in (self.keep, self.other):
            candidate.save(
                update_fields=[*{n.removesuffix("_id") for n in names}, "custom", "merged_into", "updated_at"]
            )
        return sorted({*names, *(f"custom.{key}" for key in added)})

    def _take_email(self) -> None:
        ContactPoint.objects.filter(candidate=self.other).update(is_primary=False)

    def _move(self) -> None:
        for model in _MOVED:
            rows = model.objects.filter(candidate_id=self.other.pk)
            self.moved[model.__name__] = list(rows.order_by("pk").values_list("pk", flat=True))
            rows.update(candidate_id=self.keep.pk)
        for model, columns in _SHARED:
            kept = set(model.objects.filter(candidate_id=self.keep.pk).values_list(*columns))
            theirs = (
                model.objects.filter(candidate_id=self.other.pk).order_by("pk").values_list("pk", *columns)
            )
            fresh = [pk for pk, *key in theirs if tuple(key) not in kept]
            model.objects.filter(pk__in=fresh).update(candidate_id=self.keep.pk)
            self.moved[model.__name__] = fresh
        if not self.keep.email:
            contact_points.make_primary(candidate=self.keep, address="")

    def _summarize(self) -> None:
        keep, other = self.keep, self.other
        if ConsentState.WITHDRAWN in (keep.consent, other.consent):
            keep.consent, keep.consent_expires_at = ConsentState.WITHDRAWN, None
        elif keep.consent != ConsentState.GRANTED and other.consent == ConsentState.GRANTED:
            keep.consent, keep.consent_expires_at = other.consent, other.consent_expires_at
        for name, choose in (
            ("unsubscribed_at", min),
            ("do_not_contact_at", min),
            ("last_contacted_at", max),
        ):
            known = [value for value in (getattr(keep, name), getattr(other, name)) if value]
            setattr(keep, name, choose(known) if known else None)
        keep.in_process = keep.in_process or other.in_process
        keep.save(update_fields=[*_SUMMARIES, "updated_at"])


@transaction.atomic
def undo(*, receipt: int, by: User | None = None) -> tuple[Candidate, Candidate]:
    """Two people again: what the merge moved goes back, and the values that traded places.

    What happened to the person since stays with the one that was kept. A receipt works once.
    """
    given = events.taken_back(receipt=receipt, kind="candidate.merged", by=by)
    keep_id = Event.objects.values_list("candidate_id", flat=True).get(pk=receipt)
    both = Candidate.objects.select_for_update().filter(pk__in=[keep_id, given["other"]]).order_by("pk")
    found = {candidate.pk: candidate for candidate in both}
    if len(found) < 2 or any(candidate.anonymized_at for candidate in found.values()):
        raise CannotMerge("One of the two was erased since.")
    keep, other = found[keep_id], found[given["other"]]
    _put_back(keep, other, given)
    for model in (*_MOVED, *(model for model, _ in _SHARED)):
        rows = model.objects.filter(pk__in=given["moved"].get(model.__name__, ()), candidate_id=keep.pk)
        rows.update(candidate_id=other.pk)
    for candidate in (keep, other):
        contact_points.make_primary(candidate=candidate, address=candidate.email)
    engagement.refold(candidate_ids=[keep.pk, other.pk])
    events.record("candidate.split", candidate=other, by=by, data={"from": keep.pk, "merge": receipt})
    return Candidate.objects.get(pk=keep.pk), Candidate.objects.get(pk=other.pk)


def _put_back(keep: Candidate, other: Candidate, given: Mapping[str, Any]) -> None:
    names = [name for name in given["fields"] if not name.startswith("custom.")]
    _swap(keep, other, names)
    added = {name.removeprefix("custom.") for name in given["fields"]} - set(names)
    keep.custom = {key: value for key, value in keep.custom.items() if key not in added}
    other.merged_into = None
    for name, value in given["before"].items():
        setattr(keep, name, parse_datetime(value) if value and name.endswith("_at") else value)
    keep.updated_at = other.updated_at = timezone.now()
    keep.save()
    other.save()


def _swap(keep: Candidate, other: Candidate, names: Collection[str]) -> None:
    for name in names:
        theirs = getattr(other, name)
        setattr(other, name, getattr(keep, name))
        setattr(keep, name, theirs)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
