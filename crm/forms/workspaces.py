from typing import Any
from zoneinfo import available_timezones

from django import forms

from crm.models import Workspace


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(label="Time zone", help_text="Whole days in reports are days of this zone.")

    class Meta:
        model = Workspace
        fields = [
            "name",
            "time_zone",
            "country",
            "currency",
            "legal_name",
            "postal_address",
            "minimum_gap_days",
            "cap_messages",
            "cap_days",
            "ownership_days",
            "is_ownership_strict",
        ]
        labels = {
            "country": "Country (two letters)",
            "currency": "Currency (three letters)",
            "legal_name": "Legal name",
            "postal_address": "Postal address",
            "minimum_gap_days": "Days between two messages to a person",
            "cap_messages": "Most messages to a person",
            "cap_days": "…within days",
            "ownership_days": "Days a person stays their owner's without a human touch",
            "is_ownership_strict": "Refuse mail and enrolments by others while somebody owns the relation",
        }
        help_texts = {
            "legal_name": "Stands in the footer of every mail, as the law asks.",
            "postal_address": "Stands in the footer of every mail, as the law asks.",
            "minimum_gap_days": "Over all journeys and colleagues. A person's own wish always wins.",
            "ownership_days": "A mail by hand, a note, a call or a promise renews it. 0: for good.",
            "is_ownership_strict": "Otherwise they are warned, with the owner's name.",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        choice: Any = self.fields["time_zone"]
        choice.choices = [(zone, zone.replace("_", " ")) for zone in zones]

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if country and not (len(country) == 2 and country.isalpha()):
            raise forms.ValidationError("Two letters, such as DE or US.")
        return country

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not (len(currency) == 3 and currency.isalpha()):
            raise forms.ValidationError("Three letters, such as EUR or USD.")
        return currency


class NewWorkspaceForm(forms.Form):
    name = forms.CharField(
        label="What is it called?", max_length=120, help_text="Usually your company's name."
    )
