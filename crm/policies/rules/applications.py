"""Reads `{"application": {…}}`: conditions that must hold together for one application."""

from collections.abc import Callable, Mapping
from typing import Any

from crm.models import Application
from crm.policies.rules import values
from crm.policies.rules.catalogue import HIRING_STAGES
from crm.policies.rules.places import Place
from crm.policies.rules.tree import ApplicationRule, Stay

OUTCOMES = tuple(Application.Outcome.values)
_STAYS = ("was_in_stage", "entered_stage")
_READERS: Mapping[str, Callable[[Place, Any], Any]] = {
    "requisition": Place.id,
    "role_family_in": Place.texts,
    "department_in": Place.texts,
    "furthest_stage_at_least": lambda place, value: place.one_of(value, HIRING_STAGES),
    "outcome": lambda place, value: place.one_of(value, OUTCOMES),
    "rejection_reason_in": Place.texts,
    "ended_within_days": Place.whole,
    "applied_within_days": Place.whole,
}


def read(conditions: Any, place: Place) -> ApplicationRule:
    """The conditions, checked. `during` belongs to the stage beside it; it may also stand inside it."""
    if place.mapping(conditions) is None:
        return ApplicationRule()
    place.only(conditions, *_READERS, *_STAYS, "during")
    found = {
        key: reader(place.at(key), conditions[key]) for key, reader in _READERS.items() if key in conditions
    }
    during = conditions.get("during")
    period = None if during is None else values.days(during, place.at("during"))
    if during is not None and not any(key in conditions for key in _STAYS):
        place.at("during").fault("Say which stage: was_in_stage or entered_stage.")
    for key in _STAYS:
        if key in conditions:
            found[key] = _stay(conditions[key], period, place.at(key))
    return ApplicationRule(**found)


def _stay(value: Any, period: Any, place: Place) -> Stay:
    if not isinstance(value, dict):
        return Stay(place.one_of(value, HIRING_STAGES) or "", period)
    place.only(value, "stage", "during")
    stage = place.at("stage").one_of(value.get("stage"), HIRING_STAGES)
    during = value.get("during")
    return Stay(stage or "", period if during is None else values.days(during, place.at("during")))
