"""What applications tell of the people they are of, where fields are mapped so: the newest one wins."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm.models import Application
from crm.policies.people import Person
from integrations.actions.records import candidates, filling
from integrations.actions.records.matching import Fresh, Outcome
from integrations.models import Connection, ExternalRef

Filled = dict[str, Any]


def taken(fresh: Sequence[Fresh], outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """The outcomes of applications with mapped fields, remembering what these held."""
    found: dict[str, Outcome] = {}
    for item in fresh:
        more = {"filled": dict(item.record.filled), "said": dict(item.record.said)}
        if held := {name: values for name, values in more.items() if values}:
            found[item.row.external_id] = replace(outcomes[item.row.external_id], applied=held)
    return found


def fill_people(
    connection: Connection, fresh: Sequence[Fresh], outcomes: Mapping[str, Outcome], now: datetime
) -> None:
    """Put what these applications fill into their people, whatever order they are read in."""
    told: dict[int, Filled] = {}
    read_at: dict[int, datetime] = {}
    for item in fresh:
        pk = outcomes[item.row.external_id].object_id
        if pk and item.record.filled:
            told[pk], read_at[pk] = dict(item.record.filled), item.record.updated_at
    if told:
        put(connection, told, read_at, now)


def put(
    connection: Connection, told: Mapping[int, Filled], read_at: Mapping[int, datetime], now: datetime
) -> None:
    """What the applications (by our id) fill, beside what the others of the same people said before."""
    people = dict(Application.objects.filter(pk__in=told).values_list("pk", "candidate_id"))
    held = _held(connection, set(people.values()))
    persons: dict[int, Person] = {}
    for candidate_id, ordered in held.items():
        before, after = _merged(ordered), _merged([(pk, told.get(pk, filled)) for pk, filled in ordered])
        news = filling.news(after, before)
        times = [read_at[pk] for pk, _ in ordered if pk in read_at]
        persons[candidate_id] = Person(
            columns=filling.columns_of(news),
            custom=filling.custom_of(news),
            skills=tuple(news.get("skills", ())),
            tags=tuple(news.get("tags", ())),
            read_at=max(times, default=None),
        )
    candidates.fill(persons, origin=connection.kind, now=now)


def _held(connection: Connection, candidate_ids: set[int]) -> dict[int, list[tuple[int, Filled]]]:
    """What each application of these people filled when it was read last, oldest first."""
    rows = Application.objects.filter(candidate_id__in=candidate_ids).order_by("applied_at", "pk")
    owners = dict(rows.values_list("pk", "candidate_id"))
    refs = ExternalRef.objects.filter(
        connection=connection, kind=ExternalRef.Kind.APPLICATION, object_id__in=list(owners)
    )
    before = {ref.object_id: dict(ref.applied.get("filled") or {}) for ref in refs}
    found: dict[int, list[tuple[int, Filled]]] = defaultdict(list)
    for pk, candidate_id in owners.items():
        found[candidate_id].append((pk, before.get(pk, {})))
    return found


def _merged(ordered: Sequence[tuple[int, Filled]]) -> Filled:
    """The newest application that says anything of a field has the word."""
    merged: Filled = {}
    for _, filled in ordered:
        merged |= {name: value for name, value in filled.items() if value not in (None, "", [])}
        merged |= {name: value for name, value in filled.items() if name not in merged}
    return merged
