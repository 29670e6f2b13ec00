"""Two records of one person become one, and two again when that was wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from crm.actions import carrying, contact_points, duplicates, engagement, events
from crm.kernel.errors import DomainError
from crm.models import Candidate, ContactPoint, Event, User
from crm.policies import merging
from crm.policies.merging import CHOOSABLE, SUMMARIES

APP = "crm"


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

    `fields` are those whose value comes from `other` (`email` makes its address the one we write to,
    `custom` takes all fields of the workspace's own, `custom.<key>` one); where `keep` has nothing, `other`'s
    value is taken anyway. Values trade places between the two rows, so nothing is lost and no copy is kept
    elsewhere. The apps above carry their own rows when `candidate.merged` reaches them.
    Refuses a person with themselves, and people merged or erased before.
    """

    keep: Candidate
    other: Candidate
    fields: Collection[str] = ()
    by: User | None = None
    moved: dict[str, list[int]] = field(default_factory=dict)

    def run(self) -> int:
        names = self._chosen()
        with transaction.atomic():
            self._lock()
            before = {name: merging.plain(getattr(self.keep, name)) for name in (*SUMMARIES, "email")}
            after = merging.summary(self.keep, self.other, chosen=names)
            traded = self._trade(names | self._missing())
            self._move()
            self._take_email()
            self._summarize(after)
            data = {"keep": self.keep.pk, "other": self.other.pk, "fields": traded, "moved": self.moved}
            data |= {"before": before}
            receipt = events.record("candidate.merged", candidate=self.keep, by=self.by, data=data)
            assert receipt is not None
            duplicates.settle(keep_id=self.keep.pk, other_id=self.other.pk, receipt=receipt.pk, by=self.by)
            engagement.refold(candidate_ids=[self.keep.pk, self.other.pk])
        return receipt.pk

    def _chosen(self) -> set[str]:
        names = {"owner_id" if name == "owner" else name for name in self.fields}
        known = {*CHOOSABLE, "email", "custom"}
        if unknown := sorted(n for n in names if n not in known and not n.startswith("custom.")):
            raise UnknownField(fields=dict.fromkeys((f"fields.{name}" for name in unknown), "Unknown field."))
        return names

    def _lock(self) -> None:
        if self.keep.pk == self.other.pk:
            raise CannotMerge("A person cannot be merged with themselves.")
        both = Candidate.objects.select_for_update().filter(pk__in=[self.keep.pk, self.other.pk])
        found = {candidate.pk: candidate for candidate in both.order_by("pk")}
        if len(found) < 2:
            raise CannotMerge("One of the two is not here any more.")
        self.keep, self.other = found[self.keep.pk], found[self.other.pk]
        if any(c.anonymized_at or c.merged_into_id for c in (self.keep, self.other)):
            raise CannotMerge("One of the two was merged or erased before.")

    def _missing(self) -> set[str]:
        open_ = [name for name in CHOOSABLE if name not in SUMMARIES]
        empty = {name for name in open_ if merging.is_empty(getattr(self.keep, name))}
        new = {f"custom.{key}" for key in self.other.custom.keys() - self.keep.custom.keys()}
        return {n for n in empty if not merging.is_empty(getattr(self.other, n))} | new

    def _trade(self, names: set[str]) -> list[str]:
        if "custom" in names:
            names = names - {"custom"} | {f"custom.{key}" for key in self.other.custom}
        traded = sorted(names - {"email"})
        merging.swap(self.keep, self.other, traded)
        self.other.merged_into = self.keep
        changed = {name.partition(".")[0].removesuffix("_id") for name in traded}
        for candidate in (self.keep, self.other):
            candidate.save(update_fields=[*changed, "custom", "edited_fields", "merged_into", "updated_at"])
        return traded

    def _move(self) -> None:
        ContactPoint.objects.filter(candidate=self.other).update(is_primary=False)
        # Whoever was merged into the other one before is this person now, in one step and not in two.
        earlier = Candidate.objects.filter(merged_into=self.other)
        self.moved["Candidate"] = list(earlier.order_by("pk").values_list("pk", flat=True))
        earlier.update(merged_into=self.keep)
        self.moved |= carrying.carry(app=APP, keep=self.keep.pk, other=self.other.pk)

    def _take_email(self) -> None:
        if "email" in self.fields and self.other.email:
            contact_points.make_primary(candidate=self.keep, address=self.other.email)
        elif not self.keep.email:
            contact_points.make_primary(candidate=self.keep, address="")

    def _summarize(self, after: Mapping[str, Any]) -> None:
        for name, value in after.items():
            setattr(self.keep, name, value)
        self.keep.save(update_fields=[*after, "updated_at"])


@transaction.atomic
def undo(*, receipt: int, by: User | None = None) -> tuple[Candidate, Candidate]:
    """Two people again: what the merge moved goes back, and the values that traded places.

    What happened to the person since stays with the one that was kept. A receipt works once; where the one
    kept was merged into somebody else since, that merge is undone first.
    """
    given = events.taken_back(receipt=receipt, kind="candidate.merged", by=by)
    keep_id = given.get("keep") or Event.objects.values_list("candidate_id", flat=True).get(pk=receipt)
    both = Candidate.objects.select_for_update().filter(pk__in=[keep_id, given["other"]]).order_by("pk")
    found = {candidate.pk: candidate for candidate in both}
    if len(found) < 2 or any(candidate.anonymized_at for candidate in found.values()):
        raise CannotMerge("One of the two was erased since.")
    keep, other = found[keep_id], found[given["other"]]
    if other.merged_into_id != keep.pk:
        raise CannotMerge("The person was merged again since; undo that merge first.")
    _put_back(keep, other, given)
    Candidate.objects.filter(pk__in=given["moved"].get("Candidate", ())).update(merged_into=other)
    carrying.give_back(app=APP, moved=given["moved"], keep=keep.pk, other=other.pk)
    for candidate in (keep, other):
        contact_points.make_primary(candidate=candidate, address=candidate.email)
    engagement.refold(candidate_ids=[keep.pk, other.pk])
    duplicates.ask_again(receipt=receipt)
    events.record("candidate.split", candidate=other, by=by, data={"from": keep.pk, "merge": receipt})
    return Candidate.objects.get(pk=keep.pk), Candidate.objects.get(pk=other.pk)


def _put_back(keep: Candidate, other: Candidate, given: Mapping[str, Any]) -> None:
    merging.swap(keep, other, given["fields"])
    other.merged_into = None
    for name, value in given["before"].items():
        setattr(keep, name, _parsed(name, value))
    keep.updated_at = other.updated_at = timezone.now()
    keep.save()
    other.save()


def _parsed(name: str, value: Any) -> Any:
    if value and name.endswith("_at"):
        return parse_datetime(value)
    return parse_date(value) if value and name == "not_before" else value
