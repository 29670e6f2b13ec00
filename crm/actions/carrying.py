"""What hangs on one record of a person goes to another, table by table, and back."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint

from crm.actions import events
from crm.models import Candidate, Event
from crm.queries.personal_data import relations

Moved = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Parting:
    """A merge to follow, or the undo of one: who was kept, who went in, and what was carried then."""

    receipt: int
    keep: int
    other: int
    carried: Mapping[str, Any] | None = None


def carry(*, app: str, keep: int, other: int) -> Moved:
    """Move the app's rows about `other` to `keep`; returns their ids by table.

    A row that would repeat one of `keep`'s against a unique constraint stays behind. A statement or two a
    table, found by its foreign key, so a new table cannot be forgotten.
    """
    moved: Moved = {}
    for key, model, column in _tables(app):
        rows = model.objects.filter(**{column: other})
        for taken in _taken(model, column, keep):
            rows = rows.exclude(taken)
        if ids := list(rows.order_by("pk").values_list("pk", flat=True)):
            model.objects.filter(pk__in=ids).update(**{column: keep})
            moved[key] = ids
    return moved


def give_back(*, app: str, moved: Mapping[str, Collection[int]], keep: int, other: int) -> None:
    """Move rows back that `carry` moved, those that are still with the one kept. Twice is once."""
    for key, model, column in _tables(app):
        if ids := moved.get(key):
            model.objects.filter(pk__in=ids, **{column: keep}).update(**{column: other})


def merges_among(taken: Collection[Event], *, app: str) -> Iterator[Parting]:
    """The merges among these events that this app has not carried yet, in the order they happened."""
    found = [event for event in taken if event.kind == "candidate.merged"]
    _lock({event.data["other"] for event in found})
    undone = {int(ref) for ref in _refs("candidate.merged_undone", [str(event.pk) for event in found])}
    known = _refs("candidate.carried", [f"{app}:{event.pk}" for event in found])
    for event in found:
        keep = event.data.get("keep", event.candidate_id)
        if f"{app}:{event.pk}" not in known and event.pk not in undone:
            yield Parting(event.pk, keep, event.data["other"])


def splits_among(taken: Collection[Event], *, app: str) -> Iterator[Parting]:
    """The undone merges among these events whose rows this app has not given back yet."""
    found = {e.data["merge"]: e for e in taken if e.kind == "candidate.split"}
    _lock({event.candidate_id for event in found.values() if event.candidate_id})
    refs = [f"{app}:{receipt}" for receipt in found]
    back = _refs("candidate.returned", refs)
    for done in Event.objects.filter(kind="candidate.carried", ref__in=refs).order_by("-pk"):
        event = found[done.data["merge"]]
        if done.ref not in back and event.candidate_id is not None:
            yield Parting(done.data["merge"], event.data["from"], event.candidate_id, done.data)


def note_carried(parting: Parting, *, app: str, data: Mapping[str, Any]) -> None:
    """Remember what was carried for this merge, for its undo."""
    facts = {"merge": parting.receipt, **data}
    events.record("candidate.carried", ref=f"{app}:{parting.receipt}", data=facts)


def note_returned(parting: Parting, *, app: str) -> None:
    """Remember that this app's rows went back."""
    events.record("candidate.returned", ref=f"{app}:{parting.receipt}", data={"merge": parting.receipt})


def _lock(candidate_ids: Collection[int]) -> None:
    # A merge and its undo, taken by two workers at once, are followed one after the other.
    people = Candidate.objects.select_for_update(no_key=True).filter(pk__in=candidate_ids)
    list(people.order_by("pk").values_list("pk", flat=True))


def _refs(kind: str, refs: Collection[str]) -> set[str]:
    return set(Event.objects.filter(kind=kind, ref__in=list(refs)).values_list("ref", flat=True))


def _tables(app: str) -> Iterator[tuple[str, type[Any], str]]:
    """The app's tables about people. Pairs of people are nobody's to carry: they are settled by a merge."""
    for relation in relations():
        model: type[Any] = relation.related_model
        is_pair = [other.related_model for other in relations()].count(model) > 1
        if model._meta.app_label == app and model._meta.managed and model is not Candidate and not is_pair:
            name = relation.field.name
            key = model.__name__ if name == "candidate" else f"{model.__name__}.{name}"
            yield key, model, relation.field.attname


def _taken(model: type[Model], column: str, keep: int) -> Iterator[Q]:
    """For each unique constraint about the person: which rows have their like with `keep` already."""
    name = column.removesuffix("_id")
    for constraint in model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint) or name not in constraint.fields:
            continue
        condition = constraint.condition or Q()
        keys = [key for key in constraint.fields if key not in ("workspace", name)]
        like: QuerySet[Any] = model.objects.filter(condition, **{column: keep})  # type: ignore[attr-defined]
        yield condition & Q(Exists(like.filter(**{key: OuterRef(key) for key in keys})))
