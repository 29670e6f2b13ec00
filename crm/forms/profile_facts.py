"""The facts of a profile: each field with its label and value as shown, and the form that edits it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.forms.candidates import CandidateForm
from crm.models import Candidate, CustomField
from crm.queries.candidate_list import owners
from crm.queries.people import custom_fields
from crm.queries.profiles import Profile

# In the order of the page; the workspace's own fields follow.
FIELDS = (
    "current_title", "current_company", "headline", "city", "region", "country", "time_zone", "locale",
    "role_family", "seniority", "stage", "availability", "years_experience", "notice_days", "relocation",
    "languages", "skills", "tags", "source", "owner",
)  # fmt: skip
_OWN = "custom."


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the profile. `name` is the field's name in forms and rules."""

    name: str
    label: str
    value: Any

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def key(self) -> str:
        """The name as part of an element's id."""
        return self.name.replace(".", "-")


def facts(found: Profile) -> list[Fact]:
    """Every field of the profile, the workspace's own last."""
    own = [_own_fact(field, found.candidate) for field in found.custom_fields]
    return [fact(found, name) for name in FIELDS] + own


def fact(found: Profile, name: str) -> Fact:
    """The field with this name."""
    if name.startswith(_OWN):
        field = next(field for field in found.custom_fields if field.key == name.removeprefix(_OWN))
        return _own_fact(field, found.candidate)
    label = str(CandidateForm.base_fields[name].label or name.replace("_", " ").capitalize())
    value = {"skills": found.skills, "tags": found.tags}.get(name, getattr(found.candidate, name, None))
    choices = dict(getattr(CandidateForm.base_fields[name], "choices", ()))
    is_plain = isinstance(value, list) or value in (None, "")
    return Fact(name, label, value if is_plain else choices.get(str(value).lower(), value))


def form(candidate: Candidate, data: Any, name: str) -> CandidateForm:
    """The form of one field, or of all when nothing has this name."""
    definitions: Mapping[str, CustomField] = custom_fields()
    own = definitions.get(name.removeprefix(_OWN)) if name.startswith(_OWN) else None
    only = [name] if name in CandidateForm.base_fields or own else ()
    return CandidateForm(
        data,
        initial=_initial(candidate, definitions),
        only=only,
        owners=owners() if not only or name == "owner" else [],
        custom_fields=[own] if own else [] if only else list(definitions.values()),
    )


def shown(kind: str, value: Any) -> Any:
    """A value of a field the workspace added, as people read it."""
    if isinstance(value, list) or value in (None, ""):
        return value
    if kind == CustomField.Kind.BOOL:
        return "Yes" if value else "No"
    if kind == CustomField.Kind.NUMBER and isinstance(value, float):
        return f"{value:,.10g}"
    if kind == CustomField.Kind.DATE:
        return _day(value)
    return value


def _own_fact(field: CustomField, candidate: Candidate) -> Fact:
    return Fact(f"{_OWN}{field.key}", field.label, shown(field.kind, candidate.custom.get(field.key)))


def _day(value: Any) -> str:
    try:
        on = date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return f"{on.day} {on:%b %Y}"


def _initial(candidate: Candidate, definitions: Mapping[str, CustomField]) -> dict[str, Any]:
    points = dict(candidate.contact_points.order_by("-is_primary", "-pk").values_list("kind", "value"))
    skills = candidate.candidate_skills.order_by("skill__name").values_list("skill__name", flat=True)
    tags = candidate.candidate_tags.order_by("tag__name").values_list("tag__name", flat=True)
    values = {
        name: getattr(candidate, name) for name in CandidateForm.base_fields if hasattr(candidate, name)
    }
    relocation = "" if candidate.relocation is None else str(candidate.relocation).lower()
    values |= {"languages": ", ".join(candidate.languages), "relocation": relocation}
    values |= {"skills": ", ".join(skills), "tags": ", ".join(tags), "owner": candidate.owner_id or ""}
    values |= {"phone": points.get("phone", ""), "link": points.get("link", "")}
    own = {f"{_OWN}{key}": _typed(definitions.get(key), value) for key, value in candidate.custom.items()}
    return values | own


def _typed(definition: CustomField | None, value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value) if definition and definition.choices else ", ".join(map(str, value))
    return value
