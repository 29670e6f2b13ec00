"""What a public form may ask, and how answers become a person (names as in the API)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from crm.models import Availability, CaptureForm, CustomField, RoleFamily, Seniority
from crm.policies import file_types
from crm.policies.topics import PACES, TOPICS

Kind = Literal[
    "text", "long_text", "email", "phone", "link", "number", "date", "choice", "multi", "bool", "file"
]
Choices = tuple[tuple[str, Any], ...]
# A question of the form's own, kept with the answers and nowhere else.
OWN = ""
MOST_QUESTIONS = 40
MOST_FILES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A field a question may fill, with the words and the kind it begins with."""

    field: str
    label: Any
    kind: Kind
    group: Any
    choices: Choices = ()
    autocomplete: str = ""


_CONTACT, _WORK, _WISHES = _("How to reach them"), _("Their work"), _("What they wish")
FIELDS: Mapping[str, Asked] = {
    asked.field: asked
    for asked in (
        Asked("first_name", _("First name"), "text", _CONTACT, autocomplete="given-name"),
        Asked("last_name", _("Last name"), "text", _CONTACT, autocomplete="family-name"),
        Asked("email", _("E-mail"), "email", _CONTACT, autocomplete="email"),
        Asked("phone", _("Phone"), "phone", _CONTACT, autocomplete="tel"),
        Asked("link", _("A profile or page of yours"), "link", _CONTACT, autocomplete="url"),
        Asked("city", _("City"), "text", _CONTACT, autocomplete="address-level2"),
        Asked("country", _("Country"), "text", _CONTACT, autocomplete="country-name"),
        Asked("current_title", _("What you do today"), "text", _WORK, autocomplete="organization-title"),
        Asked("current_company", _("Where you work"), "text", _WORK, autocomplete="organization"),
        Asked("role_family", _("Your field"), "choice", _WORK, tuple(RoleFamily.choices)),
        Asked("seniority", _("Your level"), "choice", _WORK, tuple(Seniority.choices)),
        Asked("years_experience", _("Years of experience"), "number", _WORK),
        Asked("skills", _("What you are good at"), "text", _WORK),
        Asked("languages", _("Languages you speak"), "text", _WORK),
        Asked("cv", _("Your CV"), "file", _WORK),
        Asked("availability", _("Are you looking?"), "choice", _WISHES, tuple(Availability.choices)),
        Asked("relocation", _("I would move for the right job"), "bool", _WISHES),
        Asked("topics", _("Write to me about"), "multi", _WISHES, tuple(TOPICS.items())),
        Asked("pace", _("How often"), "choice", _WISHES, tuple(PACES)),
        Asked("not_before", _("Not before"), "date", _WISHES),
    )
}
# What the form writes as the person's own choices, not as fields.
PREFERENCES = ("topics", "pace", "not_before")
_CUSTOM_KINDS: Mapping[str, Kind] = {
    CustomField.Kind.TEXT: "text",
    CustomField.Kind.NUMBER: "number",
    CustomField.Kind.DATE: "date",
    CustomField.Kind.BOOL: "bool",
    CustomField.Kind.CHOICE: "choice",
    CustomField.Kind.SET: "multi",
}
OWN_KINDS: Choices = (
    ("text", _("A short answer")),
    ("long_text", _("A long answer")),
    ("choice", _("One of several")),
    ("multi", _("Any of several")),
    ("number", _("A number")),
    ("date", _("A date")),
    ("bool", _("A box to tick")),
    ("file", _("A file")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form, as it is stored."""

    id: str
    field: str
    label: str
    kind: Kind
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {"choices": list(self.choices)}

    @property
    def options(self) -> Choices:
        """The (value, label) pairs a visitor chooses from."""
        known = FIELDS.get(self.field)
        if known and known.choices:
            wanted = [pair for pair in known.choices if not self.choices or pair[0] in self.choices]
            return tuple(wanted)
        return tuple((choice, choice) for choice in self.choices)

    @property
    def fills(self) -> str:
        """The field it fills, in words."""
        return self.field.removeprefix("custom.").replace("_", " ")

    @property
    def autocomplete(self) -> str:
        """What browsers may fill in by themselves (WCAG 1.3.5)."""
        known = FIELDS.get(self.field)
        return known.autocomplete if known else ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose about hearing from us; None where the form did not ask."""

    topics: tuple[str, ...] | None = None
    pace: str | None = None
    not_before: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers of one form, sorted by where they go."""

    person: Mapping[str, Any]
    told: Sequence[Mapping[str, Any]]
    wishes: Wishes = field(default_factory=Wishes)


def read(stored: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions of a form, in order."""
    return [
        Question(
            id=str(row["id"]), field=str(row.get("field", "")), label=str(row["label"]), kind=row["kind"],
            help=str(row.get("help", "")), required=bool(row.get("required")),
            choices=tuple(row.get("choices") or ()),
        )
        for row in stored
    ]  # fmt: skip


def offered(custom: Iterable[CustomField], taken: Collection[str]) -> list[Asked]:
    """The fields a form can still ask for, the workspace's own at the end."""
    own = [
        Asked(f"custom.{one.key}", one.label, _CUSTOM_KINDS[one.kind], _("Your own fields"),
              tuple((choice, choice) for choice in one.choices))
        for one in custom
    ]  # fmt: skip
    return [asked for asked in [*FIELDS.values(), *own] if asked.field not in taken]


def starter(kind: str) -> list[Question]:
    """The questions a new form of this kind begins with."""
    names: dict[str, tuple[str, ...]] = {
        CaptureForm.Kind.COMMUNITY: ("current_title", "role_family", "city", "cv", "topics", "pace"),
        CaptureForm.Kind.EVENT: ("current_title", "current_company"),
        CaptureForm.Kind.ALUMNI: ("current_title", "current_company", "availability"),
        CaptureForm.Kind.REFERRAL: ("current_title",),
    }
    wanted = ["first_name", "last_name", "email", *names.get(kind, ())]
    return [asking(FIELDS[name], required=name in ("first_name", "last_name", "email")) for name in wanted]


def asking(asked: Asked, *, required: bool = False) -> Question:
    """A question for this field in its usual words."""
    choices = tuple(value for value, _label in asked.choices) if asked.field.startswith("custom.") else ()
    return Question(
        asked.field.replace(".", "-"), asked.field, str(asked.label), asked.kind, "", required, choices
    )


def answered(questions: Iterable[Question], values: Mapping[str, Any]) -> Answered:
    """Sort cleaned values by question id: what belongs to the person, what they wish, what they said."""
    person: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    wishes: dict[str, Any] = {}
    told = []
    for question in questions:
        value = values.get(question.id)
        if value in (None, "", []):
            continue
        told.append({"id": question.id, "label": question.label, "value": _shown(question, value)})
        if question.kind == "file":
            continue  # the bytes travel beside the answers
        if question.field in PREFERENCES:
            wishes[question.field] = tuple(value) if question.field == "topics" else str(value)
        elif question.field.startswith("custom."):
            custom[question.field.removeprefix("custom.")] = value
        elif question.field:
            person[question.field] = value
    if custom:
        person["custom"] = custom
    return Answered(person, told, Wishes(**wishes))


def _shown(question: Question, value: Any) -> Any:
    """The answer in the words that were on the page."""
    if question.kind == "file":
        return file_types.plain_name(value.name)
    labels = dict(question.options)
    if isinstance(value, list | tuple):
        return [str(labels.get(item, item)) for item in value]
    if isinstance(value, bool):
        return value
    return str(labels.get(value, value))
