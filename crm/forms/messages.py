from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.actions.outcomes import Choice
from crm.models import Message


class MessageForm(forms.Form):
    """A recruiter's own mail."""

    subject = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(label=_("Message"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 12}))


class ReplyForm(forms.Form):
    """An answer in a conversation; its subject is the conversation's."""

    text = forms.CharField(
        label=_("Your answer"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 6})
    )


class OutcomeForm(forms.Form):
    """What came of a reply; without an outcome it is only taken off the list."""

    outcome = forms.ChoiceField(choices=[("", ""), *Message.Outcome.choices], required=False)
    not_before = forms.DateField(required=False)
    reason = forms.CharField(max_length=200, required=False)

    def choice(self) -> Choice:
        given: dict[str, Any] = self.cleaned_data
        day: date | None = given["not_before"]
        return Choice(given["outcome"], day, given["reason"])
