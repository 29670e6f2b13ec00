"""From the JSON tree to the frozen one, naming every fault by its path."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from crm.policies.rules import applications, values
from crm.policies.rules.catalogue import ACTIVITY_KINDS, OPERATORS
from crm.policies.rules.places import ABSENT, InvalidRules, Place
from crm.policies.rules.relations import Language
from crm.policies.rules.tree import (
    EVERYONE,
    ActivityRule,
    FieldRule,
    Group,
    Match,
    Not,
    RelationRule,
    Rule,
    size,
)

MAX_DEPTH = 6
MAX_RULES = 100


def parse(tree: Any, language: Language, *, at: tuple[str, ...] = ()) -> Rule:
    """The tree, read and checked. Raises InvalidRules with every fault; `at` is put before each path."""
    place = Place(at)
    rule = _Reader(language).rule(tree, place, depth=0)
    if size(rule) > MAX_RULES:
        place.fault(f"There are more than {MAX_RULES} rules.")
    if place.faults:
        raise InvalidRules("These rules cannot be used.", fields=place.faults)
    return rule


class _Reader:
    """Returns something for every rule, faulty or not, so that all faults are found in one reading."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def rule(self, node: Any, place: Place, *, depth: int) -> Rule:
        if place.mapping(node) is None:
            return EVERYONE
        for key, read in _READERS.items():
            if key in node:
                return read(self, node, place, depth)
        return self._relation(node, place)

    def group(self, node: dict[str, Any], place: Place, depth: int) -> Rule:
        place.only(node, "match", "rules")
        match = place.at("match").one_of(node.get("match"), ("all", "any", "none"))
        items = place.at("rules").items(node.get("rules"))
        if depth >= MAX_DEPTH:
            place.fault(f"Groups are nested deeper than {MAX_DEPTH}.")
            return EVERYONE
        rules = [
            self.rule(item, place.at("rules", index), depth=depth + 1)
            for index, item in enumerate(items or [])
        ]
        return Group(cast(Match, match), tuple(rules))

    def negation(self, node: dict[str, Any], place: Place, depth: int) -> Rule:
        place.only(node, "not")
        if len(place.path) > 4 * MAX_DEPTH:
            place.fault("This is nested too deep.")
            return EVERYONE
        return Not(self.rule(node["not"], place.at("not"), depth=depth))

    def field(self, node: dict[str, Any], place: Place, _: int) -> Rule:
        place.only(node, "field", "op", "value")
        key = node["field"]
        field = self.language.fields.get(key) if isinstance(key, str) else None
        if field is None:
            place.at("field").fault("There is no such field.")
            return EVERYONE
        op = node.get("op")
        if op not in OPERATORS[field.type]:
            place.at("op").fault(f"“{field.label}” has these operators: {', '.join(OPERATORS[field.type])}.")
            return EVERYONE
        return FieldRule(field, op, values.read(field, op, node.get("value", ABSENT), place.at("value")))

    def _relation(self, node: dict[str, Any], place: Place) -> Rule:
        names = [name for name in self.language.relations if name in node]
        if len(names) != 1:
            place.fault("This is not a rule: it names no field, activity, application or relation.")
            return EVERYONE
        return RelationRule(names[0], self.language.relations[names[0]].read(node, place))


def _application(_: _Reader, node: dict[str, Any], place: Place, __: int) -> Rule:
    place.only(node, "application")
    return applications.read(node["application"], place.at("application"))


def _activity(_: _Reader, node: dict[str, Any], place: Place, __: int) -> Rule:
    place.only(node, "activity", "op", "count", "within_days", "between")
    kind = place.at("activity").one_of(node["activity"], tuple(ACTIVITY_KINDS))
    op = place.at("op").one_of(node.get("op"), ("at_least", "at_most", "exactly"))
    count = place.at("count").whole(node.get("count"), most=1_000_000)
    within, between = node.get("within_days"), node.get("between")
    return ActivityRule(
        kind or "",
        cast(Any, op),
        count or 0,
        None if within is None else place.at("within_days").whole(within),
        None if between is None else values.days(between, place.at("between")),
    )


_READERS: Mapping[str, Callable[[_Reader, dict[str, Any], Place, int], Rule]] = {
    "match": _Reader.group,
    "rules": _Reader.group,
    "not": _Reader.negation,
    "field": _Reader.field,
    "activity": _activity,
    "application": _application,
}
