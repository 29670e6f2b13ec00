"""What the filters of the figures offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.policies.asking import FILTERS
from crm.models import Requisition, RoleFamily
from crm.queries.requisitions import colleagues, departments, locations
from journeys.models import Journey
from talentpools.queries import pools

MOST_REQUISITIONS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: its name in the address, its label, and the (value, label) pairs it offers."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter in force: as the address has it, and as people read it."""

    name: str
    value: str
    label: str
    words: str


def choices(reader: int | None) -> list[Choice]:
    """Every filter with something to offer, in the order of the page; only pools the reader may know of."""
    visible = pools.visible_to(reader).values_list("pk", "name")
    journeys = Journey.objects.order_by("name").values_list("pk", "name")
    requisitions = Requisition.objects.order_by("-opened_at", "-pk").values_list("pk", "title")
    offered = [
        Choice(
            "role_family",
            "Role family",
            tuple((str(value), str(label)) for value, label in RoleFamily.choices),
        ),
        Choice("department", "Department", tuple((name, name) for name in departments())),
        Choice("location", "Location", tuple((name, name) for name in locations())),
        Choice("pool", "Pool", _pairs(visible)),
        Choice("journey", "Journey", _pairs(journeys)),
        Choice("recruiter", "Recruiter", _pairs(colleagues())),
        Choice("requisition", "Requisition", _pairs(requisitions[:MOST_REQUISITIONS])),
    ]
    return [choice for choice in offered if choice.options]


def chosen(offered: Sequence[Choice], asked: Mapping[str, Sequence[str]]) -> list[Chosen]:
    """The filters an address names, in words; a value no longer on offer stands for itself."""
    labels = {(choice.name, value): label for choice in offered for value, label in choice.options}
    names = {choice.name: choice.label for choice in offered}
    return [
        Chosen(name, value, names.get(name, name), labels.get((name, value), value))
        for name in FILTERS
        for value in asked.get(name, ())
        if value
    ]


def _pairs(rows: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in rows)  # type: ignore[attr-defined]
