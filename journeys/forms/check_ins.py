from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.policies.languages import said
from journeys.models import CheckInForm


class AnswerForm(forms.Form):
    """The questions of a check-in, none of them required."""

    def __init__(self, *args: Any, asked: CheckInForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in asked.questions:
            self.fields[question["field"]] = _field(question)
        self.fields["wants_call"] = forms.BooleanField(
            label=_("I would like to talk for twenty minutes. Please suggest a time."), required=False
        )

    def answers(self) -> dict[str, str]:
        """What was answered, as text, by field."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "wants_call"}
        return {name: _text(value) for name, value in given.items() if value not in (None, "")}


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _field(question: dict[str, Any]) -> forms.Field:
    label = gettext(question["label"])
    if question["kind"] == "choice":
        choices = [("", _("No answer")), *said(question["choices"])]
        return forms.ChoiceField(
            label=label, choices=choices, required=False, widget=forms.RadioSelect, initial=""
        )
    if question["kind"] == "number":
        return forms.FloatField(label=label, required=False, min_value=0)
    if question["kind"] == "date":
        picker = forms.DateInput(attrs={"type": "date"})
        return forms.DateField(label=label, required=False, widget=picker)
    return forms.CharField(
        label=label, required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
