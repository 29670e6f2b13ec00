from datetime import UTC, datetime, time
from typing import Any

from django import forms

from crm.models import DoNotContact
from crm.policies.do_not_contact import Terms
from crm.policies.topics import TOPICS


class TermsForm(forms.Form):
    """What a mark is about, until when, and why."""

    effect = forms.ChoiceField(label="What it does", choices=DoNotContact.Effect.choices)
    scope = forms.ChoiceField(label="About", choices=DoNotContact.Scope.choices)
    topic = forms.ChoiceField(label="Topic", required=False, choices=[("", "—"), *TOPICS.items()])
    until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="Empty: for good"
    )
    reason = forms.CharField(label="Why", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("scope") == DoNotContact.Scope.TOPIC and not given.get("topic"):
            self.add_error("topic", "Say which topic.")
        return given

    @property
    def terms(self) -> Terms:
        given = self.cleaned_data
        is_topic = given["scope"] == DoNotContact.Scope.TOPIC
        return Terms(given["scope"], given["topic"] if is_topic else "", given["effect"])

    @property
    def expires_at(self) -> datetime | None:
        day = self.cleaned_data["until"]
        return datetime.combine(day, time(0), UTC) if day else None


class CompanyForm(TermsForm):
    name = forms.CharField(label="Company", required=False, max_length=200)
    domain = forms.CharField(
        label="Domain of its addresses", required=False, max_length=200, help_text="Like acme.com"
    )
    field_order = ("name", "domain", "effect", "scope", "topic", "until", "reason")


class CompanyListForm(forms.Form):
    companies = forms.CharField(
        label="One company a line",
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "Acme GmbH, acme.com, client since May"}),
        help_text="Name, domain, reason. A line may be a domain alone.",
    )
    effect = forms.ChoiceField(label="What it does", choices=DoNotContact.Effect.choices)
