"""Which fields a rule may ask about, of which type, and which operators each type has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm.models import HIRING_STAGE_ORDER, Availability, CustomField, RoleFamily, Seniority, Stage


class Type(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    SET = "set"
    NUMBER = "number"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"


Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a person. An `is_open` choice takes values beyond those listed: the ATS brings its own."""

    key: str
    type: Type
    label: str
    choices: Choices = ()
    is_open: bool = False
    is_custom: bool = False

    @property
    def name(self) -> str:
        """The key without its `custom.` prefix."""
        return self.key.removeprefix("custom.")


_EMPTINESS = ("is_empty", "is_not_empty")
_DATES = ("before", "after", "on", "between", "in_last_days", "not_in_last_days", "in_next_days", *_EMPTINESS)
OPERATORS: Mapping[Type, tuple[str, ...]] = {
    Type.TEXT: (
        "eq", "neq", "contains", "not_contains", "starts_with", "ends_with", "in", "not_in", *_EMPTINESS,
    ),
    Type.CHOICE: ("eq", "neq", "in", "not_in", *_EMPTINESS),
    Type.SET: ("any_of", "all_of", "none_of", *_EMPTINESS),
    Type.NUMBER: ("eq", "neq", "gt", "gte", "lt", "lte", "between", *_EMPTINESS),
    Type.BOOL: ("is_true", "is_false"),
    Type.DATE: _DATES,
    Type.DATETIME: _DATES,
}  # fmt: skip

# Each of these is the exact complement of its positive: true on empty.
NEGATIVES: Mapping[str, str] = {
    "neq": "eq",
    "not_contains": "contains",
    "not_in": "in",
    "none_of": "any_of",
    "not_in_last_days": "in_last_days",
    "is_false": "is_true",
    "is_not_empty": "is_empty",
}

ACTIVITY_KINDS: Mapping[str, str] = {
    "message.delivered": "received a message",
    "message.opened": "opened a message",
    "message.clicked": "clicked in a message",
    "message.replied": "replied",
    "event.registered": "registered for an event",
    "event.attended": "attended an event",
    "form.submitted": "filled in a form",
    "meeting.booked": "booked a meeting",
    "note.added": "had a note added",
    "stage.changed": "changed stage",
}
HIRING_STAGES = tuple(HIRING_STAGE_ORDER)
ENGAGEMENT_LEVELS: Choices = (("none", "None"), ("cold", "Cold"), ("warm", "Warm"), ("hot", "Hot"))
CONSENTS: Choices = (
    ("granted", "Granted"),
    ("pending", "Pending"),
    ("withdrawn", "Withdrawn"),
    ("expired", "Expired"),
    ("none", "None"),
)


def _pairs(choices: Iterable[tuple[str, object]]) -> Choices:
    return tuple((value, str(label)) for value, label in choices)


FIELDS: tuple[Field, ...] = (
    Field("first_name", Type.TEXT, "First name"),
    Field("last_name", Type.TEXT, "Last name"),
    Field("full_name", Type.TEXT, "Name"),
    Field("email", Type.TEXT, "E-mail"),
    Field("headline", Type.TEXT, "Headline"),
    Field("current_title", Type.TEXT, "Job title"),
    Field("current_company", Type.TEXT, "Company"),
    Field("city", Type.TEXT, "City"),
    Field("region", Type.TEXT, "Region"),
    Field("country", Type.CHOICE, "Country", is_open=True),
    Field("time_zone", Type.TEXT, "Time zone"),
    Field("source", Type.TEXT, "Source"),
    Field("origin", Type.TEXT, "Origin"),
    Field("owner", Type.CHOICE, "Owner", is_open=True),
    Field("role_family", Type.CHOICE, "Role family", _pairs(RoleFamily.choices), is_open=True),
    Field("seniority", Type.CHOICE, "Seniority", _pairs(Seniority.choices), is_open=True),
    Field("stage", Type.CHOICE, "Stage", _pairs(Stage.choices)),
    Field("availability", Type.CHOICE, "Availability", _pairs(Availability.choices)),
    Field("years_experience", Type.NUMBER, "Years of experience"),
    Field("notice_days", Type.NUMBER, "Notice period in days"),
    Field("relocation", Type.BOOL, "Would relocate"),
    Field("skills", Type.SET, "Skills", is_open=True),
    Field("tags", Type.SET, "Tags", is_open=True),
    Field("languages", Type.SET, "Languages", is_open=True),
    Field("created_at", Type.DATETIME, "Added"),
    Field("updated_at", Type.DATETIME, "Changed"),
    Field("last_contacted_at", Type.DATETIME, "Last contacted"),
    Field("last_engaged_at", Type.DATETIME, "Last engaged"),
    Field("last_replied_at", Type.DATETIME, "Last replied"),
    Field("engagement", Type.NUMBER, "Engagement"),
    Field("engagement_level", Type.CHOICE, "Engagement level", ENGAGEMENT_LEVELS),
    Field("consent", Type.CHOICE, "Consent", CONSENTS),
    Field("reachable", Type.BOOL, "Reachable"),
    Field("unsubscribed", Type.BOOL, "Unsubscribed"),
    Field("do_not_contact", Type.BOOL, "Do not contact"),
)


def fields(custom: Iterable[CustomField] = ()) -> dict[str, Field]:
    """Every field by key: the fixed ones, then the workspace's own under `custom.<key>`."""
    found = {field.key: field for field in FIELDS}
    for own in custom:
        key = f"custom.{own.key}"
        found[key] = Field(
            key,
            Type(own.kind),
            own.label,
            tuple((str(choice), str(choice)) for choice in own.choices),
            is_open=own.kind == Type.SET or not own.choices,
            is_custom=True,
        )
    return found
