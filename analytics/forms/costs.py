from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from analytics.models import Cost
from analytics.policies.cost_files import EXAMPLE
from crm.policies import csv_files

LARGEST = 1_000_000


class CostForm(forms.Form):
    origin = forms.ChoiceField(label="Spent on hiring", choices=Cost.Origin.choices)
    category = forms.CharField(label="For", max_length=80)
    amount = forms.DecimalField(
        label="Amount", max_digits=12, decimal_places=2, min_value=Decimal("0.01"), widget=forms.NumberInput
    )
    incurred_on = forms.DateField(
        label="On", initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label="Note", max_length=200, required=False)

    @property
    def amount_cents(self) -> int:
        return int(self.cleaned_data["amount"] * 100)


class CostFileForm(forms.Form):
    """A file, or its lines: what was refused comes back as lines, to be mended in place."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        help_text="Its first line names the columns: day, origin (crm or external), category, amount and, if "
        "you like, note.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    lines = forms.CharField(
        label="Or paste the lines",
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "placeholder": EXAMPLE}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        upload = given.get("file")
        if upload is not None and upload.size > LARGEST:
            self.add_error("file", "At most 1 MB.")
        elif upload is not None:
            try:
                given["lines"] = csv_files.decode(upload.read()).text
            except csv_files.UnreadableFile as fault:
                self.add_error("file", str(fault))
        elif not given.get("lines", "").strip():
            self.add_error("file", "Choose a file or paste its lines.")
        return given
