from typing import Any

from django import forms

from crm.policies.topics import TOPICS
from journeys.policies.pressure import Override


class ContactBudgetForm(forms.Form):
    """Numbers of contact pressure; what is left empty stays as the workspace has it."""

    gap_days = forms.IntegerField(
        label="Days between two messages", min_value=0, max_value=3_650, required=False
    )
    cap = forms.IntegerField(
        label="Most messages", min_value=0, max_value=1_000, required=False, help_text="0: no limit."
    )
    cap_days = forms.IntegerField(label="…within days", min_value=1, max_value=3_650, required=False)

    @staticmethod
    def read(override: Override) -> dict[str, Any]:
        return {"gap_days": override.gap_days, "cap": override.cap, "cap_days": override.cap_days}

    def numbers(self) -> Override:
        given = self.cleaned_data
        return Override(given["gap_days"], given["cap"], given["cap_days"])


class PersonBudgetForm(ContactBudgetForm):
    """The same for one person, about one topic or anything."""

    topic = forms.ChoiceField(label="Mail about", choices=[("", "anything"), *TOPICS.items()], required=False)
    field_order = ["topic"]
