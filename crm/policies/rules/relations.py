"""How another app teaches the rule language a relation (docs/rules.md, "Adding a relation")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from crm.policies.engagement import STANDARD, Scale
from crm.policies.rules.catalogue import Field
from crm.policies.rules.places import Place


@dataclass(frozen=True, slots=True)
class Clock:
    """When the question is asked, which zone whole days are counted in, and how engagement is scored here."""

    now: datetime
    zone: ZoneInfo
    scale: Scale = STANDARD


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation, named in settings.RULE_RELATIONS by the dotted path of one of these.

    `read(rule, place)` gets the whole rule (`{"segment": 42}`) and returns a frozen value, after
    `place.fault(…)` or `place.at("segment").fault(…)` for what is wrong; it may look ids up.
    `condition(value, clock)` returns a Q over SearchCandidate that is never NULL, such as
    `Q(Exists(….filter(candidate_id=OuterRef("pk"))))`.
    `words(value)` is the rule as half a sentence. `evidence(value, candidate_id, clock)` is what explain
    shows for one person, JSON-ready. `to_file(rule)` is the rule with names instead of ids, or None when the
    reader cannot be told them; `from_file(rule, place)` is the way back, names that are not here faulted.
    """

    read: Callable[[dict[str, Any], Place], Any]
    condition: Callable[[Any, Clock], Q]
    words: Callable[[Any], str]
    evidence: Callable[[Any, int, Clock], Any] = lambda *_: None
    to_file: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda rule: rule
    from_file: Callable[[dict[str, Any], Place], dict[str, Any]] = lambda rule, _: rule


@dataclass(frozen=True, slots=True)
class Language:
    """What may be said in one workspace: its fields, the relations of the apps above, its zone and scale."""

    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
    zone: ZoneInfo
    scale: Scale = STANDARD

    def clock(self, now: datetime) -> Clock:
        """The clock of this workspace, standing at this moment."""
        return Clock(now, self.zone, self.scale)
