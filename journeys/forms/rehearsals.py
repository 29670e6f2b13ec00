"""What is asked before a rehearsal."""

from typing import Any

from django import forms

from journeys.actions.rehearsals import LONGEST, RATES
from journeys.forms.steps import Pairs

_SHARE = "In percent; 0 assumes that nobody does."


class RehearsalForm(forms.Form):
    """For how long, who enters, and what people are assumed to do."""

    days = forms.IntegerField(min_value=1, max_value=LONGEST, help_text="84 days are twelve weeks.")
    since = forms.DateTimeField(
        label="From",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="Empty: from now on.",
    )
    segment = forms.ChoiceField(label="Who would enter", required=False)
    reply_rate = forms.IntegerField(label="Reply", min_value=0, max_value=100, initial=0, help_text=_SHARE)
    click_rate = forms.IntegerField(label="Click", min_value=0, max_value=100, initial=0, help_text=_SHARE)
    open_rate = forms.IntegerField(label="Open", min_value=0, max_value=100, initial=0, help_text=_SHARE)

    def __init__(self, *args: Any, segments: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["segment"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "who is inside; else the trigger’s segment"), *segments]

    def assumptions(self) -> dict[str, float]:
        """The rates as shares."""
        return {name: self.cleaned_data[name] / 100 for name in RATES}
