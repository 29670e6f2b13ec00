"""Forms for the steps of a journey: each reads a step of the document and writes one."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from crm.models import Stage

UNITS = [
    ("days", "days"),
    ("working_days", "working days"),
    ("weeks", "weeks"),
    ("months", "months"),
    ("hours", "hours"),
    ("minutes", "minutes"),
]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms offer."""

    templates: Pairs = field(default_factory=list)
    check_in_forms: Pairs = field(default_factory=list)
    users: Pairs = field(default_factory=list)
    journeys: Pairs = field(default_factory=list)
    segments: Pairs = field(default_factory=list)
    pools: Pairs = field(default_factory=list)
    messages: Pairs = field(default_factory=list)


class StepForm(forms.Form):
    """When the step happens; every type adds what it does."""

    amount = forms.IntegerField(label="After", min_value=0, max_value=1_000, initial=0)
    unit = forms.ChoiceField(label="Unit", choices=UNITS, initial="days")
    at = forms.TimeField(
        label="At",
        required=False,
        help_text="Their local time.",
        widget=forms.TimeInput(attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(choices)

    def offer(self, choices: Choices) -> None:
        """Fill in what may be chosen here."""

    @classmethod
    def read(cls, step: dict[str, Any]) -> dict[str, Any]:
        """The step as initial values."""
        return delay_values(step.get("after"), "") | {
            key: value for key, value in step.items() if key in cls.base_fields
        }

    @classmethod
    def so_far(cls, filled: QueryDict) -> dict[str, Any]:
        """What was filled in before another kind of question was chosen."""
        return {name: value for name, value in filled.items() if name in cls.base_fields}

    def write(self, step: dict[str, Any]) -> dict[str, Any]:
        """The step with what was filled in; keys this form does not know are kept."""
        given = self.cleaned_data
        changed = step | self.changes(given)
        after = delay_of(given["amount"], given["unit"], given.get("at"))
        changed |= {"after": after} if after else {}
        if not after:
            changed.pop("after", None)
        return {key: value for key, value in changed.items() if value not in (None, "", [])}

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        """What this type of step writes."""
        return {}

    def _choose(self, name: str, pairs: Pairs) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = pairs


class MessageForm(StepForm):
    template = forms.ChoiceField(label="Template")
    thread = forms.BooleanField(label="Continue the thread of the message before", required=False)

    def offer(self, choices: Choices) -> None:
        self._choose("template", choices.templates)

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"template": given["template"], "thread": given["thread"] or None}


class CheckInStepForm(MessageForm):
    form = forms.ChoiceField(label="Questions")

    def offer(self, choices: Choices) -> None:
        super().offer(choices)
        self._choose("form", choices.check_in_forms)

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return super().changes(given) | {"form": given["form"]}


class JobAlertForm(StepForm):
    template = forms.ChoiceField(label="Template")
    limit = forms.IntegerField(label="Jobs at most", min_value=1, max_value=10, initial=2)
    if_none = forms.ChoiceField(
        label="When no job fits",
        initial="skip",
        choices=[("skip", "leave this message out"), ("wait", "wait a week and look again")],
    )

    def offer(self, choices: Choices) -> None:
        self._choose("template", choices.templates)

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return {name: given[name] for name in ("template", "limit", "if_none")}


class TaskForm(StepForm):
    title = forms.CharField(label="What is to be done", max_length=200)
    assignee = forms.ChoiceField(label="Who")
    due_amount = forms.IntegerField(label="Due in working days", min_value=0, max_value=365, initial=2)
    hold = forms.BooleanField(label="Wait here until it is done", required=False)

    def offer(self, choices: Choices) -> None:
        self._choose("assignee", choices.users)

    @classmethod
    def read(cls, step: dict[str, Any]) -> dict[str, Any]:
        return super().read(step) | {"due_amount": (step.get("due") or {}).get("working_days", 2)}

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "title": given["title"],
            "assignee": _user(given["assignee"]),
            "due": {"working_days": given["due_amount"]},
            "hold": given["hold"] or None,
        }


class NotifyForm(StepForm):
    text = forms.CharField(label="What to tell", max_length=500)
    to = forms.ChoiceField(label="Whom")

    def offer(self, choices: Choices) -> None:
        self._choose("to", choices.users)

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"text": given["text"], "to": _user(given["to"])}


class EnrollStepForm(StepForm):
    journey = forms.ChoiceField(label="Journey")

    def offer(self, choices: Choices) -> None:
        self._choose("journey", choices.journeys)

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"journey": int(given["journey"])}


class UpdateForm(StepForm):
    stage = forms.ChoiceField(
        label="Move to stage", choices=[("", "leave as it is"), *Stage.choices], required=False
    )
    add_tags = forms.CharField(label="Add tags", required=False, help_text="Separated by commas.")
    remove_tags = forms.CharField(label="Remove tags", required=False)
    add_to_pool = forms.ChoiceField(label="Add to pool", required=False)

    def offer(self, choices: Choices) -> None:
        self._choose("add_to_pool", [("", "none"), *choices.pools])

    @classmethod
    def read(cls, step: dict[str, Any]) -> dict[str, Any]:
        tags = {key: ", ".join(step.get(key, [])) for key in ("add_tags", "remove_tags")}
        return super().read(step) | tags

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not any(given.get(name) for name in ("stage", "add_tags", "remove_tags", "add_to_pool")):
            raise forms.ValidationError("Say what to change.")
        return given

    def changes(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "stage": given["stage"],
            "add_tags": _words(given["add_tags"]),
            "remove_tags": _words(given["remove_tags"]),
            "add_to_pool": int(given["add_to_pool"]) if given["add_to_pool"] else None,
        }


def delay_of(amount: int, unit: str, at: Any) -> dict[str, Any] | None:
    """A delay as the file writes it; None for no delay."""
    if not amount and not at:
        return None
    return {unit: amount} | ({"at": at.strftime("%H:%M")} if at else {})


def delay_values(delay: dict[str, Any] | None, prefix: str) -> dict[str, Any]:
    """A delay as initial values."""
    found = delay or {}
    unit = next((name for name, _ in UNITS if name in found), "days")
    values = {f"{prefix}amount": found.get(unit, 0), f"{prefix}unit": unit}
    return values if prefix else values | {"at": found.get("at")}


def _user(value: str) -> str | int:
    return value if value == "owner" else int(value)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
