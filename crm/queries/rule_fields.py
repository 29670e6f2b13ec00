"""Conditions on the fields of a person."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

from crm.models import CandidateSkill, CandidateTag, Skill, Tag
from crm.policies.rules.catalogue import NEGATIVES, Field, Type
from crm.policies.rules.relations import Clock
from crm.policies.rules.tree import FieldRule
from crm.queries import rule_columns as columns
from crm.queries import rule_states
from crm.queries.rule_facts import midnight

_NOBODY = Q(Value(False))
# The columns that search_text is made of; its trigram index narrows a search in any of them.
_SEARCHED = frozenset({"first_name", "last_name", "full_name", "email", "current_title", "current_company"})
_TRIGRAM = 3
_LINKS: Mapping[str, tuple[Any, Any, str]] = {
    "skills": (Skill, CandidateSkill, "skill_id__in"),
    "tags": (Tag, CandidateTag, "tag_id__in"),
}
_COMPARE: Mapping[str, Any] = {
    "eq": Exact,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "contains": Contains,
    "starts_with": StartsWith,
    "ends_with": EndsWith,
}


def condition(rule: FieldRule, clock: Clock, *, is_wanted: bool) -> Q:
    """The rule over SearchCandidate, or its exact complement."""
    op = NEGATIVES.get(rule.op, rule.op)
    found = _positive(rule.field, op, rule.value, clock)
    if is_wanted == (op == rule.op):
        return found
    # A set kept in a link table is an EXISTS: never NULL, and an anti-join only under a plain NOT.
    return ~found if rule.field.key in _LINKS else Q(columns.IsNotTrue(found))


def _positive(field: Field, op: str, value: Any, clock: Clock) -> Q:
    if field.key in rule_states.STATES:
        return rule_states.STATES[field.key](op, value, clock)
    if op == "is_empty":
        return _empty(field)
    return _COMPARISONS[field.type](field, op, value, clock)


def _empty(field: Field) -> Q:
    if field.is_custom:
        text = columns.raw(field)
        return Q(IsNull(text, True)) | Q(In(text, ["", "[]"]))
    if field.key in _LINKS:
        _, links, _ = _LINKS[field.key]
        return ~Q(Exists(links.objects.filter(candidate_id=OuterRef("pk"))))
    if field.key == "languages":
        return Q(languages=[])
    if field.key == "owner" or field.type not in (Type.TEXT, Type.CHOICE):
        return Q(**{f"{columns.name(field)}__isnull": True})
    return Q(**{field.key: ""})


def _text(field: Field, op: str, value: Any, _: Clock) -> Q:
    column, prepared = columns.text(field)
    if field.key == "email" and op in {"eq", "in"}:
        wanted = [text for text in map(prepared, value if op == "in" else [value]) if text]
        return columns.same_address(wanted) if wanted else _NOBODY
    if op == "in":
        return _among(column, [text for text in map(prepared, value) if text])
    text = prepared(value)
    found = Q(_COMPARE[op](column, text))
    if not text:
        return _NOBODY if op == "eq" else found & Q(columns.IsNotTrue(_empty(field)))
    if field.key in _SEARCHED and len(text) >= _TRIGRAM:
        found &= Q(search_text__contains=columns.folded(text))
    return found


def _choice(field: Field, op: str, value: Any, _: Clock) -> Q:
    wanted = list(value) if op == "in" else [value]
    return _among(columns.plain(field), [choice for choice in wanted if choice != ""])


def _among(column: Any, values: Sequence[Any]) -> Q:
    if not values:
        return _NOBODY
    return Q(In(column, list(values))) if len(values) > 1 else Q(Exact(column, values[0]))


def _number(field: Field, op: str, value: Any, _: Clock) -> Q:
    column = columns.number(field)
    if op == "between":
        return Q(GreaterThanOrEqual(column, value[0])) & Q(LessThanOrEqual(column, value[1]))
    return Q(_COMPARE[op](column, value))


def _bool(field: Field, _op: str, _value: Any, _: Clock) -> Q:
    if field.is_custom:
        return Q(Exact(columns.raw(field), "true"))
    return Q(**{field.key: True})


def _set(field: Field, op: str, value: Any, _: Clock) -> Q:
    wanted, is_all = list(value), op == "all_of"
    if field.is_custom:
        has = columns.HasAll if is_all else columns.HasAny
        return Q(has(columns.json(field), Value(wanted)))
    if field.key == "languages":
        return Q(languages__contains=wanted) if is_all else Q(languages__overlap=wanted)
    return _all_linked(field.key, wanted) if is_all else _any_linked(field.key, wanted)


def _any_linked(key: str, wanted: Sequence[str]) -> Q:
    return _linked(key, list(_ids(key, wanted).values()))


def _all_linked(key: str, wanted: Sequence[str]) -> Q:
    ids = _ids(key, wanted)
    found = Q()
    for name in wanted:
        found &= _linked(key, [pk for folded, pk in ids.items() if folded == columns.folded(name)])
    return found


def _ids(key: str, wanted: Sequence[str]) -> dict[str, int]:
    names, _, _ = _LINKS[key]
    return dict(
        names.objects.filter(folded__in={columns.folded(name) for name in wanted}).values_list("folded", "pk")
    )


def _linked(key: str, ids: list[int]) -> Q:
    _, links, lookup = _LINKS[key]
    return Q(Exists(links.objects.filter(**{lookup: ids}, candidate_id=OuterRef("pk")))) if ids else _NOBODY


def _moment(field: Field, op: str, value: Any, clock: Clock) -> Q:
    """A whole day of the workspace's zone, or a stretch of hours before or after now."""
    column = F(field.key)
    if op == "in_last_days":
        return _span(column, clock.now - timedelta(days=value), clock.now)
    if op == "in_next_days":
        return _span(column, clock.now, clock.now + timedelta(days=value))
    start, end = _days(op, value)
    found = Q()
    if start is not None:
        found &= Q(GreaterThanOrEqual(column, midnight(start, clock.zone)))
    if end is not None:
        found &= Q(LessThan(column, midnight(end + timedelta(days=1), clock.zone)))
    return found


def _date(field: Field, op: str, value: Any, clock: Clock) -> Q:
    today = clock.now.astimezone(clock.zone).date()
    start: date | None
    end: date | None
    if op == "in_last_days":
        start, end = today - timedelta(days=value), today
    elif op == "in_next_days":
        start, end = today, today + timedelta(days=value)
    else:
        start, end = _days(op, value)
    return _span(columns.day(field), start and start.isoformat(), end and end.isoformat())


def _days(op: str, value: Any) -> tuple[date | None, date | None]:
    """First and last day meant."""
    if op == "before":
        return None, value - timedelta(days=1)
    if op == "after":
        return value + timedelta(days=1), None
    found: tuple[date | None, date | None] = (value, value) if op == "on" else value
    return found


def _span(column: Any, start: Any, end: Any) -> Q:
    found = Q()
    if start is not None:
        found &= Q(GreaterThanOrEqual(column, start))
    if end is not None:
        found &= Q(LessThanOrEqual(column, end))
    return found


_COMPARISONS: Mapping[Type, Callable[[Field, str, Any, Clock], Q]] = {
    Type.TEXT: _text,
    Type.CHOICE: _choice,
    Type.SET: _set,
    Type.NUMBER: _number,
    Type.BOOL: _bool,
    Type.DATE: _date,
    Type.DATETIME: _moment,
}
