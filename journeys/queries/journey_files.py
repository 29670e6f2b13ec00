"""Journeys as files another workspace can read: what a draft holds by id is called by its name there."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from crm.kernel.errors import DomainError
from crm.policies.rules.places import Place
from crm.policies.rules.relations import Language
from crm.queries import rule_files, rules
from crm.queries.rule_files import NotPortable
from journeys.policies import file_names
from journeys.policies.differences import differences
from journeys.queries import rule_relations, templates
from talentpools.queries import rule_relations as groups

Document = dict[str, Any]


class UnknownNames(DomainError):
    """The file names things that are not here."""

    code = "unknown_names"
    status = 400


def to_file(document: Document) -> Document:
    """The document with names instead of ids. Refuses what is gone, or what the reader may not see."""
    found: Document = file_names.changed(document, _Outward(), Place())
    return found


def from_file(document: Any) -> Any:
    """The document with the ids of this workspace; ids that stand there already stay. Each name that is not
    here, or that two have, is named with its place; templates and forms go by their key and stay.
    """
    place = Place()
    found = file_names.changed(document, _Inward(), place)
    if place.faults:
        raise UnknownNames(" ".join(place.faults.values()), fields=place.faults)
    return found


class Comparison:
    """Says what is different between documents, in words, with names where they can be told."""

    def __init__(self) -> None:
        self.names = _Outward()
        self.templates = dict(templates.living().values_list("key", "name"))

    def differences(self, old: Document, new: Document) -> list[str]:
        """Sentences from the old document to the new one; none when they do the same."""
        return differences(self._named(old), self._named(new), self.templates)

    def _named(self, document: Document) -> Document:
        try:
            found: Document = file_names.changed(document, self.names, Place())
        except NotPortable:
            return document
        return found


def compared(old: Document, new: Document) -> list[str]:
    """What is different between two documents, in words."""
    return Comparison().differences(old, new)


class _Both:
    @cached_property
    def spoken(self) -> Language:
        return rules.language()


class _Outward(_Both):
    def __init__(self) -> None:
        self.known: dict[tuple[str, int], dict[str, Any]] = {}

    def segment(self, told: Any, _: Place) -> Any:
        return self._once("segment", told, groups.segment_named)

    def pool(self, told: Any, _: Place) -> Any:
        return self._once("pool", told, groups.pool_named)

    def journey(self, told: Any, _: Place) -> Any:
        return self._once("journey", told, rule_relations.journey_named)

    def user(self, told: Any, _: Place) -> Any:
        return self._once("user", told, rule_files.user_named)

    def rules(self, told: Any, _: Place) -> Any:
        return rule_files.to_file(told, self.spoken) if isinstance(told, dict) else told

    def _once(self, noun: str, told: Any, named: Callable[[int], dict[str, Any] | None]) -> Any:
        """The name of this id, asked for once; what is no id stays."""
        if not isinstance(told, int):
            return told
        if (noun, told) not in self.known:
            found = named(told)
            if found is None:
                raise NotPortable
            self.known[noun, told] = found
        return self.known[noun, told]


class _Inward(_Both):
    def segment(self, told: Any, place: Place) -> Any:
        return groups.segment_here(told, place)

    def pool(self, told: Any, place: Place) -> Any:
        return groups.pool_here(told, place)

    def journey(self, told: Any, place: Place) -> Any:
        return rule_relations.journey_here(told, place)

    def user(self, told: Any, place: Place) -> Any:
        return rule_files.user_here(told, place)

    def rules(self, told: Any, place: Place) -> Any:
        return rule_files.from_file(told, place, self.spoken)
