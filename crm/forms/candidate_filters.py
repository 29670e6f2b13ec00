"""The candidate list's query string: read into filters, and every link that changes one of them."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.forms import candidate_rules
from crm.models import RoleFamily, Seniority, Stage
from crm.policies.countries import country_name
from crm.queries.candidate_list import Offers
from crm.queries.candidates import SORTS, Filters

LEVELS = [("hot", "Hot"), ("warm", "Warm"), ("cold", "Cold"), ("none", "Never")]
DEFAULT_SORT = "-created_at"
_MULTIPLE = ("stage", "role_family", "seniority", "country", "level", "owner", "tag", "skill")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter: following the link turns it on or off."""

    value: str
    label: str
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with what it can be set to, and what it is set to."""

    name: str
    label: str
    choices: list[Choice]

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_on]


def filters_from(query: QueryDict) -> Filters:
    """What the query string narrows the list to; words and numbers nobody understands narrow nothing.

    Raises InvalidRules for rules nobody understands: to leave them out would mean everybody.
    """
    reachable = {"yes": True, "no": False}.get(query.get("reachable", ""))
    return Filters(
        text=query.get("q", "").replace("\x00", "")[:200],
        stage=_words(query, "stage"),
        role_family=_words(query, "role_family"),
        seniority=_words(query, "seniority"),
        country=_words(query, "country"),
        level=_words(query, "level"),
        owner=_numbers(query, "owner"),
        tag=_numbers(query, "tag"),
        skill=_numbers(query, "skill"),
        reachable=reachable,
        is_held={"held": True, "free": False}.get(query.get("ownership", "")),
        rule=candidate_rules.rule_from(query),
        is_close=query.get("close") == "1",
    )


def sort_from(query: QueryDict) -> str:
    sort = query.get("sort", DEFAULT_SORT)
    return sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT


def page_from(query: QueryDict) -> int:
    given = query.get("page", "1")
    return min(max(1, int(given)), 20_000) if given.isdecimal() and len(given) < 7 else 1


def available(query: QueryDict, offers: Offers, countries: list[str]) -> list[Filter]:
    """Every filter of the list, with links that keep the rest of the query string."""
    options: list[tuple[str, str, list[tuple[Any, str]]]] = [
        ("stage", "Stage", [(value, str(label)) for value, label in Stage.choices]),
        ("role_family", "Role family", [(value, str(label)) for value, label in RoleFamily.choices]),
        ("seniority", "Seniority", [(value, str(label)) for value, label in Seniority.choices]),
        ("level", "Engagement", [*LEVELS]),
        ("country", "Country", [(code, country_name(code)) for code in countries]),
        ("owner", "Owner", [*offers.owners]),
        ("ownership", "Ownership", [("free", "Free to take"), ("held", "Held by somebody")]),
        ("tag", "Tag", [*offers.tags]),
        ("skill", "Skill", [*offers.skills]),
        ("reachable", "Reachable", [("yes", "Can be written to"), ("no", "Cannot be written to")]),
    ]
    return [
        Filter(name, label, [_choice(query, name, str(value), text) for value, text in values])
        for name, label, values in options
        if values
    ]


def link(query: QueryDict, **changes: str) -> str:
    """The query string with some values changed; an empty one is taken out."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"


def _choice(query: QueryDict, name: str, value: str, label: str) -> Choice:
    current = query.getlist(name)
    is_on = value in current
    changed = query.copy()
    changed.pop("page", None)
    kept = [other for other in current if other != value] if name in _MULTIPLE else []
    changed.setlist(name, kept if is_on else [*kept, value])
    return Choice(value, label, f"?{changed.urlencode()}", is_on)


def _words(query: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(word for word in query.getlist(name) if word and "\x00" not in word)[:50]


def _numbers(query: QueryDict, name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in query.getlist(name) if number.isdecimal() and len(number) < 19)[
        :50
    ]
