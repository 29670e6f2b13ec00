"""Two records side by side: what differs, and whose value somebody chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.forms.candidates import CandidateForm
from crm.models import Candidate, RoleFamily, Seniority
from crm.policies.merging import CHOOSABLE, is_empty

_LABELS = {"owner_id": "Owner", "locale": "Language of mails", "preferred_gap_days": "Wants a gap of days",
           "not_before": "Not before"}  # fmt: skip
_WORDS: Mapping[str, Mapping[Any, Any]] = {
    "role_family": dict(RoleFamily.choices),
    "seniority": dict(Seniority.choices),
}
_PREFIX = "field."


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both records. Only where both say something different there is a choice."""

    name: str
    label: str
    ours: Any
    theirs: Any
    is_choice: bool
    takes_theirs: bool


def comparison(keep: Candidate, other: Candidate) -> list[Line]:
    """What the two records say, field by field; fields neither knows are left out."""
    names = ["email", *CHOOSABLE, *(f"custom.{key}" for key in sorted({*keep.custom, *other.custom}))]
    lines = [_line(name, _value(keep, name), _value(other, name)) for name in names]
    return [line for line in lines if line.ours or line.theirs]


def chosen_fields(given: Mapping[str, str]) -> list[str]:
    """The fields whose value comes from the other record."""
    return [
        name.removeprefix(_PREFIX) for name in given if name.startswith(_PREFIX) and given[name] == "other"
    ]


def _line(name: str, ours: Any, theirs: Any) -> Line:
    differs = ours != theirs and not is_empty(ours) and not is_empty(theirs)
    return Line(_PREFIX + name, _label(name), ours, theirs, differs, is_empty(ours) and not is_empty(theirs))


def _label(name: str) -> str:
    plain = name.removeprefix("custom.")
    field = CandidateForm.base_fields.get(plain)
    label = field.label if field is not None else None
    return str(_LABELS.get(name) or label or plain.replace("_", " ").capitalize())


def _value(candidate: Candidate, name: str) -> Any:
    if name.startswith("custom."):
        value = candidate.custom.get(name.removeprefix("custom."))
    elif name == "owner_id":
        value = str(candidate.owner) if candidate.owner_id else ""
    else:
        display = getattr(candidate, f"get_{name}_display", None)
        value = display() if display else getattr(candidate, name)
        value = _WORDS[name].get(value, value) if name in _WORDS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else ("" if value is None else value)
