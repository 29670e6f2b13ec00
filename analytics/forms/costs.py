from decimal import Decimal

from django import forms
from django.utils import timezone

from analytics.models import Cost


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
