from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from crm.actions.calls import OUTCOMES
from crm.kernel.errors import DomainError
from crm.models import Availability, CustomField, RoleFamily, Seniority, Stage, Task

_NOTHING = [("", "—")]
_YES_NO = [("", "—"), ("true", "Yes"), ("false", "No")]


class CandidateForm(forms.Form):
    """A candidate's fields, all of them or only some. What they may hold is said by the action."""

    first_name = forms.CharField(required=False, max_length=200)
    last_name = forms.CharField(required=False, max_length=200)
    email = forms.CharField(required=False, label="E-mail", max_length=320)
    phone = forms.CharField(required=False, max_length=60, help_text="With the country's code, like +49 30 …")
    link = forms.CharField(
        required=False, label="Profile link", max_length=500, help_text="LinkedIn, GitHub, …"
    )
    headline = forms.CharField(required=False, max_length=300)
    current_title = forms.CharField(required=False, label="Job title", max_length=200)
    current_company = forms.CharField(required=False, label="Company", max_length=200)
    city = forms.CharField(required=False, max_length=120)
    region = forms.CharField(required=False, max_length=120)
    country = forms.CharField(required=False, max_length=80, help_text="A name or a two-letter code")
    time_zone = forms.CharField(required=False, max_length=64, help_text="Like Europe/Berlin")
    locale = forms.CharField(
        required=False, label="Language of mails", max_length=10, help_text="Like de or fr-CH; blank: English"
    )
    role_family = forms.ChoiceField(required=False, choices=[*_NOTHING, *RoleFamily.choices])
    seniority = forms.ChoiceField(required=False, choices=[*_NOTHING, *Seniority.choices])
    stage = forms.ChoiceField(required=False, choices=[*_NOTHING, *Stage.choices])
    availability = forms.ChoiceField(required=False, choices=[*_NOTHING, *Availability.choices])
    years_experience = forms.FloatField(
        required=False, label="Years of experience", min_value=0, max_value=80
    )
    notice_days = forms.IntegerField(required=False, label="Notice in days", min_value=0, max_value=3_650)
    relocation = forms.ChoiceField(required=False, label="Would relocate", choices=_YES_NO)
    languages = forms.CharField(required=False, help_text="With commas between them")
    skills = forms.CharField(required=False, help_text="With commas between them")
    tags = forms.CharField(required=False, help_text="With commas between them")
    source = forms.CharField(required=False, max_length=120, help_text="Where the person came from")
    owner = forms.ChoiceField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        initial: Mapping[str, Any] | None = None,
        only: Collection[str] = (),
        owners: Sequence[tuple[int, str]] = (),
        custom_fields: Collection[CustomField] = (),
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [*_NOTHING, *((str(pk), name) for pk, name in owners)]
        for definition in custom_fields:
            self.fields[f"custom.{definition.key}"] = _custom_control(definition)
        for name in list(self.fields):
            if only and name not in only:
                del self.fields[name]

    def given(self) -> dict[str, Any]:
        """The values as the actions take them, named as in the API."""
        values: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name.startswith("custom."):
                values.setdefault("custom", {})[name.removeprefix("custom.")] = value
            else:
                values[name] = value
        return values

    def show_faults(self, refusal: DomainError) -> None:
        """Put what the action refused beside the fields it is about."""
        ours = {name: sentence for name, sentence in refusal.fields.items() if name in self.fields}
        for name, sentence in ours.items():
            self.add_error(name, sentence)
        if not ours:
            self.add_error(None, refusal.sentence)


class ContactForm(forms.Form):
    """One more way to reach a person."""

    kind = forms.ChoiceField(
        choices=[("email", "E-mail"), ("phone", "Phone"), ("link", "Profile or website")]
    )
    value = forms.CharField(label="Address, number or link", max_length=500)
    label = forms.CharField(required=False, max_length=40, help_text="Work, private, …")

    def show_faults(self, refusal: DomainError) -> None:
        """Put what the action refused beside the address."""
        self.add_error("value", refusal.fields.get("value", refusal.sentence))


class CallForm(forms.Form):
    """A call that was made."""

    outcome = forms.ChoiceField(choices=list(OUTCOMES.items()))
    at = forms.DateTimeField(
        label="When",
        required=False,
        help_text="Empty is now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    note = forms.CharField(
        label="What was said", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    body = forms.CharField(label="Note", max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    is_private = forms.BooleanField(label="Only for me", required=False)


class TaskForm(forms.Form):
    title = forms.CharField(label="What is to be done", max_length=300)
    due_on = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    due_time = forms.TimeField(
        label="At", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.ChoiceField(
        label="On whose clock", required=False, choices=[("", "Mine"), ("theirs", "The person's")]
    )
    repeats = forms.ChoiceField(required=False, choices=[("", "Never"), *Task.Repeat.choices])
    assignee = forms.ChoiceField(label="Who does it", required=False)

    def __init__(self, data: Any = None, *, members: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(data)
        assignee = self.fields["assignee"]
        assert isinstance(assignee, forms.ChoiceField)
        assignee.choices = [("", "Me"), *((str(pk), name) for pk, name in members)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, label in (("due_time", "a time"), ("repeats", "a repetition")):
            if given.get(name) and not given.get("due_on"):
                self.add_error("due_on", f"With {label}, a day is needed.")
        return given


class PromiseForm(forms.Form):
    text = forms.CharField(label="I will come back to you about", max_length=300)
    due_on = forms.DateField(label="By", widget=forms.DateInput(attrs={"type": "date"}))


def _custom_control(definition: CustomField) -> forms.Field:
    if definition.kind in (CustomField.Kind.CHOICE, CustomField.Kind.SET) and definition.choices:
        return _choosing(definition)
    controls: dict[str, forms.Field] = {
        CustomField.Kind.BOOL: forms.ChoiceField(choices=_YES_NO),
        CustomField.Kind.NUMBER: forms.FloatField(),
        CustomField.Kind.DATE: forms.DateField(widget=forms.DateInput(attrs={"type": "date"})),
        CustomField.Kind.SET: forms.CharField(max_length=2_000, help_text="With commas between them"),
    }
    control = controls.get(definition.kind) or forms.CharField(max_length=2_000)
    control.label, control.required = definition.label, False
    return control


def _choosing(definition: CustomField) -> forms.Field:
    options = [(str(choice), str(choice)) for choice in definition.choices]
    if definition.kind == CustomField.Kind.CHOICE:
        return forms.ChoiceField(label=definition.label, required=False, choices=[*_NOTHING, *options])
    several = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=definition.label, required=False, choices=options, widget=several)
