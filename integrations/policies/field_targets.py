"""Which of our fields a field of an ATS may fill, and whether a value fits. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.models import CustomField
from crm.policies import candidate_fields
from crm.policies.import_mapping import CUSTOM

NEW = "new"
# Where a value stands: what every connector tells, and what only the payload has.
SAID, TOLD = "said.", "told."
MANY = ("skills", "tags")
# What an ATS may say of a person beside name and addresses, in the order a person looks for it.
PERSON = {
    "headline": "Headline",
    "current_title": "Current title",
    "current_company": "Current company",
    "city": "City",
    "region": "Region",
    "country": "Country",
    "time_zone": "Time zone",
    "locale": "Language of mails",
    "role_family": "Role family",
    "seniority": "Seniority",
    "years_experience": "Years of experience",
    "notice_days": "Notice period in days",
    "availability": "Availability",
    "relocation": "Would relocate",
    "languages": "Languages",
    "source": "Source",
    "skills": "Skills",
    "tags": "Tags",
}
REQUISITION = {
    "code": "Code",
    "department": "Department",
    "location": "Location",
    "country": "Country",
    "role_family": "Role family",
    "seniority": "Seniority",
    "skills": "Skills",
}
_LIMITS = {"code": 60, "department": 120, "location": 120}


@dataclass(frozen=True, slots=True)
class Reading:
    """A field the connector itself reads: ours of that name, what the ATS calls it, where it stands there."""

    record: str
    name: str
    label: str
    path: str = ""


def targets(record: str, own: Mapping[str, CustomField]) -> dict[str, str]:
    """What a field of such a record may fill: key → words."""
    if record == "requisition":
        return dict(REQUISITION)
    return PERSON | {f"{CUSTOM}{key}": field.label for key, field in own.items()}


def cleaner(record: str, target: str, own: Mapping[str, CustomField]) -> Callable[[Any], Any] | None:
    """What makes a value fit, raising ValueError with a sentence; None when there is no such field."""
    if target.startswith(CUSTOM):
        field = own.get(target.removeprefix(CUSTOM))
        return None if field is None else lambda value: _custom(field, value)
    if target in MANY:
        return candidate_fields.words
    if record == "requisition" and target in _LIMITS:
        return lambda value: _joined(value)[: _LIMITS[target]]
    return lambda value: candidate_fields.clean(target, _single(target, value))


def kind_of(values: list[Any]) -> str:
    """The type a new field of ours gets, by what the ATS has in it."""
    kind = CustomField.Kind
    if any(isinstance(value, list) for value in values):
        return kind.SET
    for wanted in (kind.BOOL, kind.NUMBER, kind.DATE):
        probe = CustomField(workspace_id=0, kind=wanted, choices=[])
        if values and all(_fits(probe, value) for value in values):
            return wanted
    return kind.TEXT


def _fits(field: CustomField, value: Any) -> bool:
    if isinstance(value, bool) != (field.kind == CustomField.Kind.BOOL):
        return False
    try:
        candidate_fields.clean_custom(field, value)
    except ValueError:
        return False
    # A year or a count reads as a day, too.
    return field.kind != CustomField.Kind.DATE or (isinstance(value, str) and len(value) >= 8)


def _custom(field: CustomField, value: Any) -> Any:
    is_list = field.kind == CustomField.Kind.SET
    return candidate_fields.clean_custom(field, value if is_list else _joined_list(value))


def _single(target: str, value: Any) -> Any:
    return value if target == "languages" else _joined_list(value)


def _joined_list(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _joined(value: Any) -> str:
    return str(_joined_list(value) if value is not None else "").strip()
