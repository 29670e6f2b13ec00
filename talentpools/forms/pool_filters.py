"""The filters over the people of a pool, as links."""

from dataclasses import dataclass

from django.http import QueryDict

from crm.forms.candidate_filters import LEVELS, link
from crm.models import Stage


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the link that takes it off, or one on offer."""

    label: str
    url: str
    is_on: bool


def chips(query: QueryDict) -> list[Chip]:
    """One chip per CRM stage and engagement level; pressing it again takes it off."""
    options = [("stage", value, str(label)) for value, label in Stage.choices]
    options += [("level", value, label) for value, label in LEVELS]
    return [_chip(query, name, value, label) for name, value, label in options]


def _chip(query: QueryDict, name: str, value: str, label: str) -> Chip:
    is_on = query.get(name) == value
    return Chip(label, link(query, **{name: "" if is_on else value, "page": ""}), is_on)
